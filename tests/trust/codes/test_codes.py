"""Codes by SMS, on Alice's telephone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from paraphe.floor.messaging.models import Message
from paraphe.kernel.errors import NotFound
from paraphe.trust.codes import api as codes
from paraphe.trust.codes import models, rules
from tests.support.outbox import last_message_to, messages_to

pytestmark = pytest.mark.django_db

ALICE = "+33612345678"
BOB = "+33698765432"
LETTER = b"letter of engagement"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as coordinates:
        yield coordinates


def all_left() -> None:
    """Let every SMS have gone."""
    Message.objects.filter(state="queued").update(state="sent", sealed=None, ended_at=timezone.now())


def _send(**changes: Any) -> codes.Challenge:
    values = {
        "purpose": "signature",
        "subject": "Lettre de mission",
        "mobile_e164": ALICE,
        "binding": LETTER,
        "language": "fr",
    }
    return codes.send(**{**values, **changes})


def _code(mobile: str = ALICE) -> str:
    found = re.search(r"(\d{3}) (\d{3})", last_message_to(mobile).text)
    assert found
    return found.group(1) + found.group(2)


def _wrong(mobile: str = ALICE) -> str:
    return f"{(int(_code(mobile)) + 1) % 1_000_000:06d}"


def test_the_sms_says_what_for_and_the_code_confirms_exactly_that_once() -> None:
    challenge = _send()
    text = last_message_to(ALICE).text
    code = _code()
    assert text == (
        f"Paraphe : {code[:3]} {code[3:]} est votre code pour signer « Lettre de mission ». "
        "Ne le communiquez à personne."
    )
    codes.check(challenge.id, LETTER, f" {code[:3]} {code[3:]} ")
    with pytest.raises(codes.CodeUsed):
        codes.check(challenge.id, LETTER, code)


def test_the_sms_is_in_the_language_of_the_holder() -> None:
    _send(language="en")
    assert "is your code to sign" in last_message_to(ALICE).text


def test_a_title_cannot_break_the_sms() -> None:
    _send(subject="Lettre\n\u202e http://mallory.example " + "x" * 300)
    text = last_message_to(ALICE).text
    assert "\n" not in text
    assert "\u202e" not in text
    assert len(text) < 200


def test_a_code_for_one_thing_confirms_no_other() -> None:
    challenge = _send()
    with pytest.raises(codes.CodeForSomethingElse):
        codes.check(challenge.id, b"another document", _code())
    codes.check(challenge.id, LETTER, _code())


def test_the_code_of_another_request_is_named_as_such_and_counts_as_a_try() -> None:
    first, other = _send(), None
    code_of_first = _code()
    other = _send(binding=b"report", subject="Rapport")
    with pytest.raises(codes.CodeForSomethingElse) as refusal:
        codes.check(other.id, b"report", code_of_first)
    assert refusal.value.params["tries_left"] == 4
    codes.check(first.id, LETTER, code_of_first)


def test_five_wrong_tries_close_the_challenge_even_for_the_right_code() -> None:
    challenge = _send()
    for left in (4, 3, 2, 1):
        with pytest.raises(codes.CodeWrong) as refusal:
            codes.check(challenge.id, LETTER, _wrong())
        assert refusal.value.params["tries_left"] == left
    with pytest.raises(codes.CodeLocked):
        codes.check(challenge.id, LETTER, _wrong())
    with pytest.raises(codes.CodeLocked):
        codes.check(challenge.id, LETTER, _code())
    with pytest.raises(codes.CodeLocked):
        codes.resend(challenge.id)


def test_a_code_lives_five_minutes(clock: time_machine.Traveller) -> None:
    challenge = _send()
    clock.shift(timedelta(seconds=299))
    with pytest.raises(codes.CodeWrong):
        codes.check(challenge.id, LETTER, _wrong())
    clock.shift(timedelta(seconds=1))
    with pytest.raises(codes.CodeExpired):
        codes.check(challenge.id, LETTER, _code())
    codes.resend(challenge.id)
    codes.check(challenge.id, LETTER, _code())


def test_a_new_code_after_thirty_seconds_makes_the_old_one_worthless(clock: time_machine.Traveller) -> None:
    challenge = _send()
    old = _code()
    with pytest.raises(codes.CodeTooSoon):
        codes.resend(challenge.id)
    clock.shift(timedelta(seconds=30))
    codes.resend(challenge.id)
    new = _code()
    if old != new:
        with pytest.raises(codes.CodeWrong):
            codes.check(challenge.id, LETTER, old)
    codes.check(challenge.id, LETTER, new)


def test_five_codes_for_one_thing_and_no_more(clock: time_machine.Traveller) -> None:
    challenge = _send()
    for _time in range(4):
        all_left()
        clock.shift(timedelta(seconds=30))
        challenge = codes.resend(challenge.id)
    assert challenge.sends_left == 0
    all_left()
    clock.shift(timedelta(seconds=30))
    with pytest.raises(codes.CodeLimit):
        codes.resend(challenge.id)
    assert Message.objects.count() == 5


def test_codes_that_never_left_count_for_nothing(clock: time_machine.Traveller) -> None:
    challenge = _send()
    for _time in range(rules.MOST_PER_HOUR + 1):
        clock.shift(timedelta(seconds=30))
        assert codes.state(challenge.id).delivery == "late"
        challenge = codes.resend(challenge.id)
        assert challenge.delivery == "on_its_way"
    assert challenge.sends_left == rules.MOST_SENDS - 1
    assert models.Dispatch.objects.count() == 1
    assert len(messages_to(ALICE)) == 1, (
        "the ones before were taken back: one SMS will come, with the code that is good"
    )
    all_left()
    assert codes.state(challenge.id).delivery == "sent"


def test_a_code_that_may_have_gone_counts(clock: time_machine.Traveller) -> None:
    challenge = _send()
    Message.objects.update(state="failed", reason="interrupted", sealed=None)
    assert codes.state(challenge.id).delivery == "not_sent"
    clock.shift(timedelta(seconds=30))
    assert codes.resend(challenge.id).sends_left == rules.MOST_SENDS - 2


def test_nobody_floods_a_telephone(clock: time_machine.Traveller) -> None:
    for number in range(rules.MOST_PER_HOUR):
        _send(binding=str(number).encode())
    with pytest.raises(codes.CodeLimit) as refusal:
        _send()
    assert refusal.value.params["until"] == MONDAY + timedelta(hours=1)
    _send(mobile_e164=BOB)
    clock.shift(timedelta(hours=1))
    _send()


def test_a_holder_with_many_numbers_has_one_limit() -> None:
    for number in range(rules.MOST_PER_HOUR):
        _send(mobile_e164=f"+336000000{number:02d}", owner="alice")
    with pytest.raises(codes.CodeLimit):
        _send(owner="alice")
    _send(owner="bob")


def test_nobody_guesses_all_day() -> None:
    for _round in range(rules.MOST_WRONG_PER_DAY // rules.TRIES):
        challenge = _send()
        for _time in range(rules.TRIES):
            with pytest.raises((codes.CodeWrong, codes.CodeLocked)):
                codes.check(challenge.id, LETTER, _wrong())
    with pytest.raises(codes.CodeLimit):
        _send()


def test_neither_code_nor_number_nor_title_stands_in_the_database_in_clear() -> None:
    challenge = _send()
    row = str(models.Challenge.objects.values_list("code_hash", "mobile_hash", "masked_mobile", "binding_hash").get())
    raw = bytes(_raw("mobile")) + bytes(_raw("subject"))
    code = _code()
    assert code not in row
    assert ALICE not in row
    assert ALICE.encode() not in raw
    assert b"Lettre" not in raw
    assert code not in repr(challenge)
    assert ALICE not in repr(challenge)
    codes.check(challenge.id, LETTER, code)
    ended = models.Challenge.objects.get()
    assert (ended.code_hash, ended.mobile, ended.subject) == ("", None, None)


def _raw(column: str) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM codes_challenge")
        return cursor.fetchone()[0]


def test_only_a_confirmed_challenge_of_the_same_telephone_counts_as_confirmed() -> None:
    challenge = _send()
    with pytest.raises(codes.CodeWrong):
        codes.check_confirmed(challenge.id, mobile_e164=ALICE)
    codes.check(challenge.id, LETTER, _code())
    codes.check_confirmed(challenge.id, mobile_e164=ALICE)
    with pytest.raises(codes.CodeWrong):
        codes.check_confirmed(challenge.id, mobile_e164=BOB)


def test_an_unknown_challenge_is_not_found() -> None:
    for verb in (codes.state, codes.resend):
        with pytest.raises(NotFound):
            verb(uuid4())
    with pytest.raises(NotFound):
        codes.check(uuid4(), LETTER, "000000")


def test_the_newest_challenge_of_a_thing_is_found() -> None:
    assert codes.find(purpose="signature", binding=LETTER) is None
    _send()
    newest = _send()
    found = codes.find(purpose="signature", binding=LETTER)
    assert found is not None
    assert {newest.id, found.id} <= set(models.Challenge.objects.values_list("id", flat=True))


def test_unanswered_challenges_forget_the_number_and_go_after_forty_days(clock: time_machine.Traveller) -> None:
    challenge = _send()
    clock.shift(timedelta(hours=2))
    assert codes.destroy_old() == 0
    row = models.Challenge.objects.get(id=challenge.id)
    assert (row.mobile, row.state) == (None, "locked")
    clock.shift(timedelta(days=40))
    assert codes.destroy_old() == 2  # the challenge and its dispatch
