"""The mail server, or the SMS gateway, is away: the collection goes on, each message goes once when it is back."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.floor.jobs import worker
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import ceremony
from paraphe.platform.envelopes.arrivals import note_lost
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.web.operations.trouble import troubles
from tests.platform.envelopes.support import desk
from tests.platform.envelopes.test_ceremony import Guest, started
from tests.platform.faults.post import FAULTS, Fault, Post, post, read, work
from tests.platform.web.test_ceremony import arrive
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
CLAIRE, DENIS, ALICE = "claire@vidal.example", "denis@roux.example", cast.ALICE.email


@pytest.fixture
def mail(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(settings, monkeypatch) as found:
        yield found


def seen_by_operator() -> list[tuple[str, str, str]]:
    """Return what the operator's page says of messages a while later: what, why, remedy."""
    with time_machine.travel(timezone.now() + timedelta(minutes=6), tick=True):
        return [(one.what, one.why, one.remedy) for one in troubles() if one.kind == "waiting"]


@pytest.mark.parametrize("fault", FAULTS)
def test_an_invitation_waits_for_the_mail_server(trust: SmallTrust, mail: Post, fault: Fault) -> None:
    with mail.fails(fault):
        envelope_id = started(("claire",))
        work()
        assert Envelope.objects.get(pk=envelope_id).state == "running"
        view = envelopes.get(**desk().where, envelope_id=envelope_id)
        assert envelopes.waits(view) == {view.recipients[0].id: ("mail_waiting",)}
        ((what, why, remedy),) = seen_by_operator()
        assert what == "1 e-mail attend de partir"
        assert "Dernière réponse" in why
        assert "PARAPHE_SMTP_URL" in remedy
    assert mail.mailbox.messages == []
    work()
    work()
    assert list(mail.arrived().items()) == [((CLAIRE, mail.mailbox.messages[0]["Subject"]), 1)]
    assert "/signer/" in str(mail.mailbox.messages[0])
    assert envelopes.waits(view) == {}
    assert seen_by_operator() == []


def test_the_sender_reads_who_was_not_reached_yet(trust: SmallTrust, mail: Post) -> None:
    client, _person = registered(cast.ALICE)
    with mail.fails("stopped"):
        envelope_id = started()
        work()
        assert "Son invitation n'est pas encore partie" in read(client.get(reverse("envelope", args=[envelope_id])))
    work()
    assert "n'est pas encore partie" not in read(client.get(reverse("envelope", args=[envelope_id])))


def test_a_collection_needs_no_mail_to_come_to_its_end(trust: SmallTrust, mail: Post) -> None:
    with mail.fails("stopped"):
        envelope_id = started()
        work()
        assert Guest(trust, envelope_id, "Claire").signs().state == "signed"
        work()
        assert Guest(trust, envelope_id, "Denis").signs().state == "signed"
        work()
        assert Envelope.objects.get(pk=envelope_id).state == "completed"
    for _ in range(3):
        work()
    arrived = mail.arrived()
    assert set(arrived.values()) == {1}
    assert sorted(to for to, _ in arrived) == sorted([CLAIRE, CLAIRE, DENIS, DENIS, ALICE, ALICE])


def test_a_refusal_reaches_its_sender_when_the_server_is_back(trust: SmallTrust, mail: Post) -> None:
    with mail.fails("450 for everybody"):
        envelope_id = started()
        guest = Guest(trust, envelope_id, "Claire")
        ceremony.refuse(guest.who, guest.actor, "Le montant est faux.")
        work()
        assert Envelope.objects.get(pk=envelope_id).state == "refused"
    work()
    work()
    told = [(to, subject) for to, subject in mail.arrived() if to == ALICE]
    assert len(told) == 1
    assert "Refus de signer" in told[0][1]


def test_an_address_that_does_not_exist_is_not_an_outage(trust: SmallTrust, mail: Post) -> None:
    mail.mailbox.refusal = "550 5.1.1 no such user"
    envelope_id = started(("claire",))
    work()
    mail.mailbox.refusal = ""
    assert seen_by_operator() == []
    assert note_lost() == 1
    assert Recipient.objects.get(envelope_id=envelope_id).state == "bounced"


def test_the_line_by_sms_may_wait_while_the_invitation_goes(trust: SmallTrust, mail: Post) -> None:
    mail.sms_stops()
    envelope_id = started(("claire",))
    work()
    view = envelopes.get(**desk().where, envelope_id=envelope_id)
    assert envelopes.waits(view) == {view.recipients[0].id: ("sms_waiting",)}
    assert len(mail.mailbox.messages) == 1
    assert [what for what, _, _ in seen_by_operator()] == ["1 SMS attend de partir"]
    assert Guest(trust, envelope_id, "Claire").signs().state == "signed"
    mail.works()
    work()
    work()
    assert [one.json["to"] for one in mail.gateway.posts()] == ["+33612345679"]


def test_the_operator_sends_what_waits_at_once(trust: SmallTrust, mail: Post, client: Client, settings: Any) -> None:
    person = cast.sign_in(cast.ALICE)
    settings.OPERATORS, settings.OIDC_ISSUER = frozenset({person.sub}), person.iss
    with mail.fails("stopped"):
        started(("claire",))
        work()
    cast.sign_in_client(client, cast.ALICE)
    answer = client.post(reverse("operator-retry"), {"what": "messages"}, follow=True)
    assert "C'est repris" in read(answer)
    # Its own job is not due for half a minute: the button's is.
    worker.drain()
    assert len(mail.mailbox.messages) == 1
    work()
    assert len(mail.mailbox.messages) == 1


def test_a_code_to_download_that_does_not_leave_is_said_and_counts_for_nothing(
    trust: SmallTrust, mail: Post, client: Client
) -> None:
    envelope_id = started(("claire",))
    Guest(trust, envelope_id, "Claire").signs()
    worker.drain()
    Recipient.objects.update(level="advanced")
    here, before = arrive(client, envelope_id), len(mail.gateway.posts())
    with time_machine.travel(timezone.now(), tick=False) as clock:
        mail.sms_stops()
        for _ in range(12):
            assert client.post(f"{here}code/").status_code == 302
            worker.drain()
            assert "Le code n'est pas encore parti" in read(client.get(f"{here}code/"))
            clock.shift(timedelta(seconds=31))
        mail.works()
        work()
        assert "Le code est envoyé." in read(client.get(f"{here}code/"))
        (handed,) = mail.gateway.posts()[before:]
        found = re.search(r"(\d{3}) (\d{3})", handed.json["text"])
        assert found is not None
        assert client.post(f"{here}code/", {"code": found[1] + found[2]})["Location"] == here
