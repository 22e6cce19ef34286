"""What becomes of messages after they were sent: bounces by mail, receipts by HTTP; hostile bytes say nothing."""

import io
import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.http import Http404
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from paraphe.floor.messaging import api as messaging
from paraphe.floor.messaging import dsn, hooks, returns
from paraphe.floor.messaging.carriers.smtp import Smtp
from paraphe.floor.messaging.models import Message
from tests.floor.messaging.servers import Mailbox, mail_server
from tests.floor.messaging.test_carriers import SENDER, parcel

MAILBOX = "retours@paraphe.example"
REPORT = """From: MAILER-DAEMON@mx.client.example
To: <{to}>
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

<claire@client.example>: no such user

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.client.example

Final-Recipient: rfc822; claire@client.example
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--B
Content-Type: text/rfc822-headers

Subject: Lettre

--B--
"""


def sent(kind: str = "email", reference: str = "") -> Message:
    to = "claire@client.example" if kind == "email" else "+33612345678"
    key = f"invitation:{uuid.uuid4()}"
    number = messaging.send_email(to, "s", "t", key=key) if kind == "email" else messaging.send_sms(to, "t", key=key)
    Message.objects.filter(pk=number).update(
        state="sent", sealed=None, carrier_reference=reference, ended_at=timezone.now()
    )
    return Message.objects.get(pk=number)


def report(message: Message, *, action: str = "failed", status: str = "5.1.1", to: str = "") -> bytes:
    return REPORT.format(to=to or returns.address_of(message.pk, MAILBOX), action=action, status=status).encode()


@pytest.mark.django_db
def test_a_bounce_is_found_by_the_address_to_which_it_came_back() -> None:
    message, other = sent(), sent()
    assert messaging.take_bounce(report(message)) == [message.pk]
    assert (messaging.state(message.pk).delivery, messaging.state(message.pk).delivery_code) == ("bounced", "5.1.1")
    assert messaging.state(other.pk).delivery == ""
    [lost] = messaging.lost(since=message.created_at, prefix="invitation:")
    assert (lost.key, lost.reason) == (message.key, "bounced")


@pytest.mark.django_db
def test_the_mail_server_may_tell_the_address_itself() -> None:
    message = sent()
    back = returns.address_of(message.pk, MAILBOX)
    assert messaging.take_bounce(report(message, to="postmaster@paraphe.example"), back) == [message.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("action", ["delayed", "relayed", "expanded"])
def test_what_is_not_final_changes_nothing(action: str) -> None:
    message = sent()
    assert messaging.take_bounce(report(message, action=action)) == []
    assert messaging.state(message.pk).delivery == ""


@pytest.mark.django_db
def test_a_bounce_that_somebody_made_up_changes_nothing() -> None:
    message = sent()
    local, _, domain = returns.address_of(message.pk, MAILBOX).rpartition("@")
    for forged in (
        f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}",
        f"retours+{message.pk}@{domain}",
        "x@y.z",
    ):
        assert messaging.take_bounce(report(message, to=forged)) == []
    assert messaging.state(message.pk).delivery == ""


@pytest.mark.django_db
def test_the_first_word_counts_and_a_message_that_was_not_sent_has_none() -> None:
    message = sent()
    messaging.take_bounce(report(message, action="delivered", status="2.0.0"))
    messaging.take_bounce(report(message))
    assert messaging.state(message.pk).delivery == "delivered"
    waiting = messaging.send_email("claire@client.example", "s", "t", key="waits")
    assert messaging.take_bounce(report(Message.objects.get(pk=waiting))) == []


def test_an_address_leads_to_its_message_and_to_no_other() -> None:
    number = uuid.uuid4()
    address = returns.address_of(number, MAILBOX)
    assert returns.message_of(f"Somebody <{address.upper()}>") == number
    assert len(address.rpartition("@")[0]) <= 64, "RFC 5321 §4.5.3.1.1"


def test_the_envelope_sender_of_each_email_is_its_own() -> None:
    with mail_server(Mailbox()) as mailbox:
        one = parcel()
        Smtp(f"smtp+plain://localhost:{mailbox.port}", SENDER, MAILBOX).carry(one)
        assert returns.message_of(mailbox.envelopes[0][0]) == one.id


@given(st.binary(max_size=3000))
def test_any_bytes_are_read(data: bytes) -> None:
    assert dsn.read(data) == []


@given(st.text(max_size=80), st.text(max_size=40), st.text(max_size=120))
def test_any_words_in_the_fields_are_read(action: str, status: str, to: str) -> None:
    for found in dsn.read(REPORT.format(to=to, action=action, status=status).encode("utf-8", "surrogateescape")):
        assert found.action in dsn.ACTIONS
        assert len(found.status) <= 9


@given(st.integers(0, 900), st.binary(max_size=40))
def test_a_damaged_notification_is_read(at: int, junk: bytes) -> None:
    whole = REPORT.format(to="a@b.c", action="failed", status="5.0.0").encode()
    dsn.read(whole[:at] + junk + whole[at + len(junk) :])


def test_one_that_is_too_large_says_nothing() -> None:
    whole = REPORT.format(to="a@b.c", action="failed", status="5.0.0").encode()
    assert len(dsn.read(whole)) == 1
    assert dsn.read(whole + b" " * dsn.LARGEST) == []


@pytest.mark.django_db
def test_the_command_reads_what_the_mail_server_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    message = sent()

    class Pipe:
        buffer = io.BytesIO(report(message))

    monkeypatch.setattr("sys.stdin", Pipe)
    said = io.StringIO()
    call_command("bounce", stdout=said)
    assert str(message.pk) in said.getvalue()


@pytest.fixture
def token(tmp_path: Path, settings: Any) -> str:
    settings.HOOK_TOKEN_FILE = str(tmp_path / "token")
    Path(settings.HOOK_TOKEN_FILE).write_text("the-token-of-this-site\n")
    return "the-token-of-this-site"


def post(body: bytes, token: str, **headers: str) -> Any:
    return RequestFactory().post(
        "/hooks/",
        body,
        content_type="application/octet-stream",
        headers={"Authorization": f"Bearer {token}", **headers},
    )


@pytest.mark.django_db
def test_a_mail_server_calls_with_the_token(token: str) -> None:
    message = sent()
    with pytest.raises(Http404):
        hooks.mail(post(report(message), "wrong"))
    assert hooks.mail(post(report(message), token)).status_code == 204
    assert messaging.state(message.pk).delivery == "bounced"


@pytest.mark.django_db
def test_without_a_token_there_is_nothing(settings: Any) -> None:
    settings.HOOK_TOKEN_FILE = ""
    with pytest.raises(Http404):
        hooks.sms(post(b"{}", ""))


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "word"), [("buffered", ""), ("DELIVRD", "delivered"), ("Expired", "bounced")])
def test_a_generic_gateway_tells_the_end_of_an_sms(status: str, word: str, token: str) -> None:
    message = sent("sms")
    body = json.dumps({"id": str(message.pk), "status": status}).encode()
    assert hooks.sms(post(body, token)).status_code == 204
    assert messaging.state(message.pk).delivery == word


@pytest.mark.django_db
@pytest.mark.parametrize(("ptt", "word"), [("4", "delivered"), ("5", "bounced"), ("2", ""), ("x", ""), ("9" * 30, "")])
def test_ovh_calls_with_its_own_number(ptt: str, word: str, token: str) -> None:
    message = sent("sms", reference="29112")
    asked = RequestFactory().get("/hooks/sms/", {"id": "29112", "ptt": ptt})
    assert hooks.sms(asked, token).status_code == 204
    assert messaging.state(message.pk).delivery == word


@pytest.mark.django_db
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": 1}', b"\xff", b'{"id": [], "status": {}}'])
def test_nonsense_of_a_gateway_changes_nothing(body: bytes, token: str) -> None:
    assert hooks.sms(post(body, token)).status_code == 204
