"""What the methods of the CSC API have in common: who signs, identifiers, digests."""

from uuid import UUID

from django.http import HttpRequest

from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.http.auth import bearer_of
from paraphe.trust.http.authorization_details import SHA256_OID, DetailsRefused, digest
from paraphe.trust.http.csc_answers import RequestRefused
from paraphe.trust.remote import api as remote

SCOPE = "service"


def signer_of(request: HttpRequest, sad: str) -> tuple[clients.Client, str]:
    """Return who signs and the activation data: in the body with a service token, or the token itself.

    Raises ClientRefused, RequestRefused.
    """
    token = bearer_of(request)
    try:
        client = clients.client_of_token(token, SCOPE)
    except clients.ClientRefused:
        return _by_activation(token, sad)
    if not sad:
        raise RequestRefused("Missing (or invalid type) string parameter SAD")
    return client, sad


def identifier(value: str, name: str) -> UUID:
    """Return the identifier that ``value`` writes. Raises RequestRefused."""
    try:
        return UUID(value)
    except ValueError:
        raise RequestRefused(f"Invalid parameter {name}") from None


def digests_of(hashes: list[str], algorithm: str) -> list[bytes]:
    """Return the octets of the digests. Raises RequestRefused; SHA-1 and everything else but SHA-256 is refused."""
    if algorithm and algorithm != SHA256_OID:
        raise RequestRefused("Invalid parameter hashAlgorithmOID")
    if not hashes:
        raise RequestRefused("Empty hash array")
    try:
        return [digest(value) for value in hashes]
    except DetailsRefused:
        raise RequestRefused("Invalid Base64 hash string parameter") from None


def _by_activation(token: str, sad: str) -> tuple[clients.Client, str]:
    try:
        client = clients.find(remote.client_of_sad(token))
    except NotFound:
        raise clients.ClientRefused from None
    if "credential" not in client.scopes or sad not in ("", token):
        raise clients.ClientRefused
    return client, token
