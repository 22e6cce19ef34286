"""An auditor looks: at an honest journal, at one that Mallory changed, at certificates that nobody announced."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.trust.audit import api as audit
from paraphe.trust.audit.models import Anchor
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.register.models import CertificateEntry
from paraphe.trust.vault import api as vault
from tests.trust.people import ETIENNE, certify_alice

pytestmark = pytest.mark.django_db
MALLORY = Actor("client", "mallory")


def tampering(statement: str, *values: Any) -> None:
    """Change rows as somebody with the rights of the database's owner does."""
    table = journal.JournalEntry._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [table])
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(statement.format(table=table), values)


def test_an_honest_journal_is_whole(hierarchy: Path) -> None:
    certify_alice()
    assert audit.anchor_journal()
    assert not audit.anchor_journal()
    journal.write("test:line", SYSTEM)
    report = audit.verify_journal()
    assert report.ok
    assert report.anchors == 1
    assert report.entries == journal.JournalEntry.rows().count()


def test_the_first_broken_line_is_named(hierarchy: Path) -> None:
    certify_alice()
    tampering("UPDATE {table} SET actor_id = 'nobody' WHERE sequence = 4")
    report = audit.verify_journal()
    assert (report.broken, report.reason) == (4, "chain")


def test_a_chain_that_was_forged_anew_does_not_agree_with_its_anchor(hierarchy: Path) -> None:
    """Mallory rewrites the last line and its hash: the chain is whole again, the timestamp is not."""
    journal.write("credential:issued", MALLORY, {}, {"number": 1})
    audit.anchor_journal()
    last = journal.JournalEntry.rows().order_by("-sequence").first()
    assert last is not None
    covered = {**journal.exported(last), "data": {"number": 2}}
    del covered["entry_hash"]
    forged = _hash(covered)
    tampering(
        "UPDATE {table} SET data = %s, entry_hash = %s WHERE sequence = %s", '{"number": 2}', forged, last.sequence
    )
    assert journal.verify() is None
    report = audit.verify_journal()
    assert (report.broken, report.reason) == (last.sequence, "anchor")
    Anchor.objects.update(entry_hash=forged)
    assert audit.verify_journal().reason == "token"


def test_a_cut_tail_is_seen_by_the_anchor(hierarchy: Path) -> None:
    journal.write("test:line", SYSTEM)
    audit.anchor_journal()
    head = journal.head()
    assert head is not None
    tampering("DELETE FROM {table} WHERE sequence = %s", head.sequence)
    assert audit.verify_journal().broken == head.sequence


def test_an_export_is_checked_by_hand(hierarchy: Path) -> None:
    """What ``docs/security.md`` tells an auditor to do, with nothing of ours."""
    certify_alice()
    audit.anchor_journal()
    lines = [json.loads(json.dumps(line)) for line in audit.export_journal()]
    previous = "0" * 64
    for line in (line for line in lines if line["kind"] == "entry"):
        covered = {name: value for name, value in line.items() if name not in ("kind", "entry_hash")}
        assert line["previous_hash"] == previous
        assert line["entry_hash"] == _hash(covered)
        previous = line["entry_hash"]
    [anchor] = [line for line in lines if line["kind"] == "anchor"]
    assert anchor["entry_hash"] in {line["entry_hash"] for line in lines if line["kind"] == "entry"}


def test_everything_issued_agrees_with_the_journal(hierarchy: Path) -> None:
    certify_alice()
    report = audit.check_certificates()
    assert report.ok, report.findings
    assert report.checked == CertificateEntry.objects.filter(state="issued").count()
    assert journal.JournalEntry.rows().filter(tag="certificates:checked").exists()


def test_a_certificate_that_nobody_announced_is_found(hierarchy: Path) -> None:
    alice = certify_alice()
    row = CertificateEntry.objects.get(serial=f"{alice.serial:x}")
    row.pk, row.serial, row.attempt_id = None, "1234567890abcdef", uuid4()
    row.save(force_insert=True)
    found = audit.check_certificates().findings
    assert {why for serial, why in found if serial == "1234567890abcdef"} == {
        "not_announced",
        "not_recorded",
        "other_serial",
    }
    assert len(found) == 3


def test_a_certificate_that_was_taken_out_is_missed(hierarchy: Path) -> None:
    alice = certify_alice()
    CertificateEntry.objects.filter(serial=f"{alice.serial:x}").delete()
    assert audit.check_certificates().findings == ((f"{alice.serial:x}", "not_in_register"),)


def test_one_that_was_forgotten_on_its_day_is_not_missed(hierarchy: Path) -> None:
    certify_alice()
    with time_machine.travel(timezone.now() + timedelta(days=11 * 365), tick=False):
        assert register.forget_expired() == 1
        assert audit.check_certificates().ok


def test_what_was_forgotten_hides_nothing_that_was_taken_out(hierarchy: Path) -> None:
    """Mallory takes out a certificate that still holds, on the day on which an old one was forgotten."""
    key = vault.generate(uuid4(), "P-256", "holder")
    ca.issue(uuid4(), "one-shot", ETIENNE, key)
    with time_machine.travel(timezone.now() + timedelta(days=8 * 365), tick=False):
        young = f"{ca.issue(uuid4(), 'one-shot', ETIENNE, key).serial:x}"
        assert register.forget_expired() == 1
        CertificateEntry.objects.filter(serial=young).delete()
        assert audit.check_certificates().findings == ((young, "not_in_register"),)


def test_a_second_announcement_of_one_serial_number_is_found(hierarchy: Path) -> None:
    """Whoever has the authority's key sign once more under a known number leaves a line."""
    serial = f"{certify_alice().serial:x}"
    journal.write("certificate:signing", MALLORY, {"serial": serial}, {"tbs_sha256": "0" * 64})
    assert set(audit.check_certificates().findings) == {(serial, "not_announced"), (serial, "announced_twice")}


def test_a_line_of_a_certificate_that_never_was_is_found(hierarchy: Path) -> None:
    journal.write("certificate:issued", MALLORY, {"serial": "abc"}, {"certificate_sha256": "0" * 64})
    report = audit.check_certificates()
    assert (report.wrong, report.findings) == (1, (("abc", "not_in_register"),))


def test_other_bytes_in_the_register_are_found(hierarchy: Path) -> None:
    alice, another = certify_alice(), certify_alice()
    rows = CertificateEntry.objects.filter(serial=f"{alice.serial:x}")
    rows.update(certificate=CertificateEntry.objects.get(serial=f"{another.serial:x}").certificate)
    assert {why for _serial, why in audit.check_certificates().findings} == {
        "not_recorded",
        "not_what_was_prepared",
        "other_serial",
    }


def _hash(covered: dict[str, Any]) -> str:
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
