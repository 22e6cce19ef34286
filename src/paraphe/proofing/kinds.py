"""The kinds of identity document that can be presented."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DocumentKind:
    """One kind: its stable ``code`` and how many ``sides`` have to be shown (1 or 2)."""

    code: str
    sides: int


KINDS: tuple[DocumentKind, ...] = (
    DocumentKind("identity_card", 2),
    DocumentKind("passport", 1),
    DocumentKind("residence_permit", 2),
    DocumentKind("driving_licence", 2),
)
_BY_CODE = {kind.code: kind for kind in KINDS}


def kind_named(code: str) -> DocumentKind | None:
    """Return the kind with this ``code``, or None when there is none."""
    return _BY_CODE.get(code)
