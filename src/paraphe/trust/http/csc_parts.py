"""What the methods of the CSC API have in common: who signs, identifiers, digests."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest

from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.http.auth import bearer_of
from paraphe.trust.http.authorization_details import SHA256_OID, DetailsRefused, digest
from paraphe.trust.http.csc_answers import RequestRefused
from paraphe.trust.remote import api as remote

SCOPE = "service"
EVIDENCE_SCOPE = "evidence"
#: What parameters are that are not strings, for those that are missing.
_TYPES = {"hashes": "array", "numSignatures": "integer"}
_WORDS = {"string_type": "string", "list_type": "array", "int_type": "integer", "bool_type": "boolean"}


def wrong_parameter(place: Sequence[object], kind: str) -> RequestRefused:
    """Return the refusal of a parameter at this place of a body, never its value; ``kind`` is pydantic's."""
    parts = [part for part in place if part not in ("body", "body_params")]
    names = [part for part in parts if isinstance(part, str) and part.isidentifier()]
    name = names[0] if names else "body"
    if name in ("documents", "documentDigests"):
        if len(names) == 1:
            return RequestRefused(f"Invalid {'array' if name == 'documents' else 'object'} parameter {name}")
        name, parts = names[1], parts[parts.index(names[1]) :]
    if kind == "missing":
        word = _TYPES.get(name, "string")
    elif kind in _WORDS:
        word = "array" if len(parts) > 1 else _WORDS[kind]
    else:
        return RequestRefused(f"Invalid parameter {name}")
    return RequestRefused(f"Missing (or invalid type) {word} parameter {name}")


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


def check_bearer(request: HttpRequest) -> None:
    """Let a request through whose bearer token is of scope ``service``, or activation data. Raises ClientRefused."""
    token = bearer_of(request)
    try:
        clients.client_of_token(token, SCOPE)
    except clients.ClientRefused:
        _by_activation(token, "")


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
