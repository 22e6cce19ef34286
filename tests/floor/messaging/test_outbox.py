import logging
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from paraphe.floor.jobs import worker
from paraphe.floor.messaging import api as messaging
from paraphe.floor.messaging import delivery
from paraphe.floor.messaging.models import Message
from paraphe.floor.messaging.parcel import CarrierRefused, CarrierUnavailable, Parcel
from paraphe.floor.messaging.rules import mask
from tests.support.jobs import all_due_now
from tests.support.outbox import last_message_to, messages_to

pytestmark = pytest.mark.django_db(transaction=True)

ALICE = "alice@cabinet-martin.fr"
ALICE_MOBILE = "+33612345678"


class Carrier:
    """A carrier in memory that answers as it is told."""

    name = "memory"

    def __init__(self) -> None:
        self.taken: list[Parcel] = []
        self.answers: list[BaseException] = []

    def carry(self, parcel: Parcel) -> str:
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(parcel)
        return "reference"


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> Carrier:
    carrier = Carrier()
    monkeypatch.setattr(delivery, "carrier_for", lambda kind: carrier)
    return carrier


def test_an_email_is_sealed_until_it_goes_and_erased_after(carrier: Carrier) -> None:
    number = messaging.send_email(ALICE, "Bienvenue", "Bonjour Alice", key="welcome:1")
    stored = bytes(Message.objects.get().sealed or b"")
    assert b"Alice" not in stored
    assert ALICE.encode() not in stored
    assert last_message_to(ALICE).text == "Bonjour Alice"
    assert messaging.state(number).state == "queued"
    worker.drain()
    assert [parcel.content.text for parcel in carrier.taken] == ["Bonjour Alice"]
    message = Message.objects.get()
    assert (message.sealed, message.carrier, message.carrier_reference) == (None, "memory", "reference")
    assert messaging.state_of_key("welcome:1") == messaging.MessageState(number, "sent", "", "a…@cabinet-martin.fr")


def test_a_key_sends_once(carrier: Carrier) -> None:
    first = messaging.send_email(ALICE, "Bienvenue", "Bonjour", key="welcome:1")
    worker.drain()
    assert messaging.send_email(ALICE, "Bienvenue", "Bonjour", key="welcome:1") == first
    messaging.send_email(ALICE, "Bienvenue", "Bonjour", key="welcome:2")
    messaging.send_email(ALICE, "Sans clé", "Bonjour")
    messaging.send_email(ALICE, "Sans clé", "Bonjour")
    worker.drain()
    assert len(carrier.taken) == 4


def test_nothing_goes_when_the_transaction_fails(carrier: Carrier) -> None:
    with transaction.atomic():
        messaging.send_email(ALICE, "Bienvenue", "Bonjour")
        transaction.set_rollback(True)
    assert worker.drain() == 0
    assert messages_to(ALICE) == []


def test_an_email_is_tried_again_until_the_carrier_takes_it(carrier: Carrier) -> None:
    carrier.answers = [CarrierUnavailable("busy"), CarrierUnavailable("busy")]
    number = messaging.send_email(ALICE, "Bienvenue", "Bonjour")
    for _ in range(3):
        assert messaging.state(number).state == "queued"
        assert worker.drain() == 1
        all_due_now()
    assert messaging.state(number).state == "sent"
    assert len({parcel.id for parcel in carrier.taken}) == 1


def test_an_email_that_nobody_takes_is_given_up_and_erased(carrier: Carrier) -> None:
    carrier.answers += [CarrierUnavailable("busy")] * (delivery.MAX_ATTEMPTS + 1)
    number = messaging.send_email(ALICE, "Bienvenue", "Bonjour")
    tries = 0
    while worker.drain():
        tries += 1
        all_due_now()
    assert tries == delivery.MAX_ATTEMPTS
    assert messaging.state(number) == messaging.MessageState(
        number, "failed", "carrier_unavailable", "a…@cabinet-martin.fr", attempts=delivery.MAX_ATTEMPTS
    )
    assert Message.objects.get().sealed is None


def test_a_refused_message_is_not_tried_again(carrier: Carrier) -> None:
    carrier.answers = [CarrierRefused("SMTP 550")]
    number = messaging.send_email(ALICE, "Bienvenue", "Bonjour")
    worker.drain()
    all_due_now()
    assert worker.drain() == 0
    assert messaging.state(number).reason == "refused"


def test_an_urgent_sms_that_may_have_gone_is_never_tried_twice(carrier: Carrier) -> None:
    carrier.answers = [CarrierUnavailable("ReadTimeout", uncertain=True)]
    number = messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key="code:1", urgent=True)
    worker.drain()
    all_due_now()
    worker.drain()
    assert carrier.taken == []
    assert messaging.state(number).reason == "interrupted"


def test_an_urgent_sms_that_nobody_was_handed_goes_as_soon_as_the_carrier_is_back(carrier: Carrier) -> None:
    carrier.answers = [CarrierUnavailable("ConnectionError"), CarrierUnavailable("HTTP 503")]
    number = messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key="code:1", urgent=True)
    for tries in (1, 2):
        worker.drain()
        assert messaging.state(number).attempts == tries
        assert messaging.state(number).late
        assert messaging.urgent_trouble() is not None
        all_due_now()
    worker.drain()
    assert messaging.state(number).state == "sent"
    assert len(carrier.taken) == 1
    assert messaging.urgent_trouble() is None


def test_what_has_not_gone_can_be_taken_back(carrier: Carrier) -> None:
    carrier.answers = [CarrierUnavailable("ConnectionError")]
    number = messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key="code:1", urgent=True)
    worker.drain()
    assert messaging.withdraw("code:1")
    assert not messaging.withdraw("code:1")
    all_due_now()
    worker.drain()
    assert carrier.taken == []
    assert messaging.state(number).reason == "withdrawn"
    assert messaging.lost(since=datetime(2026, 1, 1, tzinfo=UTC)) == []


def test_what_waits_is_shown_with_what_the_carrier_said_and_goes_at_once_when_asked(carrier: Carrier) -> None:
    carrier.answers = [CarrierUnavailable("SMTP 451")]
    messaging.send_email(ALICE, "Bienvenue", "Bonjour", key="welcome:1")
    worker.drain()
    (one,) = messaging.waiting(before=timezone.now() + timedelta(seconds=1))
    assert (one.key, one.attempts, one.trouble, one.recipient_mask) == (
        "welcome:1",
        1,
        "SMTP 451",
        "a…@cabinet-martin.fr",
    )
    assert messaging.hasten() == 1
    worker.drain()
    all_due_now()
    worker.drain()
    assert len(carrier.taken) == 1
    assert messaging.waiting(before=timezone.now() + timedelta(seconds=1)) == []


def test_a_silent_server_is_not_waited_for_by_every_letter(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "_resting", {})
    carrier.answers = [CarrierUnavailable("TimeoutError", away=True)]
    numbers = [messaging.send_email(ALICE, "Bienvenue", "Bonjour") for _ in range(3)]
    worker.drain()
    assert carrier.taken == []
    assert {messaging.state(one).attempts for one in numbers} == {1}
    code = messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key="code:1", urgent=True)
    worker.drain()
    assert messaging.state(code).state == "sent", "another way is not the same"
    delivery._resting.clear()
    all_due_now()
    worker.drain()
    assert len(carrier.taken) == 4


def test_two_jobs_for_one_email_do_not_both_send_it(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    number = messaging.send_email(ALICE, "Bienvenue", "Bonjour")
    carry = carrier.carry

    def while_another_tries(parcel: Parcel) -> str:
        with pytest.raises(CarrierUnavailable):
            delivery.deliver(number)
        return carry(parcel)

    monkeypatch.setattr(carrier, "carry", while_another_tries)
    worker.drain()
    assert len(carrier.taken) == 1
    assert messaging.state(number).state == "sent"


def test_an_urgent_sms_interrupted_while_it_went_is_not_sent_again(carrier: Carrier) -> None:
    carrier.answers = [KeyboardInterrupt()]
    number = messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key="code:1", urgent=True)
    with pytest.raises(KeyboardInterrupt):
        delivery.deliver(number)
    assert Message.objects.get().state == "sending"
    assert messaging.state(number).state == "queued"
    worker.drain()
    assert carrier.taken == []
    assert messaging.state(number).reason == "interrupted"
    assert Message.objects.get().sealed is None


def test_a_code_does_not_go_after_its_hour(carrier: Carrier) -> None:
    now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False) as clock:
        late = messaging.send_sms(
            ALICE_MOBILE, "123456", key="code:1", urgent=True, expires_at=now + timedelta(minutes=1)
        )
        clock.shift(timedelta(minutes=1))
        delivery.deliver(late)
        in_time = messaging.send_sms(ALICE_MOBILE, "654321", key="code:2", urgent=True)
        clock.shift(timedelta(minutes=4, seconds=59))
        delivery.deliver(in_time)
    assert messaging.state(late).reason == "expired"
    assert [parcel.content.text for parcel in carrier.taken] == ["654321"]


def test_codes_go_before_everything_else(carrier: Carrier) -> None:
    messaging.send_email(ALICE, "Bienvenue", "Bonjour")
    messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key="code:1", urgent=True)
    worker.drain()
    assert [parcel.kind for parcel in carrier.taken] == ["sms", "email"]


@pytest.mark.parametrize("address", ["", "alice", "alice@", "a@b\r\nBcc: x@y.fr", "Alice <a@b.fr>", "a@b.fr,c@d.fr"])
def test_what_cannot_be_an_address_is_refused(address: str) -> None:
    with pytest.raises(messaging.AddressRefused):
        messaging.send_email(address, "Bienvenue", "Bonjour")


@pytest.mark.parametrize(
    "number", ["", "0612345678", "+33 6 12 34 56 78", "+0612345678", "33612345678", "+3361234567890123"]
)
def test_what_cannot_be_a_number_is_refused(number: str) -> None:
    with pytest.raises(messaging.AddressRefused):
        messaging.send_sms(number, "Votre code : 123456", key=None)


def test_a_subject_stays_on_one_line(carrier: Carrier) -> None:
    messaging.send_email(ALICE, "Bienvenue\r\nBcc: mallory@example.org", "Bonjour")
    assert last_message_to(ALICE).subject == "Bienvenue Bcc: mallory@example.org"


def test_masks_show_enough_and_no_more() -> None:
    assert mask(ALICE) == "a…@cabinet-martin.fr"
    assert mask(ALICE_MOBILE) == "+336••••••78"


def test_bodies_and_recipients_are_never_logged(carrier: Carrier, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    carrier.answers = [CarrierUnavailable("busy"), CarrierRefused("HTTP 400"), ValueError("Votre code : 123456")]
    for number in (1, 2, 3, 4):
        messaging.send_sms(ALICE_MOBILE, "Votre code : 123456", key=f"code:{number}", urgent=True)
    worker.drain()
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("paraphe")]
    assert ours
    assert not any("123456" in line or ALICE_MOBILE[4:] in line for line in ours)


def test_what_was_left_behind_is_given_up_and_what_is_old_forgotten(carrier: Carrier) -> None:
    with time_machine.travel(datetime(2026, 8, 1, tzinfo=UTC), tick=False):
        messaging.send_email(ALICE, "Ancien", "Bonjour", key="old")
    with time_machine.travel(datetime(2026, 11, 16, tzinfo=UTC), tick=False):
        left = messaging.send_email(ALICE, "Oublié", "Bonjour", key="left")
    with time_machine.travel(datetime(2026, 11, 23, tzinfo=UTC), tick=False):
        fresh = messaging.send_email(ALICE, "Nouveau", "Bonjour", key="fresh")
        delivery.tidy()
    assert messaging.state(left).reason == "given_up"
    assert messaging.state(fresh).state == "queued"
    with pytest.raises(messaging.MessageUnknown):
        messaging.state_of_key("old")
