"""Templates with roles, and many collections launched from one template and one table."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import worker
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import bulk_lines, tables, timing
from paraphe.platform.envelopes.models import BulkLine, Envelope
from paraphe.platform.envelopes.values import FieldData
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.support import CLIENTS, Desk, desk, pay
from tests.support import cast
from tests.support.outbox import last_message_to

pytestmark = pytest.mark.django_db
TABLE = (
    "Titre;Client Prénom;Client Nom;Client E-mail;Client Mobile\r\n"
    "Mission Vidal;Claire;Vidal;claire@vidal.example;06 12 34 56 79\r\n"
    ";Denis;Noël;denis@noel.example;0612345680\r\n"
)


@pytest.fixture
def alice(settings: Any) -> Desk:
    settings.PRICES = {**settings.PRICES, "signature": 50}
    found = desk()
    pay(found, 500)
    return found


def template(alice: Desk) -> envelopes.EnvelopeView:
    draft = alice.ready("claire")
    envelopes.set_options(**alice.where, envelope_id=draft.id, typed={"title": "Lettre de mission"})
    [document], [claire] = alice.now(draft.id).documents, draft.recipients
    fields = [
        FieldData(claire.id, "signature", 1, 50, 600, 200, 70),
        FieldData(claire.id, "mention", 1, 50, 500, 200, 30, label="lu et approuvé"),
    ]
    envelopes.place(**alice.where, envelope_id=draft.id, document_id=document.id, fields=fields)
    made = envelopes.make_template(**alice.who, envelope_id=draft.id, role="Signataire")
    envelopes.change_recipient(
        **alice.where, envelope_id=made.id, recipient_id=made.recipients[0].id, typed={"label": "Client"}
    )
    return alice.now(made.id)


def test_a_template_keeps_roles_and_boxes_and_forgets_the_people(alice: Desk) -> None:
    made = template(alice)
    assert (made.state, [one.name for one in made.recipients]) == ("template", ["Client"])
    assert not any(one.email or one.mobile or one.family_name for one in made.recipients)
    assert [one.kind for one in made.documents[0].fields] == ["mention", "signature"]
    used = envelopes.use_template(**alice.who, template_id=made.id)
    [client] = used.recipients
    typed = {**CLIENTS["elsa"], "label": "Client"}
    envelopes.change_recipient(**alice.where, envelope_id=used.id, recipient_id=client.id, typed=typed)
    assert envelopes.launch(**alice.who, envelope_id=used.id).state == "running"
    with pytest.raises(envelopes.WrongState):
        envelopes.launch(**alice.who, envelope_id=made.id)


def test_a_table_is_launched_line_by_line(alice: Desk) -> None:
    made = template(alice)
    check = envelopes.check_bulk(alice.person, alice.firm, made.id, TABLE.encode("cp1252"))
    assert check.ready
    assert not Envelope.objects.filter(template_id=made.id).exists()
    number = envelopes.start_bulk(**alice.who, template_id=made.id, data=TABLE.encode("cp1252"))
    worker.drain()
    bulk_lines.go_on(number)
    found = envelopes.bulk(alice.person, alice.firm, number)
    assert (found.total, found.launched, found.failed, found.waiting) == (2, 2, 0, 0)
    lines = envelopes.lines_of(alice.person, alice.firm, number)
    assert [(one.title, one.state) for one in lines.rows] == [
        ("Mission Vidal", "running"),
        ("Lettre de mission", "running"),
    ]
    running = Envelope.objects.filter(template_id=made.id, state="running")
    assert {one.recipients.get().family_name for one in running} == {"Vidal", "Noël"}
    balance = credit.balance(alice.firm)
    assert (balance.available_cents, balance.reserved_cents) == (400, 100)
    assert not StoredFile.objects.filter(purpose="envelopes.bulk").exists()


def test_a_bulk_that_was_killed_goes_on_without_a_second_collection(
    alice: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = template(alice)
    number = envelopes.start_bulk(**alice.who, template_id=made.id, data=TABLE.encode())
    real, calls = envelopes.launch, []

    def dies(**words: Any) -> Any:
        calls.append(words)
        real(**words)
        raise KeyboardInterrupt

    monkeypatch.setattr(bulk_lines, "launch", dies)
    with pytest.raises(KeyboardInterrupt):
        bulk_lines.go_on(number)
    monkeypatch.setattr(bulk_lines, "launch", real)
    bulk_lines.go_on(number)
    assert Envelope.objects.filter(template_id=made.id, state="running").count() == 2
    assert BulkLine.objects.filter(bulk=number, failure="").count() == 2


def test_a_bulk_whose_job_was_given_up_is_taken_up_and_one_without_template_ends(alice: Desk) -> None:
    made = template(alice)
    first, second = (envelopes.start_bulk(**alice.who, template_id=made.id, data=TABLE.encode()) for _ in range(2))
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=False):
        bulk_lines.go_on(first)
        envelopes.delete(**alice.who, envelope_id=made.id)
        bulk_lines.resume()
        found = [envelopes.bulk(alice.person, alice.firm, number) for number in (first, second)]
    assert [(one.launched, one.ended_at is not None) for one in found] == [(2, True), (0, True)]
    assert not StoredFile.objects.filter(purpose="envelopes.bulk").exists()


def test_every_error_is_told_with_its_line_and_nothing_starts(alice: Desk) -> None:
    made = template(alice)
    table = "Prénom,Nom,E-mail,Mobile\n,Vidal,claire@vidal.example,06\n\nDenis,Noël,no,0612345680\nElsa,Roux,,\n"
    check = envelopes.check_bulk(alice.person, alice.firm, made.id, table.encode())
    assert [(one.line, one.field, one.reason) for one in check.table.problems] == [
        (2, "mobile", "impossible"),
        (4, "email", "bad_email"),
        (5, "email", "missing"),
    ]
    with pytest.raises(envelopes.NotReady):
        envelopes.start_bulk(**alice.who, template_id=made.id, data=table.encode())
    assert not Envelope.objects.filter(template_id=made.id).exists()


def test_a_large_table_of_many_names_is_read_whole(alice: Desk) -> None:
    made = template(alice)
    names = ("O'Brien", "D’Hondt", "Ζαφειρίου", "Lévêque-Noël", "Œuvrard", "Şahin")
    rows = [f"Mission {n};P{n};{names[n % 6]};p{n}@vidal.example;0612345680;anglais" for n in range(1000)]
    heading = "Titre;Prénom;Nom;Courriel;Téléphone;Langue"
    roles = alice.now(made.id).recipients
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        table = tables.read_table("\r\n".join([heading, *rows]).encode(encoding), roles)
        assert (len(table.good), table.problems) == (1000, [])
        [third] = table.lines[2].people.values()
        assert (third.family_name, third.locale, third.mobile) == ("Ζαφειρίου", "en", "+33612345680")
    with pytest.raises(envelopes.BadTable):
        tables.read_table("\n".join([heading, *rows, rows[0]]).encode(), roles)


def test_a_line_with_an_error_stays_in_sight_with_its_error(alice: Desk) -> None:
    made = template(alice)
    table = (
        "Titre;Prénom;Nom;E-mail;Mobile\n"
        "A;Claire;Vidal;claire@vidal.example;0612345679\n"
        "A;CLAIRE;Vidal;Claire@Vidal.example;0612345679\n"
        "B;Denis;Noël;denis@noel.example;\n"
        "C;Elsa;Roux;elsa(at)roux;0612345681\n"
    )
    check = envelopes.check_bulk(alice.person, alice.firm, made.id, table.encode())
    told = [(one.line, one.field, one.reason) for one in check.table.problems]
    assert told == [(3, "", "repeated"), (4, "mobile", "mobile_missing"), (5, "email", "bad_email")]
    assert [seat.typed["email"] for seat in check.table.lines[3].seats] == ["elsa(at)roux"]
    assert (check.ready, check.partly, len(check.table.good)) == (False, True, 1)
    with pytest.raises(envelopes.NotReady):
        envelopes.start_bulk(**alice.who, template_id=made.id, data=table.encode())
    number = envelopes.start_bulk(**alice.who, template_id=made.id, data=table.encode(), skip_wrong=True)
    worker.drain()
    found = envelopes.bulk(alice.person, alice.firm, number)
    assert (found.launched, found.failed, found.left_out, found.ended_at is not None) == (1, 0, 3, True)
    assert envelopes.retry_bulk(**alice.who, bulk_id=number) == 0
    again = envelopes.lines_to_correct(alice.person, alice.firm, number)
    assert "elsa(at)roux" in again
    assert "denis@noel.example" in again
    with time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        timing.delete_due()
    assert not StoredFile.objects.filter(purpose="envelopes.bulk").exists()


def test_lines_that_stopped_are_told_by_e_mail_and_retried(alice: Desk) -> None:
    made = template(alice)
    number = envelopes.start_bulk(**alice.who, template_id=made.id, data=TABLE.encode())
    credit.reserve(firm=alice.firm, act="signature", count=9, key="elsewhere", actor=ACTOR)
    bulk_lines.go_on(number)
    found = envelopes.bulk(alice.person, alice.firm, number)
    assert (found.launched, found.failed, found.ended_at is not None) == (1, 1, True)
    stopped = envelopes.lines_of(alice.person, alice.firm, number, stopped=True)
    assert [(one.state, one.failure) for one in stopped.rows] == [("draft", "credit")]
    assert last_message_to(alice.person.email).subject.startswith("Lignes non lancées")
    pay(alice, 500)
    assert envelopes.retry_bulk(**alice.who, bulk_id=number) == 1
    bulk_lines.go_on(number)
    found = envelopes.bulk(alice.person, alice.firm, number)
    assert (found.launched, found.failed) == (2, 0)
    assert Envelope.objects.filter(template_id=made.id).count() == 2
    [listed], more = envelopes.bulks(alice.person, alice.firm)
    assert (listed.launched, more) == (2, False)


def test_credit_is_counted_for_all_lines_together(alice: Desk) -> None:
    made = template(alice)
    lines = "".join(f"Elsa;Roux {n};elsa{n}@roux.example;0612345680\n" for n in range(11))
    check = envelopes.check_bulk(alice.person, alice.firm, made.id, ("Prénom;Nom;E-mail;Mobile\n" + lines).encode())
    assert (check.missing_cents, check.ready) == (50, False)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b"Nom;E-mail\nVidal;c@v.example\n", "columns"),
        (b"x" * 1_000_001, "octets"),
        ("Prénom;Nom;E-mail\n".encode() + b"a;b;c@d.example\n" * 1_001, "lines"),
        ('Prénom;Nom;E-mail\n"a;b;c@d.example\n'.encode(), "quotes"),
    ],
    ids=["empty", "columns", "octets", "lines", "quotes"],
)
def test_a_table_that_cannot_be_read_says_why(alice: Desk, data: bytes, reason: str) -> None:
    made = template(alice)
    with pytest.raises(envelopes.BadTable) as caught:
        envelopes.check_bulk(alice.person, alice.firm, made.id, data)
    assert caught.value.params["reason"] == reason


def test_the_example_is_read_back_without_a_complaint_about_columns(alice: Desk) -> None:
    made = template(alice)
    head = envelopes.example_table(made.recipients)
    line = "Titre;Elsa;Roux;elsa@roux.example;0612345680\r\n"
    assert envelopes.check_bulk(alice.person, alice.firm, made.id, (head + line).encode()).ready


def test_nobody_else_uses_a_template_or_sees_a_bulk(alice: Desk) -> None:
    made = template(alice)
    number = envelopes.start_bulk(**alice.who, template_id=made.id, data=TABLE.encode())
    etienne = desk(cast.ETIENNE, cast.LE_GALL)
    for ask in (
        lambda: envelopes.use_template(**etienne.who, template_id=made.id),
        lambda: envelopes.bulk(etienne.person, etienne.firm, number),
        lambda: envelopes.check_bulk(etienne.person, etienne.firm, made.id, TABLE.encode()),
    ):
        with pytest.raises(envelopes.NotFound):
            ask()
