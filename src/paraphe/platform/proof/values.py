"""What an evidence file is made from: plain values, told by the room whose collection it is.

Everything here is JSON when it is asked for: moments as ISO 8601 in UTC, files by their number in the store.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

Check = Literal["email_link", "sms_code", "email_code", "identity_document", "sign_in", "face_to_face"]


@dataclass(frozen=True)
class PersonFacts:
    """Somebody as he was known when the collection ended."""

    name: str
    email: str
    mobile: str = ""


@dataclass(frozen=True)
class RecipientFacts:
    """One recipient. ``checks``: how it was made sure that it is he. ``certificate``: DER, of the signature he made.

    ``replaces`` is the number of the recipient in whose place he was asked, or empty.
    """

    id: str
    position: int
    step: int
    role: str
    state: str
    level: str
    person: PersonFacts
    checks: tuple[Check, ...] = ()
    certificate: bytes = b""
    replaces: str = ""


@dataclass(frozen=True)
class VersionFacts:
    """One version of a document: the SHA-256 of its bytes in hexadecimal, and how it came about.

    ``recipient``: who signed it, where ``made`` is ``signed``.
    """

    number: int
    made: Literal["source", "frozen", "signed", "archived"]
    sha256: str
    recipient: str = ""


@dataclass(frozen=True)
class DocumentFacts:
    """One document. ``final_file`` is its last version in the store of files, None when it was never signed."""

    id: str
    position: int
    title: str
    use: str
    pages: int
    versions: tuple[VersionFacts, ...]
    final_file: UUID | None = None


@dataclass(frozen=True)
class CollectionFacts:
    """A collection that ended. ``consents``: the text that signers accepted, by language."""

    id: UUID
    firm_id: int
    firm_name: str
    firm_siren: str
    title: str
    kind: str
    language: str
    outcome: str
    level: str
    read_all_pages: bool
    sender: PersonFacts
    created_at: datetime
    ended_at: datetime
    launched_at: datetime | None = None
    expires_at: datetime | None = None
    launched_by: PersonFacts | None = None
    mandate: str = ""
    message: str = ""
    reason: str = ""
    consents: dict[str, str] = field(default_factory=dict)
    recipients: tuple[RecipientFacts, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return this as plain JSON."""
        found: dict[str, Any] = _plain(asdict(self))
        return found

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> "CollectionFacts":
        """Return what ``as_json`` told."""
        recipients = tuple(
            RecipientFacts(
                **{
                    **one,
                    "person": PersonFacts(**one["person"]),
                    "checks": tuple(one["checks"]),
                    "certificate": bytes.fromhex(one["certificate"]),
                }
            )
            for one in told["recipients"]
        )
        documents = tuple(
            DocumentFacts(
                **{
                    **one,
                    "versions": tuple(VersionFacts(**version) for version in one["versions"]),
                    "final_file": UUID(one["final_file"]) if one["final_file"] else None,
                }
            )
            for one in told["documents"]
        )
        moments = {name: _moment(told[name]) for name in ("created_at", "ended_at", "launched_at", "expires_at")}
        by = told["launched_by"]
        return cls(
            **{
                **told,
                **moments,
                "id": UUID(told["id"]),
                "sender": PersonFacts(**told["sender"]),
                "launched_by": PersonFacts(**by) if by else None,
                "recipients": recipients,
                "documents": documents,
            }
        )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value.hex() if isinstance(value, bytes) else value
