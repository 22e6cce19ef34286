"""Values that go through the door of the library."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Kind = Literal["signature", "seal"]
Level = Literal["B-B", "B-T", "B-LT", "B-LTA", "timestamp"]


@dataclass(frozen=True)
class Box:
    """A rectangle on a page (index from 0), in points of the page as seen upright, origin at its top left corner.

    As seen: after /Rotate and inside the CropBox, which is what a person sees and points at.
    """

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class PageBox:
    """The size of a page as seen upright, in points; ``rotation`` is its /Rotate, 0, 90, 180 or 270."""

    width_pt: float
    height_pt: float
    rotation: int


@dataclass(frozen=True)
class Inspection:
    """What is in a PDF that can be signed.

    ``warnings`` are codes of what can change its appearance: ``scripts``, ``launch_actions``, ``hidden_layers``,
    ``embedded_files``.
    """

    version: str
    size: int
    pages: tuple[PageBox, ...]
    signed_fields: tuple[str, ...]
    empty_fields: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class SignatureSettings:
    """How one signature is to be: where it is seen (``box`` None: nowhere), whose, why."""

    box: Box | None = None
    """Where the signature is seen; None for an invisible one."""
    signer_name: str = ""
    """Name in the appearance and in the signature dictionary."""
    firm: str = ""
    """Firm in the appearance; may be empty."""
    signed_at: datetime | None = None
    """Time in the appearance, an aware datetime in the zone to show; None for no line. The proof is the timestamp."""
    language: str = "fr"
    """Language of the appearance, ``fr`` or ``en``."""
    reason: str = ""
    location: str = ""
    field_name: str | None = None
    """An existing empty field to sign; None for a new one."""
    kind: Kind = "signature"


@dataclass(frozen=True)
class SignatureReport:
    """The verdict on one signature or document timestamp.

    ``intact``: the bytes that it covers are unchanged. ``trusted``: a path to one of the given roots, not revoked at
    the time of signing. ``covers``: ``document`` when nothing follows but what PAdES adds, ``revision`` when permitted
    changes follow, ``none`` when the byte range is not what it must be. ``modifications``: what came after.
    ``problems``: stable codes; empty for a good signature.
    """

    field: str
    kind: Literal["signature", "timestamp"]
    signer: str
    signed_at: datetime | None
    timestamped_at: datetime | None
    level: Level
    intact: bool
    trusted: bool
    covers: Literal["document", "revision", "none"]
    modifications: Literal["none", "permitted", "forbidden"]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Tell whether this one is good in every respect."""
        return self.intact and self.trusted and not self.problems


@dataclass(frozen=True)
class Report:
    """The verdict on a file: one report per signature, in the order of signing."""

    signatures: tuple[SignatureReport, ...]

    @property
    def ok(self) -> bool:
        """Tell whether there is a signature and all of them are good."""
        return bool(self.signatures) and all(found.ok for found in self.signatures)
