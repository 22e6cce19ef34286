"""An auditor looks: at an honest journal, at one that Mallory changed, at certificates that nobody announced."""

import hashlib
import json
import re
import shlex
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
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


@pytest.mark.parametrize(
    ("statement", "broken", "reason"),
    [
        ("UPDATE {table} SET actor_id = 'nobody' WHERE sequence = 4", 4, "changed"),
        ("DELETE FROM {table} WHERE sequence = 4", 4, "missing"),
        ("UPDATE {table} SET entry_hash = 'f' WHERE sequence = 4", 4, "changed"),
        ("UPDATE {table} SET sequence = 1000 WHERE sequence = 4", 4, "missing"),
    ],
)
def test_the_first_broken_line_is_named(hierarchy: Path, statement: str, broken: int, reason: str) -> None:
    tampering(statement)
    report = audit.verify_journal()
    assert (report.broken, report.reason) == (broken, reason)


def test_a_line_with_a_new_hash_does_not_fit_the_next_one(hierarchy: Path) -> None:
    fourth = journal.JournalEntry.rows().get(sequence=4)
    covered = {**journal.exported(fourth), "actor_id": "nobody"}
    del covered["entry_hash"]
    tampering("UPDATE {table} SET actor_id = 'nobody', entry_hash = %s WHERE sequence = 4", _hash(covered))
    report = audit.verify_journal()
    assert (report.broken, report.reason) == (5, "unlinked")


def test_days_without_an_anchor_are_told(hierarchy: Path) -> None:
    """Mallory forges the chain anew and removes the anchors that say so: that they are missing is what remains."""
    first = journal.head()
    assert first is not None
    audit.anchor_journal()
    for day in range(1, 6):
        with time_machine.travel(timezone.now() + timedelta(days=day), tick=False):
            journal.write("test:line", SYSTEM)
            audit.anchor_journal()
    assert audit.verify_journal().unanchored is None
    Anchor.objects.filter(sequence__gt=first.sequence).delete()
    report = audit.verify_journal()
    assert (report.ok, report.unanchored) == (True, first.sequence + 1)


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


def test_an_export_is_checked_by_hand(hierarchy: Path, tmp_path: Path) -> None:
    """What ``docs/security.md`` gives an auditor, run as it stands there, with nothing of ours."""
    certify_alice()
    audit.anchor_journal()
    lines = [json.dumps(line, ensure_ascii=False, sort_keys=True) for line in audit.export_journal()]
    assert _by_hand(tmp_path, lines).startswith(f"{len(lines) - 1} lines, 1 anchors\n")
    changed = [*lines[:3], lines[3].replace('"actor_id": "system"', '"actor_id": "nobody"'), *lines[4:]]
    assert "line 4 is broken" in _by_hand(tmp_path, changed)
    assert "line 4 is broken" in _by_hand(tmp_path, [*lines[:3], *lines[4:]])
    (tmp_path / "root.pem").write_bytes(ca.root().public_bytes(Encoding.PEM))
    (tmp_path / "legal.pem").write_bytes(register.issuer("legal")[1].public_bytes(Encoding.PEM))
    [command] = [line for line in _by_hand(tmp_path, lines).splitlines() if line.startswith("openssl ")]
    done = subprocess.run(shlex.split(command), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in done.stdout + done.stderr
    other = re.sub("-digest [0-9a-f]+", f"-digest {'0' * 64}", command)
    assert subprocess.run(shlex.split(other), cwd=tmp_path, capture_output=True, check=False).returncode


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


def _by_hand(folder: Path, lines: list[str]) -> str:
    [script] = re.findall(r"```python\n(.*?)```", Path("docs/security.md").read_text(encoding="utf-8"), re.DOTALL)
    command = [sys.executable, "-I", "-S", "-c", script]
    done = subprocess.run(command, cwd=folder, input="\n".join(lines), capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def _hash(covered: dict[str, Any]) -> str:
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
