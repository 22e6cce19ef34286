"""Certificates for people and firms: what they say, what is refused, and that nothing is issued twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from paraphe.pki.subjects import NaturalPerson
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.register.models import CertificateEntry
from paraphe.trust.vault import api as vault
from tests.trust.conftest import SignerProcess
from tests.trust.people import ALICE, ETIENNE, SEAL, certify_alice

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def _value(certificate: x509.Certificate, oid: x509.ObjectIdentifier) -> str:
    return str(certificate.subject.get_attributes_for_oid(oid)[0].value)


def test_alice_gets_a_certificate_for_three_years(hierarchy: Path) -> None:
    issued = certify_alice()
    certificate = issued.certificate
    assert _value(certificate, NameOID.COMMON_NAME) == "Alice Martin"
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=3 * 365)
    assert issued.serial == certificate.serial_number
    assert issued.chain == (register.issuer("natural")[1], ca.root())
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert usage.content_commitment
    assert not usage.digital_signature
    assert "1.3.6.1.5.5.7.1.3" not in {extension.oid.dotted_string for extension in certificate.extensions}


def test_a_certificate_says_where_its_status_is(hierarchy: Path) -> None:
    certificate = certify_alice().certificate
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert {one.access_location.value for one in access} == {
        "http://localhost:8001/ocsp/natural",
        "http://localhost:8001/ca/natural.cer",
    }
    (point,) = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert point.full_name is not None
    assert point.full_name[0].value == "http://localhost:8001/crl/natural.crl"


def test_a_firm_gets_its_seal_from_the_other_authority(hierarchy: Path) -> None:
    issued = ca.issue(uuid4(), "legal-person-seal", SEAL, vault.generate(uuid4(), "P-256", "seal"), days=365)
    assert issued.chain[0] == register.issuer("legal")[1]
    assert _value(issued.certificate, NameOID.ORGANIZATION_NAME) == "Cabinet Martin"


def test_the_same_attempt_gives_the_same_certificate(hierarchy: Path) -> None:
    attempt, key = uuid4(), vault.generate(uuid4(), "P-256", "holder")
    first = ca.issue(attempt, "natural-person", ALICE, key)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1)):
        assert ca.issue(attempt, "natural-person", ALICE, key) == first
    assert CertificateEntry.objects.filter(profile="natural-person").count() == 1


def test_an_attempt_with_another_request_is_refused(hierarchy: Path) -> None:
    attempt, key = uuid4(), vault.generate(uuid4(), "P-256", "holder")
    ca.issue(attempt, "natural-person", ALICE, key)
    for subject, other, days in (
        (ETIENNE, key, None),
        (ALICE, vault.generate(uuid4(), "P-256", "holder"), None),
        (ALICE, key, 30),
    ):
        with pytest.raises(register.AttemptConflict):
            ca.issue(attempt, "natural-person", subject, other, days=days)


@pytest.mark.parametrize("profile", ["root", "natural-ca", "tsa", "ocsp", "", "natural_person"])
def test_nobody_outside_asks_for_the_certificate_of_an_authority(hierarchy: Path, profile: str) -> None:
    with pytest.raises(ca.ProfileUnknown):
        ca.issue(uuid4(), profile, ALICE, vault.generate(uuid4(), "P-256", "holder"))


@pytest.mark.parametrize(
    "subject",
    [
        NaturalPerson("", "Martin", "alice@example.fr", "1"),
        NaturalPerson("Alice", "Martin", "alicé@example.fr", "1"),
    ],
    ids=["no given name", "e-mail not ASCII"],
)
def test_a_name_that_does_not_fit_costs_no_serial_number(hierarchy: Path, subject: NaturalPerson) -> None:
    attempt = uuid4()
    with pytest.raises(ca.SubjectRefused):
        ca.issue(attempt, "natural-person", subject, vault.generate(uuid4(), "P-256", "holder"))
    assert register.find(attempt) is None


def test_a_weak_or_foreign_key_is_refused_and_nothing_is_signed(hierarchy: Path) -> None:
    weak = ec.generate_private_key(ec.SECP192R1()).public_key()
    keys = [weak.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo), b"not a key"]
    for key in keys:
        attempt = uuid4()
        with pytest.raises(ca.LintRefused):
            ca.issue(attempt, "natural-person", ALICE, key)
        tags = [entry.tag for entry in journal.about(attempt=attempt)]
        assert tags == ["certificate:reserved", "certificate:refused"]


def test_a_certificate_outlives_neither_its_issuer_nor_its_policy(hierarchy: Path) -> None:
    key = vault.generate(uuid4(), "P-256", "holder")
    issuer_end = register.issuer("natural")[1].not_valid_after_utc
    with pytest.raises(ca.ValidityRefused):
        ca.issue(uuid4(), "natural-person", ALICE, key, until=issuer_end + timedelta(seconds=1))
    with pytest.raises(ca.ValidityRefused):
        ca.issue(uuid4(), "natural-person", ALICE, key, until=datetime.now(UTC) - timedelta(days=1))
    with pytest.raises(ca.LintRefused):
        ca.issue(uuid4(), "natural-person", ALICE, key, days=9 * 365)


@pytest.mark.parametrize(
    ("profile", "days"), [("one-shot", 1), ("natural-person", 3 * 365), ("invited-person", 5 * 365)]
)
def test_nobody_gets_a_day_more_than_the_policy_promises(hierarchy: Path, profile: str, days: int) -> None:
    key = vault.generate(uuid4(), "P-256", "holder")
    certificate = ca.issue(uuid4(), profile, ALICE, key).certificate
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=days)
    with pytest.raises(ca.LintRefused):
        ca.issue(uuid4(), profile, ALICE, key, days=days + 1)


def test_a_signature_by_another_key_is_caught_before_it_is_recorded(
    hierarchy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, key = uuid4(), vault.generate(uuid4(), "P-256", "holder")
    other = uuid4()
    vault.generate(other, "P-256", "natural-ca")
    honest = vault.sign
    with monkeypatch.context() as patch:
        patch.setattr(vault, "sign", lambda _, purpose, digests, algorithm: honest(other, purpose, digests, algorithm))
        with pytest.raises(ca.SignatureWrong):
            ca.issue(attempt, "natural-person", ALICE, key)
    entry = register.find(attempt)
    assert entry is not None
    assert entry.state == "prepared"
    assert register.status_of(entry.serial).state == "unknown"
    assert ca.issue(attempt, "natural-person", ALICE, key).serial == entry.serial


def test_while_the_signer_is_away_issuance_waits_and_then_goes_on(hierarchy: Path, signer: SignerProcess) -> None:
    attempt, key = uuid4(), vault.generate(uuid4(), "P-256", "holder")
    signer.kill()
    with pytest.raises(vault.VaultUnavailable):
        ca.issue(attempt, "natural-person", ALICE, key)
    entry = register.find(attempt)
    signer.start()
    issued = ca.issue(attempt, "natural-person", ALICE, key)
    assert entry is not None
    assert (entry.state, issued.serial) == ("prepared", entry.serial)


class PowerCut(BaseException):
    """The process ends here."""


STEPS: list[tuple[Any, str]] = [
    (register, "reserve"),
    (register, "store_tbs"),
    (vault, "sign"),
    (register, "record"),
]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("room", "verb"), STEPS, ids=[verb for _, verb in STEPS])
def test_a_power_cut_at_any_step_leaves_it_undone_or_done_once(
    hierarchy: Path, monkeypatch: pytest.MonkeyPatch, room: Any, verb: str, when: str
) -> None:
    attempt, key = uuid4(), vault.generate(uuid4(), "P-256", "holder")
    with monkeypatch.context() as patch:
        patch.setattr(room, verb, _cut(getattr(room, verb), when))
        with pytest.raises(PowerCut):
            ca.issue(attempt, "natural-person", ALICE, key)
    before = register.find(attempt)

    issued = ca.issue(attempt, "natural-person", ALICE, key)

    if before is not None:
        assert issued.serial == before.serial
        assert before.certificate in (None, issued.certificate)
    assert CertificateEntry.objects.filter(attempt_id=attempt, state="issued").count() == 1
    assert [entry.tag for entry in journal.about(attempt=attempt)] == [
        "certificate:reserved",
        "certificate:signing",
        "certificate:issued",
    ]


def _cut(verb: Callable[..., object], when: str) -> Callable[..., object]:
    def cut(*arguments: object, **named: object) -> object:
        if when == "after":
            verb(*arguments, **named)
        raise PowerCut

    return cut
