"""The mail to a firm whose credit runs low: once, to its accountants, again only after it was above."""

from typing import Any

import pytest

from paraphe.platform.credit import api as credit
from paraphe.platform.credit.jobs import warn_of_low_credit
from tests.platform.conftest import ACTOR
from tests.platform.credit.conftest import OPERATOR, firm_with
from tests.support import cast
from tests.support.outbox import last_message_to, messages_to

pytestmark = pytest.mark.django_db


def spend(firm: Any, count: int, key: str) -> None:
    credit.reserve(firm=firm, act="signature", count=count, key=key, actor=ACTOR)
    credit.settle(key, done=count)


def mails(person: cast.CastPerson = cast.ALICE) -> int:
    warn_of_low_credit.call()
    return len(messages_to(person.email))


def test_an_accountant_is_told_once_and_again_after_it_was_above() -> None:
    cast.sign_in(cast.BOB)
    firm = firm_with(1_050)
    assert mails() == 0
    spend(firm, 2, "a")
    assert (mails(), mails()) == (1, 1)
    spend(firm, 1, "b")
    assert mails() == 1
    credit.top_up(firm=firm, cents=100, reference="VIR 2", actor=OPERATOR)
    assert mails() == 1
    spend(firm, 2, "c")
    assert mails() == 2
    assert mails(cast.BOB) == 0


def test_the_mail_says_what_is_left_and_where_to_look(priced: Any) -> None:
    firm = firm_with(1_000)
    spend(firm, 1, "a")
    mails()
    told = last_message_to(cast.ALICE.email)
    assert told.subject == f"Le crédit de {firm.name} est bientôt épuisé"
    for text in (told.text, told.html):
        assert "9,50\N{NO-BREAK SPACE}€" in text
        assert "10,00\N{NO-BREAK SPACE}€" in text
        assert f"{priced.SITE_URL}/espace/credit/" in text


def test_who_never_had_enough_is_not_written_to() -> None:
    firm_with(500)
    assert mails() == 0


def test_nobody_is_written_to_where_everything_is_free(priced: Any) -> None:
    firm = firm_with(1_000)
    spend(firm, 1, "a")
    priced.PRICES = dict.fromkeys(priced.PRICES, 0)
    assert mails() == 0
