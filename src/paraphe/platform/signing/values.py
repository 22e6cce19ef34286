"""Values that go through the door."""

import uuid
from dataclasses import dataclass, field
from typing import Literal

from paraphe.pdf.api import FieldValue, SignatureSettings


@dataclass(frozen=True)
class ToSign:
    """One document to sign: its title as the holder will read it, its sealed file, and how the signature looks.

    ``reference`` says which of the caller's things it is, where a request is about several; ``fill`` are form fields
    that get their values under this signature. ``judged`` says that the file is what this room made and checked before,
    as the caller has proved: its earlier signatures are not judged again, only whether they allow this one.
    """

    label: str
    file_id: uuid.UUID
    settings: SignatureSettings
    reference: str = ""
    fill: tuple[FieldValue, ...] = ()
    judged: bool = False


Level = Literal["simple", "advanced"]
"""``simple``: a certificate of one occasion, made after a code; ``advanced``: a personal one, identity checked."""


@dataclass(frozen=True)
class Signatory:
    """A third party who signs: what his certificate says of him, where his codes go.

    ``key`` is the caller's number of him; ``person_id`` is set where the platform knows him as one of its people.
    """

    key: str
    given_name: str
    surname: str
    email: str = field(repr=False)
    mobile: str = field(repr=False)
    locale: str = "fr"
    person_id: int | None = None
    firm: str = ""
    """The firm in whose chain of events his acts stand."""

    @property
    def name(self) -> str:
        """Return the name as a certificate of one occasion bears it."""
        return f"{self.given_name} {self.surname}"
