"""What a client asks a holder to authorise, as it stands in ``authorization_details`` (RFC 9396, CSC v2 §8.4)."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from paraphe.kernel.errors import DomainError

TYPES = ("credential", "https://cloudsignatureconsortium.org/2025/credential")
SHA256_OID = "2.16.840.1.101.3.4.2.1"


class DetailsRefused(DomainError):
    """The details cannot be understood; ``params["reason"]`` names what is wrong, never its value."""

    code = "details_refused"


@dataclass(frozen=True)
class Details:
    """One credential, the digests to be signed with it, and the titles that the holder will read."""

    credential_id: UUID
    digests: tuple[bytes, ...]
    labels: tuple[str, ...]
    locale: str


def asked_by(text: str) -> Details:
    """Read the parameter: a JSON array with one object. Raises DetailsRefused."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise DetailsRefused(reason="not JSON") from None
    if not isinstance(value, list) or len(value) != 1 or not isinstance(value[0], dict):
        raise DetailsRefused(reason="not an array with one object")
    given = value[0]
    if given.get("type") not in TYPES:
        raise DetailsRefused(reason="type")
    if given.get("hashAlgorithmOID") != SHA256_OID:
        raise DetailsRefused(reason="hashAlgorithmOID")
    documents = given.get("documentDigests")
    if not isinstance(documents, list) or not documents or not all(isinstance(one, dict) for one in documents):
        raise DetailsRefused(reason="documentDigests")
    count = given.get("numSignatures", len(documents))
    if isinstance(count, bool) or count != len(documents):
        raise DetailsRefused(reason="numSignatures")
    return Details(
        credential_id=identifier(given.get("credentialID")),
        digests=tuple(digest(one.get("hash")) for one in documents),
        labels=tuple(_label(one, number) for number, one in enumerate(documents, 1)),
        locale=given["locale"] if isinstance(given.get("locale"), str) else "fr",
    )


def describe(credential_id: str, digests: Sequence[str]) -> dict[str, Any]:
    """Return what was authorised, for the answer that carries the token (RFC 9396 §7)."""
    return {
        "type": TYPES[1],
        "credentialID": credential_id,
        "documentDigests": [{"hash": base64.b64encode(bytes.fromhex(one)).decode("ascii")} for one in digests],
        "hashAlgorithmOID": SHA256_OID,
        "numSignatures": len(digests),
    }


def identifier(value: object) -> UUID:
    """Return the identifier that ``value`` writes. Raises DetailsRefused."""
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise DetailsRefused(reason="credentialID") from None


def digest(value: object) -> bytes:
    """Return the octets of a base64 text. Raises DetailsRefused."""
    try:
        return base64.b64decode(value if isinstance(value, str) else "?", validate=True)
    except (binascii.Error, ValueError):
        raise DetailsRefused(reason="hash") from None


def _label(document: dict[str, Any], number: int) -> str:
    label = document.get("label")
    if label is None:
        return f"Document {number}"
    if not isinstance(label, str):
        raise DetailsRefused(reason="label")
    return label
