"""Requests that are reported, quotas against abuse, and people who are erased."""

import io
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony, links, messages
from paraphe.platform.envelopes.models import Envelope, Recipient, Report
from paraphe.platform.evidence import api as evidence
from tests.platform.envelopes.support import desk
from tests.platform.envelopes.test_ceremony import Guest, started
from tests.support.outbox import last_message_to, messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
OPERATOR = Actor("officer", "operator")


def token_of(envelope_id: uuid.UUID) -> str:
    return links.token_of(Recipient.objects.get(envelope_id=envelope_id, email="claire@vidal.example"))


def test_a_request_is_reported_by_its_link_once(trust: SmallTrust, settings: Any) -> None:
    settings.SUPPORT_EMAIL = "exploitant@paraphe.example"
    running = started(("claire",))
    address = f"/signaler/{token_of(running)}/"
    page = Client().get(address)
    assert page.status_code == 200
    assert "Cabinet Martin" in page.content.decode()
    assert Client().post(address, {"reason": ""}).status_code == 422
    for _ in range(2):
        answer = Client().post(address, {"reason": "fraud", "text": "Jamais <b>vus</b>"}, follow=True)
        assert "reçu" in answer.content.decode()
    [one] = envelopes.open_reports()
    assert (one.reason, one.text) == ("fraud", "Jamais <b>vus</b>")
    assert len(messages_to("exploitant@paraphe.example")) == 1
    assert [event.tag for event in evidence.history(envelope=str(running))].count("envelope:reported") == 1
    assert bytes(Report.objects.values_list("text", flat=True)[0] or "", "utf-8") != b""


def test_a_link_that_is_none_reports_nothing() -> None:
    assert Client().get("/signaler/nothing/").status_code == 404
    assert Client().post("/signaler/nothing/", {"reason": "fraud"}).status_code == 404


def test_the_operator_stops_the_collection_and_people_are_told(trust: SmallTrust) -> None:
    running = started(("claire",))
    envelopes.report(token_of(running), Actor("recipient", ""), reason="unknown_sender", text="")
    [one] = envelopes.open_reports()
    envelopes.stop(one.id, OPERATOR)
    envelopes.stop(one.id, OPERATOR)
    assert Envelope.objects.get(pk=running).state == "cancelled"
    assert envelopes.open_reports() == []
    assert "a été arrêtée" in last_message_to("claire@vidal.example").text
    assert "l'exploitant" in last_message_to(Envelope.objects.get(pk=running).sender.email).text
    with pytest.raises(NotFound):
        envelopes.stop(uuid.uuid4(), OPERATOR)


def test_a_report_can_be_closed_and_the_collection_goes_on(trust: SmallTrust) -> None:
    running = started(("claire",))
    envelopes.report(token_of(running), Actor("recipient", ""), reason="other", text="")
    envelopes.dismiss(envelopes.open_reports()[0].id, OPERATOR)
    assert envelopes.open_reports() == []
    assert Envelope.objects.get(pk=running).state == "running"


@pytest.mark.parametrize(
    ("setting", "code"),
    [("INVITATIONS_PER_DAY", "too_many_today"), ("INVITATIONS_PER_RECIPIENT", "written_to_too_often")],
)
def test_a_quota_is_told_before_anything_is_sent(setting: str, code: str, trust: SmallTrust, settings: Any) -> None:
    setattr(settings, setting, 1)
    started(("claire",))
    alice = desk()
    made = alice.ready("claire")
    with pytest.raises(envelopes.NotReady) as refused:
        envelopes.launch(**alice.who, envelope_id=made.id)
    assert [one.code for one in refused.value.problems] == [code]
    assert len(messages_to("claire@vidal.example")) == 1


def test_a_person_is_erased_and_every_chain_stays_valid(trust: SmallTrust) -> None:
    running = started(("claire", "denis"))
    claire = Guest(trust, running, "Claire")
    claire.signs()
    ceremony.open_link(links.token_of(claire.row))
    with pytest.raises(envelopes.WrongState):
        envelopes.erase(claire.row.pk, OPERATOR)
    envelopes.cancel(**desk().who, envelope_id=running, reason="Doublon")
    said = io.StringIO()
    number = claire.row.pk
    call_command("evidence", "erase", str(number), stdout=said)
    row = Recipient.objects.get(pk=number)
    assert (row.given_name, row.family_name, row.email, row.mobile, row.token_hash) == ("", "", "", None, None)
    assert evidence.disclosed([entry.sequence for entry in evidence.history(envelope=str(running))]) == {}
    call_command("evidence", "check", stdout=said)
    assert "as they were written" in said.getvalue()
    assert envelopes.erase(number, OPERATOR) == 0
    assert messages.link_of(row)
