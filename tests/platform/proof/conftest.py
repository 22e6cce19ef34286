"""A collection that ended: Alice asked Chloé and Étienne to sign a letter."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.digests import sha256_hex
from paraphe.pdf import api as pdf
from paraphe.platform.accounts.models import Firm
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof import api as proof
from tests.support.small_trust import SmallTrust

COLLECTION = uuid.UUID("c0ffee00-0000-4000-8000-000000000001")
CHLOE = Actor("recipient", "chloe", "192.0.2.7", "Mozilla/5.0 (iPhone)")
ETIENNE = Actor("recipient", "etienne", "198.51.100.9", "Mozilla/5.0 (X11)")
ALICE = Actor("person", "1", "203.0.113.1", "Mozilla/5.0 (Macintosh)")
WHEN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
CONSENT = "Je consens à signer électroniquement ces documents."


@dataclass(frozen=True)
class Told:
    """What is told of the collection, and the document as it ended."""

    facts: proof.CollectionFacts
    signed: bytes


def happened(tag: str, actor: Actor, firm: Firm, recipient: str = "", **data: Any) -> None:
    """Write one event of the collection."""
    subjects = {"firm": str(firm.pk), "envelope": str(COLLECTION), "document": "letter"}
    if recipient:
        subjects["recipient"] = recipient
    evidence.record(tag, actor=actor, subjects=subjects, data=data)


@pytest.fixture
def firm(db: None) -> Firm:
    return Firm.objects.create(siren="123456782", name="Cabinet Martin")


@pytest.fixture
def told(firm: Firm, trust: SmallTrust) -> Told:
    """Let the collection happen, with another one of the firm in between."""
    source = _letter()
    signed = _signed(source, trust)
    digest = sha256_hex(signed)
    happened("envelope:launched", ALICE, firm)
    for actor, name in ((CHLOE, "chloe"), (ETIENNE, "etienne")):
        happened("recipient:invited", Actor("system", "system"), firm, name)
        happened("ceremony:opened", actor, firm, name)
        for page in (1, 2, 3):
            happened("ceremony:page-seen", actor, firm, name, page=page)
        evidence.record("document:added", actor=ALICE, subjects={"firm": str(firm.pk), "document": "other"})
        happened("ceremony:consented", actor, firm, name, consent_sha256=sha256_hex(CONSENT.encode()))
        happened("ceremony:signed", actor, firm, name, sha256=digest)
    happened("envelope:completed", Actor("system", "system"), firm)
    people = (
        ("chloe", "Chloé Durand", "chloe@client.example"),
        ("etienne", "Étienne Le Gall", "etienne@cabinet.test"),
    )
    facts = proof.CollectionFacts(
        id=COLLECTION,
        firm_id=firm.pk,
        firm_name=firm.name,
        firm_siren=firm.siren,
        title="Lettre de mission 2026",
        kind="engagement",
        language="fr",
        outcome="completed",
        level="simple",
        read_all_pages=True,
        sender=proof.PersonFacts("Alice Martin", "alice@cabinet-martin.fr"),
        created_at=WHEN,
        launched_at=WHEN,
        ended_at=WHEN,
        consents={"fr": CONSENT},
        recipients=tuple(
            proof.RecipientFacts(
                name,
                number,
                number,
                "signer",
                "signed",
                "simple",
                proof.PersonFacts(who, email, "+33612345678"),
                ("email_link", "sms_code"),
            )
            for number, (name, who, email) in enumerate(people, 1)
        ),
        documents=(
            proof.DocumentFacts(
                "letter",
                1,
                "Lettre de mission",
                "to_sign",
                1,
                (
                    proof.VersionFacts(0, "source", sha256_hex(source)),
                    proof.VersionFacts(1, "signed", digest, "etienne"),
                ),
                files.store(signed, purpose="test").id,
            ),
        ),
    )
    return Told(facts, signed)


@pytest.fixture
def sealed(told: Told, settings: Any) -> Callable[[], bytes]:
    """Return what makes the evidence file and gives its bytes."""

    def make() -> bytes:
        asked = proof.build(told.facts)
        assert proof.advance(asked.id)
        return proof.content(asked.id)

    return make


def _letter() -> bytes:
    blocks = (pdf.Paragraph("La mission commence le 1er janvier."),)
    return pdf.compose(pdf.TextDocument("Lettre de mission", "Cabinet Martin", "fr", "1", WHEN, blocks))


def _signed(source: bytes, trust: SmallTrust) -> bytes:
    pki, etienne = trust.pki, trust.pki.signer("etienne")
    settings = pdf.SignatureSettings(signer_name="Étienne Le Gall")
    prepared = pdf.prepare(source, settings, etienne.certificate, etienne.chain, SystemClock())
    [value] = etienne.sign_digests([prepared.digest_to_sign])
    made = pdf.finish(source, prepared, value, pki.timestamps)
    return pdf.augment(source, made, pki.revocation, pki.roots).whole(source)
