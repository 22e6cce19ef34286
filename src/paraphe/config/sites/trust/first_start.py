"""First start of the trust site: its authorities, the platform and its seal for evidence, demonstration officers."""

import json
import os
import secrets

from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from paraphe.config.environment import read_secret
from paraphe.trust.ca import api as ca
from paraphe.trust.clients import api as clients
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote

DEMONSTRATION_OFFICERS = (
    ("odile.garde@confiance.example", "Odile Garde", ["operator", "registration", "revocation"]),
    ("oscar.veille@confiance.example", "Oscar Veille", ["operator", "registration", "revocation"]),
    ("aude.compte@confiance.example", "Aude Compte", ["auditor"]),
)
#: Pages of the platform to which a browser comes back: from a certificate or a signature, of its people or of guests,
#: from a deed for its seals.
RETURN_PATHS = (
    "/enregistrement/retour/", "/signature/retour/", "/signer/retour/", "/signer/identite/retour/", "/cachets/retour/"
)  # fmt: skip


def prepare() -> None:
    """Create what is missing: the hierarchy of authorities, the platform's access, officers in demonstration."""
    ca.create_hierarchy(settings.DATA_DIR / "root")
    _publish_root()
    clients.register(
        client_id="platform",
        name="Paraphe",
        secret=read_secret(settings.DATA_DIR / "platform" / "secrets" / "trust-client.secret").decode(),
        return_uris=[settings.PLATFORM_URL + path for path in RETURN_PATHS],
        scopes=["service", "credential", "enrolment", "evidence"],
    )
    remote.keep_evidence_seal("platform")
    if settings.DEMONSTRATION:
        _demonstration_officers()


def _publish_root() -> None:
    """Hand the root certificate to the platform of this machine: it is public, and the only thing it trusts."""
    target = settings.DATA_DIR / "platform" / "trust-root.pem"
    if target.parent.is_dir():
        draft = target.with_suffix(".new")
        draft.write_bytes(ca.root().public_bytes(Encoding.PEM))
        draft.replace(target)


def _demonstration_officers() -> None:
    path = settings.SECRETS_DIR / "officers.json"
    if not path.exists():
        people = [
            {"email": email, "name": name, "password": secrets.token_urlsafe(12), "roles": roles}
            for email, name, roles in DEMONSTRATION_OFFICERS
        ]
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(people, ensure_ascii=False), encoding="utf-8")
        os.replace(draft, path)
    for person in json.loads(path.read_text(encoding="utf-8")):
        ra.create_officer(
            email=person["email"], name=person["name"], password=person["password"], roles=person.get("roles")
        )
