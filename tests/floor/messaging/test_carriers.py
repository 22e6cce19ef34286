import hashlib
import json
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
import time_machine

from paraphe.floor.jobs import worker
from paraphe.floor.messaging import api as messaging
from paraphe.floor.messaging.carriers import carrier_for
from paraphe.floor.messaging.carriers.http_gateway import HttpGateway
from paraphe.floor.messaging.carriers.ovh import Ovh
from paraphe.floor.messaging.carriers.smtp import Smtp, parse_url
from paraphe.floor.messaging.parcel import CarrierRefused, CarrierUnavailable, Content, Parcel
from paraphe.kernel.ids import new_id
from tests.floor.messaging.servers import (
    Gateway,
    Mailbox,
    certificate_for_localhost,
    greeting_with,
    login_of,
    mail_server,
    web_server,
)

SENDER = "Paraphe <ne-pas-repondre@paraphe.example>"
ALICE = "alice@cabinet-martin.fr"
MOBILE = "+33612345678"
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CODE = "Votre code pour signer « Bilan 2026 » : 123456"


def parcel(kind: Literal["email", "sms"] = "email", **changes: str) -> Parcel:
    content = {"to": ALICE, "subject": "Déjà signé", "text": "Bonjour Étienne,\n", "html": "", "language": "fr"}
    return Parcel(new_id(), kind, Content(**{**content, **changes}), NINE)


def sms() -> Parcel:
    return parcel("sms", to=MOBILE, subject="", text=CODE)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server(Mailbox()) as mailbox:
        yield mailbox


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    with web_server(Gateway()) as gateway:
        yield gateway


def test_an_email_arrives_with_its_accents_and_both_forms(mailbox: Mailbox) -> None:
    sent = parcel(html="<p>Bonjour <b>Étienne</b></p>")
    reference = Smtp(f"smtp+plain://127.0.0.1:{mailbox.port}", SENDER).carry(sent)
    [message] = mailbox.messages
    assert mailbox.envelopes == [("ne-pas-repondre@paraphe.example", [ALICE])]
    assert (message["Subject"], message["To"], message["From"]) == ("Déjà signé", ALICE, SENDER)
    assert message["Message-ID"] == reference == f"<{sent.id}@paraphe.example>"
    assert message["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert (message["Content-Language"], message["Auto-Submitted"]) == ("fr", "auto-generated")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == "Bonjour Étienne,\n"
    assert "<b>Étienne</b>" in html.get_content()


@pytest.mark.parametrize(
    ("answer", "error"),
    [("550 5.1.1 no such user", CarrierRefused), ("450 4.2.0 greylisted", CarrierUnavailable)],
)
def test_a_refused_recipient_is_for_ever_or_for_now(answer: str, error: type[Exception]) -> None:
    with mail_server(Mailbox(refusal=answer)) as mailbox, pytest.raises(error) as caught:
        Smtp(f"smtp+plain://127.0.0.1:{mailbox.port}", SENDER).carry(parcel())
    assert ALICE not in str(caught.value)


@pytest.mark.parametrize("answer", ["550 5.7.1 relaying denied", "530 5.7.0 log in first"])
def test_a_server_that_refuses_us_rather_than_the_message_is_waited_for(answer: str) -> None:
    with mail_server(Mailbox(refusal=answer)) as mailbox, pytest.raises(CarrierUnavailable):
        Smtp(f"smtp+plain://127.0.0.1:{mailbox.port}", SENDER).carry(parcel())


@pytest.mark.parametrize("greeting", [b"554 no service here\r\n", b"421 shutting down\r\n", b"nonsense\r\n", b""])
def test_a_server_that_greets_with_a_refusal_is_waited_for(greeting: bytes) -> None:
    with greeting_with(greeting) as port, pytest.raises(CarrierUnavailable):
        Smtp(f"smtp+plain://127.0.0.1:{port}", SENDER).carry(parcel())


def test_a_server_that_says_nothing_is_waited_for_no_longer_than_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paraphe.floor.messaging.carriers.smtp.SECONDS", 0.05)
    with greeting_with(None) as port, pytest.raises(CarrierUnavailable, match="SMTPServerDisconnected"):
        Smtp(f"smtp+plain://127.0.0.1:{port}", SENDER).carry(parcel())


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(CarrierUnavailable):
        Smtp(f"smtp+plain://127.0.0.1:{port}", SENDER).carry(parcel())


def test_nothing_goes_in_clear_unless_the_setting_says_so(mailbox: Mailbox) -> None:
    with pytest.raises(CarrierUnavailable):
        Smtp(f"smtp://user:secret@127.0.0.1:{mailbox.port}", SENDER).carry(parcel())
    assert mailbox.messages == []


@pytest.fixture
def encrypted(tmp_path: Path) -> Iterator[tuple[Mailbox, Path]]:
    """A server that wants STARTTLS and a login; and its certificate."""
    certificate, key = certificate_for_localhost(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options: dict[str, Any] = {
        "tls_context": context,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": login_of("paraphe", "p@ss/word"),
    }
    with mail_server(Mailbox(), **options) as mailbox:
        yield mailbox, certificate


def test_starttls_and_login(encrypted: tuple[Mailbox, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    mailbox, certificate = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    Smtp(f"smtp://paraphe:p%40ss%2Fword@127.0.0.1:{mailbox.port}", SENDER).carry(parcel())
    assert len(mailbox.messages) == 1
    with pytest.raises(CarrierUnavailable, match="SMTP 535"):
        Smtp(f"smtp://paraphe:wrong@127.0.0.1:{mailbox.port}", SENDER).carry(parcel())


def test_a_certificate_that_nobody_vouches_for_is_refused(encrypted: tuple[Mailbox, Path]) -> None:
    mailbox, _ = encrypted
    with pytest.raises(CarrierUnavailable, match="SSLCertVerificationError"):
        Smtp(f"smtp://paraphe:p%40ss%2Fword@127.0.0.1:{mailbox.port}", SENDER).carry(parcel())
    assert mailbox.messages == []


def test_addresses_of_servers() -> None:
    secure = parse_url("smtps://me:a%3Ab@mail.example")
    assert (secure.host, secure.port, secure.password, secure.security) == ("mail.example", 465, "a:b", "tls")
    assert parse_url("smtp://mail.example").port == 587
    for wrong in ("mail.example", "http://mail.example", "smtp://", "smtp://host:port"):
        with pytest.raises(ValueError, match=r"SMTP|[Pp]ort"):
            parse_url(wrong)


def test_the_generic_gateway_is_told_number_sender_text_and_token(gateway: Gateway, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    gateway.answers["/sms"] = (202, {"id": 4711})
    sent = sms()
    assert HttpGateway(f"{gateway.url}/sms", str(tmp_path / "token"), "Paraphe").carry(sent) == "4711"
    [request] = gateway.requests
    assert request.json == {"to": MOBILE, "from": "Paraphe", "text": CODE, "id": str(sent.id)}
    assert (request.headers["authorization"], request.headers["idempotency-key"]) == ("Bearer s3cret", str(sent.id))


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, CarrierRefused),
        (422, CarrierRefused),
        (401, CarrierUnavailable),
        (404, CarrierUnavailable),
        (429, CarrierUnavailable),
        (500, CarrierUnavailable),
        (503, CarrierUnavailable),
        (302, CarrierUnavailable),
    ],
)
def test_which_answers_are_for_ever(gateway: Gateway, status: int, error: type[Exception]) -> None:
    gateway.answers["/sms"] = (status, {"message": CODE})
    with pytest.raises(error) as caught:
        HttpGateway(f"{gateway.url}/sms", "", "Paraphe").carry(sms())
    assert str(caught.value) == f"HTTP {status}"
    # Whether a code may be sent again hangs on it: 500 does not say that nothing was taken.
    assert getattr(caught.value, "uncertain", False) == (status == 500)
    assert len(gateway.requests) == 1, "a redirect is not followed: it would carry the code elsewhere"


def test_a_gateway_that_is_not_there_or_a_token_that_is_not_is_unavailable(gateway: Gateway, tmp_path: Path) -> None:
    with pytest.raises(CarrierUnavailable) as caught:
        HttpGateway("http://127.0.0.1:9/sms", "", "Paraphe").carry(sms())
    assert MOBILE not in str(caught.value)
    assert not caught.value.uncertain
    with pytest.raises(CarrierUnavailable):
        HttpGateway(f"{gateway.url}/sms", str(tmp_path / "none"), "Paraphe").carry(sms())


def test_a_gateway_that_hangs_up_may_have_taken_it() -> None:
    with greeting_with(b"") as port, pytest.raises(CarrierUnavailable) as caught:
        HttpGateway(f"http://127.0.0.1:{port}/sms", "", "Paraphe").carry(sms())
    assert caught.value.uncertain


KEYS = {"application_key": "app", "application_secret": "hush", "consumer_key": "consumer"}


@pytest.fixture
def ovh(gateway: Gateway, tmp_path: Path) -> Ovh:
    (tmp_path / "keys.json").write_text(json.dumps(KEYS))
    gateway.answers["/1.0/auth/time"] = (200, 1795424400)
    gateway.answers["/1.0/sms/sms-xx1-1/jobs"] = (
        200,
        {"ids": [99], "invalidReceivers": [], "validReceivers": [MOBILE]},
    )
    return Ovh(f"{gateway.url}/1.0", "sms-xx1-1", str(tmp_path / "keys.json"), "Paraphe")


def test_ovh_is_sent_a_signed_request(gateway: Gateway, ovh: Ovh) -> None:
    assert ovh.carry(sms()) == "99"
    [request] = gateway.posts()
    told = request.json
    assert (told["message"], told["receivers"], told["sender"]) == (CODE, [MOBILE], "Paraphe")
    assert told["noStopClause"] is True
    address = f"{gateway.url}/1.0/sms/sms-xx1-1/jobs"
    signed = f"hush+consumer+POST+{address}+{request.body.decode()}+1795424400"
    headers = request.headers
    assert headers["x-ovh-signature"] == "$1$" + hashlib.sha1(signed.encode()).hexdigest()
    assert (headers["x-ovh-application"], headers["x-ovh-consumer"]) == ("app", "consumer")
    assert headers["x-ovh-timestamp"] == "1795424400"


@pytest.mark.parametrize(
    ("text", "coding"), [("Votre code à usage unique : 123456 €", "7bit"), ("Pour « Reçu » : 123456", "8bit")]
)
def test_ovh_is_told_the_alphabet_and_how_long_the_code_is_worth_something(
    gateway: Gateway, ovh: Ovh, text: str, coding: str
) -> None:
    sent = replace(sms(), content=replace(sms().content, text=text))
    ovh.carry(sent)
    with time_machine.travel(NINE, tick=False):
        ovh.carry(replace(sent, expires_at=NINE + timedelta(seconds=290)))
    first, second = (request.json for request in gateway.posts())
    assert (first["coding"], first["validityPeriod"]) == (coding, 2880)
    assert second["validityPeriod"] == 5


def test_ovh_that_does_not_take_the_number_refuses_for_ever(gateway: Gateway, ovh: Ovh) -> None:
    gateway.answers["/1.0/sms/sms-xx1-1/jobs"] = (200, {"ids": [], "invalidReceivers": [MOBILE]})
    with pytest.raises(CarrierRefused):
        ovh.carry(sms())


def test_ovh_with_a_wrong_key_or_keys_file_waits_for_an_operator(gateway: Gateway, ovh: Ovh, tmp_path: Path) -> None:
    gateway.answers["/1.0/sms/sms-xx1-1/jobs"] = (403, {"message": "Invalid signature"})
    with pytest.raises(CarrierUnavailable):
        ovh.carry(sms())
    (tmp_path / "keys.json").write_text('{"application_key": "app"}')
    with pytest.raises(CarrierUnavailable):
        ovh.carry(sms())


@pytest.mark.django_db(transaction=True)
def test_the_demonstration_hands_everything_to_the_post_office(gateway: Gateway, settings: Any) -> None:
    settings.COMPTEXPERT_URL = gateway.url
    gateway.answers["/messages/deliver"] = (204, None)
    messaging.send_email(ALICE, "Bienvenue", "Bonjour", "<p>Bonjour</p>")
    messaging.send_sms(MOBILE, CODE, key="code:1", urgent=True)
    worker.drain()
    first, second = gateway.requests
    assert first.headers["authorization"] == f"Bearer {settings.INBOX_SECRET_FILE.read_text().strip()}"
    assert {name: first.json[name] for name in ("kind", "to", "text", "site")} == {
        "kind": "sms",
        "to": MOBILE,
        "text": CODE,
        "site": "platform",
    }
    assert (second.json["kind"], second.json["subject"], second.json["html"]) == (
        "email",
        "Bienvenue",
        "<p>Bonjour</p>",
    )
    assert datetime.fromisoformat(second.json["sent_at"]).tzinfo is not None


@pytest.mark.django_db(transaction=True)
def test_an_email_goes_from_the_outbox_to_the_mail_server(mailbox: Mailbox, settings: Any) -> None:
    settings.SMTP_URL = f"smtp+plain://127.0.0.1:{mailbox.port}"
    number = messaging.send_email(ALICE, "Bienvenue", "Bonjour")
    worker.drain()
    assert [message["Subject"] for message in mailbox.messages] == ["Bienvenue"]
    assert messaging.state(number).state == "sent"


def test_production_without_carriers_carries_nothing(settings: Any) -> None:
    settings.DEMONSTRATION = False
    for kind in ("email", "sms"):
        with pytest.raises(CarrierUnavailable):
            carrier_for(kind)


def test_settings_choose_the_carrier(settings: Any) -> None:
    assert (carrier_for("email").name, carrier_for("sms").name) == ("inbox", "inbox")
    settings.SMTP_URL, settings.SMS_CARRIER = "smtp://mail.example", "ovh"
    assert (carrier_for("email").name, carrier_for("sms").name) == ("smtp", "ovh")
    settings.SMS_CARRIER = "http"
    assert carrier_for("sms").name == "http"
