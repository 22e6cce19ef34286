"""The door of clients: which programs may speak to the trust site, and with which tokens."""

import re
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.errors import NotFound
from paraphe.kernel.ids import new_token
from paraphe.trust.clients.attempts import check as check_attempts
from paraphe.trust.clients.attempts import count as count_failure
from paraphe.trust.clients.errors import (
    ClientRefused,
    RegistrationRefused,
    ReturnUriRefused,
    ScopeRefused,
    TooManyAttempts,
)
from paraphe.trust.clients.models import AccessToken, Client

__all__ = [
    "SCOPES",
    "TOKEN_LIFETIME",
    "Client",
    "ClientRefused",
    "RegistrationRefused",
    "ReturnUriRefused",
    "ScopeRefused",
    "TooManyAttempts",
    "authenticate",
    "check_attempts",
    "check_return_uri",
    "check_scope",
    "client_of_token",
    "count_failure",
    "destroy_old_tokens",
    "find",
    "issue_token",
    "register",
    "revoke_token",
    "rotate_secret",
]

SCOPES = ("service", "credential", "enrolment", "evidence", "timestamp")
TOKEN_LIFETIME = timedelta(hours=1)
KEPT_AFTER_EXPIRY = timedelta(days=1)
SHORTEST_SECRET = 20
LONGEST_OVERLAP = timedelta(days=7)
_CLIENT_ID = re.compile(r"[A-Za-z0-9._~-]{1,80}")


def register(*, client_id: str, name: str, secret: str, return_uris: Iterable[str], scopes: Iterable[str]) -> Client:
    """Register a client program, or change its registration, and return it.

    ``return_uris`` are absolute http(s) addresses without fragment (RFC 6749 §3.1.2). Another secret than before ends
    the one before at once; ``rotate_secret`` leaves time. Raises RegistrationRefused.
    """
    uris, wanted = list(return_uris), sorted(set(scopes))
    if not _CLIENT_ID.fullmatch(client_id):
        raise RegistrationRefused(field="client_id")
    if not name or len(name) > 120 or not name.isprintable():
        raise RegistrationRefused(field="name")
    if len(secret) < SHORTEST_SECRET:
        raise RegistrationRefused(field="secret")
    if not all(_is_return_uri(uri) for uri in uris):
        raise RegistrationRefused(field="return_uris")
    if not set(wanted) <= set(SCOPES):
        raise RegistrationRefused(field="scopes")
    values: dict[str, object] = {
        "name": name,
        "secret_hash": _hash(client_id, secret),
        "return_uris": uris,
        "scopes": wanted,
    }
    if not Client.objects.filter(client_id=client_id, secret_hash=values["secret_hash"]).exists():
        values |= {"previous_hash": "", "previous_until": None}
    client, _created = Client.objects.update_or_create(client_id=client_id, defaults=values)
    return client


def rotate_secret(client_id: str, secret: str, *, overlap: timedelta) -> None:
    """Give a client another secret; the one before stays good for ``overlap``, seven days at most.

    Raises NotFound, RegistrationRefused.
    """
    if len(secret) < SHORTEST_SECRET:
        raise RegistrationRefused(field="secret")
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise RegistrationRefused(field="overlap")
    with transaction.atomic():
        client = Client.objects.select_for_update().filter(client_id=find(client_id).client_id).get()
        if same(client.secret_hash, _hash(client_id, secret)):
            raise RegistrationRefused(field="secret")
        client.previous_hash, client.previous_until = client.secret_hash, timezone.now() + overlap
        client.secret_hash = _hash(client_id, secret)
        client.save(update_fields=["secret_hash", "previous_hash", "previous_until"])


def find(client_id: str) -> Client:
    """Return a registered client. Raises NotFound."""
    client = Client.objects.filter(client_id=client_id).first() if "\x00" not in client_id else None
    if client is None:
        raise NotFound(kind="client")
    return client


def authenticate(client_id: str, secret: str) -> Client:
    """Return the client if the secret is right, or was and still has time, compared in constant time.

    Raises ClientRefused.
    """
    # The hash is made for unknown clients too, so that the time of the answer does not tell who is registered.
    given = _hash(client_id, secret)
    try:
        client = find(client_id)
    except NotFound:
        raise ClientRefused from None
    now_good, before_good = same(client.secret_hash, given), same(client.previous_hash, given)
    in_time = client.previous_until is not None and timezone.now() < client.previous_until
    if not (now_good or (before_good and in_time)):
        raise ClientRefused
    return client


def check_return_uri(client: Client, uri: str) -> None:
    """Let ``uri`` through when it is registered for ``client``, character by character. Raises ReturnUriRefused."""
    if uri not in client.return_uris:
        raise ReturnUriRefused(client=client.client_id)


def issue_token(client: Client, scopes: Iterable[str]) -> tuple[str, tuple[str, ...]]:
    """Return a new access token for the client itself and the scopes that it carries.

    Without ``scopes`` it carries ``service``. Raises ScopeRefused for a scope that the client does not have; scope
    ``credential`` is only ever had through a holder.
    """
    wanted = tuple(sorted(set(scopes))) or ("service",)
    if not set(wanted) <= set(client.scopes) - {"credential"}:
        raise ScopeRefused(client=client.client_id)
    token = new_token()
    AccessToken.objects.create(
        token_hash=keyed_hash(token, "clients.token"),
        client=client,
        scopes=list(wanted),
        expires_at=timezone.now() + TOKEN_LIFETIME,
    )
    return token, wanted


def client_of_token(token: str, scope: str) -> Client:
    """Return the client whose good token of ``scope`` this is. Raises ClientRefused.

    A scope that was taken from the client since is not good any more.
    """
    found = (
        AccessToken.objects.select_related("client")
        .filter(token_hash=keyed_hash(token, "clients.token"), expires_at__gt=timezone.now(), revoked_at__isnull=True)
        .first()
    )
    if found is None or scope not in found.scopes or scope not in found.client.scopes:
        raise ClientRefused
    return found.client


def check_scope(client: Client, scope: str) -> None:
    """Let a client through that the operator gave ``scope``. Raises ScopeRefused."""
    if scope not in client.scopes:
        raise ScopeRefused(client=client.client_id)


def revoke_token(client: Client, token: str) -> bool:
    """Revoke a token of ``client`` (RFC 7009); return whether there was one. Another client's stays good."""
    mine = AccessToken.objects.filter(token_hash=keyed_hash(token, "clients.token"), client=client)
    return mine.filter(revoked_at__isnull=True).update(revoked_at=timezone.now()) == 1


def destroy_old_tokens() -> int:
    """Destroy the rows of tokens that expired a day ago, and return how many there were."""
    count, _each = AccessToken.objects.filter(expires_at__lt=timezone.now() - KEPT_AFTER_EXPIRY).delete()
    return count


def _hash(client_id: str, secret: str) -> str:
    return keyed_hash(f"{client_id}:{secret}", "clients.secret")


def _is_return_uri(uri: str) -> bool:
    parts = urlsplit(uri)
    return (
        uri.isascii()
        and uri.isprintable()
        and " " not in uri
        and parts.scheme in ("http", "https")
        and bool(parts.netloc)
        and not parts.fragment
        and "#" not in uri
    )
