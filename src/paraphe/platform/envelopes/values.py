"""Values that go through the door: what is typed into a draft, and what is in the way of a launch."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Role = Literal["signer", "approver", "copy"]
Level = Literal["simple", "advanced"]
FieldKind = Literal["signature", "initials", "text", "date", "checkbox", "mention"]

ROLES: Final[tuple[Role, ...]] = ("signer", "approver", "copy")
LEVELS: Final[tuple[Level, ...]] = ("simple", "advanced")
FIELD_KINDS: Final[tuple[FieldKind, ...]] = ("signature", "initials", "text", "date", "checkbox", "mention")
LOCALES: Final = ("fr", "en")
#: What can be asked for in a field that the document brought.
FITTING: Final[Mapping[str, tuple[FieldKind, ...]]] = {
    "signature": ("signature",),
    "text": ("text", "date", "mention", "initials"),
    "lines": ("text", "mention"),
    "checkbox": ("checkbox",),
}

#: States in which a collection can be changed freely, and in which it is under way.
EDITABLE: Final = ("draft", "template")
UNDER_WAY: Final = ("launching", "running", "completing")
ENDED: Final = ("completed", "refused", "expired", "cancelled")
#: States of a recipient of whom something is still expected, and in which he did what was asked.
PENDING: Final = ("waiting", "invited", "opened", "read", "bounced")
DONE: Final = ("signed", "approved")
#: Why a ceremony waits, as far as the certificate of its signer goes.
IDENTITY_WAITS: Final = (
    "identity_needed",
    "identity_review",
    "identity_accepted",
    "identity_retake",
    "identity_name",
    "identity_refused",
    "identity_elsewhere",
    "certificate_unpaid",
)


@dataclass(frozen=True)
class Options:
    """What a collection says and how it runs. ``consent`` is empty for the text of the firm."""

    title: str = ""
    message: str = ""
    kind: str = "other"
    locale: str = "fr"
    level: Level = "simple"
    expiry_days: int = 15
    reminder_days: tuple[int, ...] = ()
    read_all_pages: bool = False
    may_forward: bool = False
    consent: str = ""


@dataclass(frozen=True)
class RecipientData:
    """Somebody to whom the collection goes; ``mobile`` is E.164, ``email`` lower case, ``label`` a role's name."""

    role: Role = "signer"
    given_name: str = ""
    family_name: str = ""
    email: str = ""
    mobile: str = ""
    locale: str = "fr"
    level: Level = "simple"
    label: str = ""

    @property
    def name(self) -> str:
        """Return the name as people read it; in a template that of the role."""
        return " ".join(part for part in (self.given_name, self.family_name) if part) or self.label or self.email


@dataclass(frozen=True)
class FieldData:
    """A box for one recipient, in points of the page (from 0) as seen, origin at its top left corner.

    ``existing`` names a signature field that the document brought; its place is the document's then.
    """

    recipient: uuid.UUID
    kind: FieldKind
    page: int
    x: float
    y: float
    width: float
    height: float
    required: bool = True
    label: str = ""
    existing: str = ""


@dataclass(frozen=True)
class OpenField:
    """An empty field that the document brought, on a page (from 0), in points as seen.

    ``kind`` is ``signature``, ``text``, ``lines`` or ``checkbox``, ``label`` what its author calls it.
    """

    name: str
    kind: str
    page: int
    x: float
    y: float
    width: float
    height: float
    label: str = ""

    @property
    def fitting(self) -> tuple[FieldKind, ...]:
        """Return which boxes it can be."""
        return FITTING[self.kind]


@dataclass(frozen=True)
class Problem:
    """One thing that is in the way of a launch; ``params`` are values for the sentence."""

    code: str
    document: uuid.UUID | None = None
    recipient: uuid.UUID | None = None
    params: Mapping[str, object] = field(default_factory=dict)
