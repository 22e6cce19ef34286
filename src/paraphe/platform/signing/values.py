"""Values that go through the door."""

import uuid
from dataclasses import dataclass

from paraphe.pdf.api import SignatureSettings


@dataclass(frozen=True)
class ToSign:
    """One document to sign: its title as the holder will read it, its sealed file, and how the signature looks.

    ``reference`` says which of the caller's things it is, where a request is about several.
    """

    label: str
    file_id: uuid.UUID
    settings: SignatureSettings
    reference: str = ""
