"""Alice and the officers, as the registration authority meets them."""

import hashlib
import io

from PIL import Image

from paraphe.kernel.actor import Actor
from paraphe.proofing.api import Measures, Page
from paraphe.trust.ra import api as ra

ALICE = ra.SubjectData(
    kind="member",
    given_name="Alice",
    surname="Martin",
    email="alice.martin@cabinet-martin.example",
    mobile="+33612345678",
    roll_number="140001234",
    region="Paris – Île-de-France",
    organisation_name="Cabinet Martin",
    organisation_siren="732829320",
)


def page(content: bytes = b"a photograph") -> Page:
    """Return a small picture, another one for other content."""
    digest = hashlib.sha256(content).digest()
    buffer = io.BytesIO()
    Image.frombytes("RGB", (8, 8), digest * 6).resize((160, 100)).save(buffer, "JPEG")
    return Page(buffer.getvalue(), 1600, 1000, Measures(chroma=12.0, lightness=220.0, contrast=30.0, sharpness=400.0))


def submitted_case(kind: str = "identity_card") -> ra.IdentityCase:
    case = ra.open_case(ra.create_subject("platform", ALICE), kind)
    for side in ra.sides_of(kind):
        ra.put_page(case.id, side, page(), [])
    return ra.submit(case.id)


def officer(name: str) -> ra.Officer:
    return ra.create_officer(f"{name.lower()}@confiance.example", name, "a long password for tests")


def acting(who: ra.Officer) -> Actor:
    return Actor(kind="officer", id=str(who.pk))
