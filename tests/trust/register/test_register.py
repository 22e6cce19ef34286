"""Serial numbers and what became of them."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from django.db import IntegrityError, transaction

from paraphe.kernel.actor import Actor
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.register.models import CertificateEntry

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
SPKI = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
ALICE = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Alice Martin")])
ODILE = Actor(kind="officer", id="odile")


@pytest.fixture(autouse=True)
def authorities() -> None:
    register.plan_authorities([register.AuthorityPlan(slug, slug, "P-256") for slug in ("root", "natural", "legal")])


def _order(attempt_id: UUID | None = None, slug: register.Slug = "natural", digest: str = "d") -> register.Order:
    return register.Order(
        attempt_id=attempt_id or uuid4(),
        slug=slug,
        profile="natural-person",
        subject=ALICE.public_bytes(),
        public_key=SPKI,
        not_before=NOW,
        not_after=NOW + timedelta(days=1095),
        request_digest=digest,
    )


def _certificate(entry: register.Entry, name: x509.Name = ALICE) -> x509.Certificate:
    builder = x509.CertificateBuilder(name, name, KEY.public_key(), entry.serial, entry.not_before, entry.not_after)
    return builder.sign(KEY, hashes.SHA256())


def _issued(slug: register.Slug = "natural") -> register.Entry:
    entry = register.reserve(_order(slug=slug))
    certificate = _certificate(entry)
    register.store_tbs(entry.attempt_id, certificate.tbs_certificate_bytes)
    return register.record(entry.attempt_id, certificate)


def test_a_certificate_goes_from_reserved_to_issued() -> None:
    reserved = register.reserve(_order())
    assert (reserved.state, reserved.tbs, reserved.certificate) == ("reserved", None, None)
    assert reserved.serial.bit_length() >= 64
    assert register.status_of(reserved.serial).state == "unknown"

    certificate = _certificate(reserved)
    prepared = register.store_tbs(reserved.attempt_id, certificate.tbs_certificate_bytes)
    assert prepared.state == "prepared"
    assert register.status_of(reserved.serial).state == "unknown"

    issued = register.record(reserved.attempt_id, certificate)
    assert (issued.state, issued.certificate) == ("issued", certificate)
    assert register.certificate(issued.serial) == certificate
    assert register.status_of(issued.serial) == register.Status("good")
    assert [entry.tag for entry in journal.about(attempt=issued.attempt_id)] == [
        "certificate:reserved",
        "certificate:signing",
        "certificate:issued",
    ]


def test_each_step_may_be_repeated_and_counts_once() -> None:
    order = _order()
    first = register.reserve(order)
    assert register.reserve(order) == first
    certificate = _certificate(first)
    register.store_tbs(order.attempt_id, certificate.tbs_certificate_bytes)
    register.store_tbs(order.attempt_id, certificate.tbs_certificate_bytes)
    register.record(order.attempt_id, certificate)

    another_signature = _certificate(first)
    assert another_signature != certificate
    assert register.record(order.attempt_id, another_signature).certificate == certificate
    assert journal.about(attempt=order.attempt_id).count() == 3


def test_an_attempt_is_one_request() -> None:
    order = _order()
    register.reserve(order)
    with pytest.raises(register.AttemptConflict):
        register.reserve(_order(order.attempt_id, digest="another"))


def test_other_bytes_than_those_stored_are_refused() -> None:
    entry = register.reserve(_order())
    register.store_tbs(entry.attempt_id, b"these")
    with pytest.raises(register.OutOfOrder):
        register.store_tbs(entry.attempt_id, b"others")


def test_nothing_is_recorded_that_was_not_stored_before() -> None:
    entry = register.reserve(_order())
    with pytest.raises(register.OutOfOrder):
        register.record(entry.attempt_id, _certificate(entry))
    assert register.status_of(entry.serial).state == "unknown"


def test_an_unknown_authority_issues_nothing() -> None:
    with pytest.raises(register.AuthorityUnknown):
        register.reserve(_order(slug="ghost"))  # type: ignore[arg-type]
    with pytest.raises(register.AuthorityUnknown):
        register.issuer("natural")


def test_the_database_itself_keeps_the_states_apart() -> None:
    entry = register.reserve(_order())
    rows = CertificateEntry.objects.filter(attempt_id=entry.attempt_id)
    for change in ({"state": "issued"}, {"revoked_at": NOW, "revocation_reason": "superseded"}, {"tbs": b"x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_a_revocation_is_for_ever_and_keeps_its_first_reason() -> None:
    issued = _issued()
    with time_machine.travel(NOW, tick=False):
        status = register.revoke(issued.serial, "key_compromise", ODILE)
    assert status == register.Status("revoked", NOW, "key_compromise")
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert register.revoke(issued.serial, "superseded", ODILE) == status
    assert register.revoked("natural") == [register.Revoked(issued.serial, NOW, "key_compromise")]
    assert register.revoked("legal") == []
    revocations = journal.about(serial=f"{issued.serial:x}").filter(tag="certificate:revoked")
    assert [entry.actor_id for entry in revocations] == ["odile"]


def test_a_suspension_ends_in_either_way_and_is_told_by_whom_and_why() -> None:
    issued = _issued()
    serial = issued.serial
    with time_machine.travel(NOW, tick=False) as traveller:
        held = register.suspend(serial, ODILE, why="lost telephone")
        assert held == register.Status("revoked", NOW, "certificate_hold")
        assert register.suspend(serial, ODILE) == held
        assert register.revoked("natural") == [register.Revoked(serial, NOW, "certificate_hold")]
        assert register.reinstate(serial, ODILE, why="found again").state == "good"
        assert register.reinstate(serial, ODILE).state == "good"
        assert register.revoked("natural") == []
        traveller.shift(60)
        register.suspend(serial, ODILE)
        traveller.shift(60)
        ended = register.revoke(serial, "key_compromise", ODILE, why="stolen", invalid_since=NOW)
    assert ended == register.Status("revoked", NOW + timedelta(seconds=120), "key_compromise", NOW)
    for verb in (register.suspend, register.reinstate):
        with pytest.raises(register.StatusFinal):
            verb(serial, ODILE)
    lines = [(one.tag.partition(":")[2], one.data.get("why")) for one in journal.about(serial=f"{serial:x}")][3:]
    assert lines == [
        ("suspended", "lost telephone"),
        ("reinstated", "found again"),
        ("suspended", None),
        ("revoked", "stolen"),
    ]


@pytest.mark.parametrize("reason", register.FINAL_REASONS)
def test_each_reason_that_ends_a_certificate_is_taken(reason: register.Reason) -> None:
    assert register.revoke(_issued().serial, reason, ODILE).reason == reason


@pytest.mark.parametrize("reason", ["certificate_hold", "remove_from_crl", "bad mood"])
def test_a_reason_that_ends_nothing_is_refused(reason: register.Reason) -> None:
    issued = _issued()
    with pytest.raises(register.ReasonRefused):
        register.revoke(issued.serial, reason, ODILE)
    with pytest.raises(register.ReasonRefused):
        register.revoke(issued.serial, "key_compromise", ODILE, invalid_since=datetime.now(UTC) + timedelta(days=1))
    assert register.status_of(issued.serial).state == "good"


def test_an_answer_is_kept_until_the_status_changes() -> None:
    issued = _issued()
    before = register.status_of(issued.serial)
    answer = register.KeptAnswer(NOW, NOW + timedelta(hours=1), b"signed")

    def kept(at: datetime = NOW) -> register.KeptAnswer | None:
        return register.kept_answer("asked", at)

    register.keep_answer("asked", "natural", issued.serial, before.revision, answer)
    assert kept() == answer
    assert kept(answer.next_update) is None
    register.suspend(issued.serial, ODILE)
    assert kept() is None
    # What was being signed while the status changed arrives too late.
    register.keep_answer("asked", "natural", issued.serial, before.revision, answer)
    assert kept() is None
    register.reinstate(issued.serial, ODILE)
    assert kept() is None
    assert [one.revoked is None for one in register.changes_since("natural", 0)] == [True]
    with time_machine.travel(NOW + timedelta(days=2)):
        assert (register.forget_answers(), register.forget_answers()) == (1, 0)


def test_what_was_never_issued_cannot_be_revoked() -> None:
    reserved = register.reserve(_order())
    for serial in (reserved.serial, 4711):
        with pytest.raises(register.CertificateUnknown):
            register.revoke(serial, "superseded", ODILE)
    with pytest.raises(register.CertificateUnknown):
        register.certificate(reserved.serial)


def test_an_issuer_knows_its_own_certificates_only() -> None:
    issued = _issued("natural")
    assert register.status_of(issued.serial, "natural").state == "good"
    assert register.status_of(issued.serial, "legal").state == "unknown"


def test_numbers_of_revocation_lists_only_grow() -> None:
    first = register.reserve_revocation_list("natural", NOW, NOW + timedelta(days=7))
    second = register.reserve_revocation_list("natural", NOW, NOW + timedelta(days=7))
    assert (first, second) == (1, 2)
    assert register.latest_revocation_list("natural") is None

    register.record_revocation_list("natural", second, b"list", 3, revision=3)
    latest = register.latest_revocation_list("natural")
    assert latest == register.RevocationListEdition(2, NOW, NOW + timedelta(days=7), 3, b"list")
    with pytest.raises(register.OutOfOrder):
        register.record_revocation_list("natural", second, b"another", 3)
    assert register.reserve_revocation_list("legal", NOW, NOW + timedelta(days=7)) == 1


def test_authorities_are_planned_once() -> None:
    before = register.authorities()
    plans = [register.AuthorityPlan("root", "another root", "RSA-3072")]
    assert register.plan_authorities(plans) == before


def test_an_authority_has_one_certificate() -> None:
    entry = _issued("root")
    assert entry.certificate is not None
    register.record_authority("root", entry.certificate)
    register.record_authority("root", entry.certificate)
    assert register.issuer("root")[1] == entry.certificate
    with pytest.raises(register.OutOfOrder):
        register.record_authority("root", _certificate(entry))


def test_a_service_keeps_its_key_until_the_next_generation_has_a_certificate() -> None:
    with pytest.raises(register.ServiceUnknown):
        register.service("tsa", "legal")
    first = register.plan_service("tsa", "legal", "P-256")
    assert register.plan_service("tsa", "legal", "P-256") == first
    register.record_service(first, _certificate(_issued("legal")))
    second = register.plan_service("tsa", "legal", "P-256")
    assert second.key_id != first.key_id
    assert register.service("tsa", "legal")[0].key_id == first.key_id

    register.record_service(second, _certificate(_issued("legal")))
    assert register.service("tsa", "legal")[0].key_id == second.key_id


def test_people_are_forgotten_seven_years_after_their_certificates_end() -> None:
    alice, authority = _issued("natural"), _issued("root")
    CertificateEntry.objects.filter(attempt_id=authority.attempt_id).update(profile="root")
    end = alice.not_after
    with time_machine.travel(end + timedelta(days=7 * 365)):
        assert register.forget_expired() == 0
        assert register.status_of(alice.serial).state == "good"
    with time_machine.travel(end + timedelta(days=7 * 366)):
        assert register.forget_expired() == 1
    assert register.status_of(alice.serial).state == "unknown"
    assert register.status_of(authority.serial).state == "good"
