"""Certificates of the cast, issued through the door."""

from uuid import UUID, uuid4

from paraphe.pki.subjects import NaturalPerson, Organisation, Unit
from paraphe.trust.ca import api as ca
from paraphe.trust.vault import api as vault

CABINET_MARTIN = Organisation("Cabinet Martin", "NTRFR-732829320")
ALICE = NaturalPerson("Alice", "Martin", "alice.martin@cabinet-martin.example", "P-0001", "FR", CABINET_MARTIN)
ETIENNE = NaturalPerson("Étienne", "Le Gall-Dubois", "etienne@example.fr", "P-0002")
SEAL = Unit("Cachet du Cabinet Martin", CABINET_MARTIN)


def certify(person: NaturalPerson, attempt_id: UUID | None = None) -> ca.IssuedCertificate:
    """Issue a certificate to ``person`` with a new key in the vault."""
    key = vault.generate(uuid4(), "P-256", "holder")
    return ca.issue(attempt_id or uuid4(), "natural-person", person, key)


def certify_alice() -> ca.IssuedCertificate:
    """Issue a certificate to Alice."""
    return certify(ALICE)
