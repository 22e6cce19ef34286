"""What the provider's directory tells of a person between two sign-ins.

SCIM 2.0 (RFC 7643, 7644): ``GET {PARAPHE_OIDC_DIRECTORY}/Users/{sub}`` with an access token of the platform itself
(client credentials, scope ``directory``). Firms, roll and delegations are in the extension below, in the form of the
claims. A provider without directory: the setting is empty, and nothing is asked.
"""

import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

import requests
from django.conf import settings

from paraphe.platform.accounts.errors import DirectoryUnreadable
from paraphe.platform.accounts.openid import service_token
from paraphe.platform.accounts.rules import CLAIM_NAMES

SCOPE: Final = "directory"
EXTENSION: Final = "urn:paraphe:params:scim:schemas:extension:1.0:Accountant"
TIMEOUT_SECONDS: Final = 10
MAX_ANSWER: Final = 1_000_000
ERROR_SCHEMA: Final = "urn:ietf:params:scim:api:messages:2.0:Error"


class Directory:
    """One conversation with the directory: one token and one connection for many people."""

    def __init__(self) -> None:
        self._session = requests.Session()
        self._token = ""

    def __enter__(self) -> "Directory":
        """Ask for a token. Raises ProviderUnreachable."""
        self._token = service_token(SCOPE)
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection."""
        self._session.close()

    def claims_of(self, iss: str, sub: str) -> Mapping[str, object] | None:
        """Return what the directory tells of ``sub``, as claims; None for whom it knows no more.

        Raises DirectoryUnreadable.
        """
        address = f"{settings.OIDC_DIRECTORY}/Users/{quote(sub, safe='')}"
        try:
            with self._session.get(
                address,
                headers={"Authorization": f"Bearer {self._token}", "Accept": "application/scim+json"},
                timeout=TIMEOUT_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as answer:
                body = answer.raw.read(MAX_ANSWER + 1, decode_content=True)
                status = answer.status_code
                user = _object(body) if status in (200, 404) else {}
        except (requests.RequestException, OSError) as error:
            raise DirectoryUnreadable(reason=type(error).__name__) from error
        if status == 404 and ERROR_SCHEMA in user.get("schemas", ()):
            return None
        if status != 200:
            # Also a 404 that is no answer of a directory: a wrong address must not take everybody's rights away.
            raise DirectoryUnreadable(reason=f"status_{status}")
        return _claims(user, iss, sub)


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body) if len(body) <= MAX_ANSWER else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise DirectoryUnreadable(reason="no_json_object")
    return found


def _claims(user: Mapping[str, Any], iss: str, sub: str) -> Mapping[str, object] | None:
    """Return a user of the directory as claims, under the names that the operator set."""
    active = user.get("active")
    if user.get("id") != sub or not isinstance(active, bool):
        raise DirectoryUnreadable(reason="another_user")
    if not active:
        return None
    name, extension = user.get("name"), user.get(EXTENSION)
    if not isinstance(name, Mapping) or not isinstance(extension, Mapping):
        raise DirectoryUnreadable(reason="no_name_or_extension")
    facts = {
        "given_name": name.get("givenName"),
        "family_name": name.get("familyName"),
        "email": _email(user.get("emails")),
        **{fact: extension.get(fact) for fact in ("firms", "roll", "delegations")},
    }
    names = {**CLAIM_NAMES, **settings.OIDC_CLAIM_NAMES}
    return {"iss": iss, "sub": sub, **{names[fact]: value for fact, value in facts.items()}}


def _email(values: object) -> object:
    if not isinstance(values, list) or not all(isinstance(one, Mapping) for one in values):
        return None
    ranked = sorted(values, key=lambda one: one.get("primary") is not True)
    return ranked[0].get("value") if ranked else None
