"""Until when a card is good: the printed day, and the five years that the decree of 2013 added to some."""

import json
from datetime import date
from pathlib import Path

import pytest

from paraphe.proofing.expiry import EXTENDABLE, Expiry, ExpiryRule, IssueMonth, effective_expiry, years_after

VECTORS = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))["cni_expiry"]
#: Alice Martin the accountant, and Chloé, who was a child when the decree came.
ALICE, CHLOE = date(1980, 5, 1), date(2000, 2, 29)


def day(text: str) -> date:
    return date.fromisoformat(text)


def on_old_card(issued: date | IssueMonth | None, printed: str, birth: date | None) -> Expiry:
    return effective_expiry(EXTENDABLE, issued, day(printed), birth)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: f"{vector['issue']}-{vector['rule']}")
def test_the_published_cases(vector: dict[str, str]) -> None:
    found = on_old_card(day(vector["issue"]), vector["printed"], day(vector["birth"]))
    assert found == Expiry(day(vector["printed"]), day(vector["effective"]), ExpiryRule(vector["rule"]))


def test_a_card_of_fifteen_years_gets_no_five_more() -> None:
    assert on_old_card(day("2013-12-31"), "2023-12-30", ALICE).effective == day("2028-12-30")
    assert on_old_card(day("2014-01-02"), "2029-01-01", ALICE) == Expiry(
        day("2029-01-01"), day("2029-01-01"), ExpiryRule.PRINTED
    )


def test_a_minors_card_is_not_extended_even_once_he_is_an_adult() -> None:
    assert on_old_card(day("2012-03-01"), "2022-02-28", CHLOE).rule is ExpiryRule.MINOR_NO_EXTENSION
    assert on_old_card(day("2012-03-01"), "2022-02-28", ALICE).rule is ExpiryRule.EXTENDED_5Y


def test_who_turned_eighteen_on_the_day_of_issue_was_an_adult() -> None:
    birth = date(1994, 6, 10)
    assert on_old_card(day("2012-06-10"), "2022-06-09", birth).effective == day("2027-06-09")
    assert on_old_card(day("2012-06-09"), "2022-06-08", birth).effective == day("2022-06-08")


@pytest.mark.parametrize("profile", ["fr_identity_card_2021", "passport", "residence_permit", "eu_identity_card_td1"])
def test_no_other_document_is_ever_extended(profile: str) -> None:
    found = effective_expiry(profile, day("2011-11-30"), day("2021-11-29"), ALICE)
    assert found == Expiry(day("2021-11-29"), day("2021-11-29"), ExpiryRule.PRINTED)


@pytest.mark.parametrize(
    ("issued", "printed", "birth"),
    [
        ("2016-03-01", "2026-02-28", ALICE),  # an adult's card of 2016 has fifteen years
        ("2016-03-01", "2031-02-28", CHLOE),  # a child's has ten
        ("2011-11-30", "2026-11-29", ALICE),  # nothing of fifteen years was printed before 2014
        ("2011-11-30", "2021-12-29", ALICE),
        ("2011-11-30", "2011-11-29", ALICE),
    ],
)
def test_a_term_that_was_never_given_goes_to_an_officer(issued: str, printed: str, birth: date) -> None:
    found = on_old_card(day(issued), printed, birth)
    assert (found.effective, found.rule) == (day(printed), ExpiryRule.SUSPECT_TERM)


@pytest.mark.parametrize(
    ("issued", "printed", "birth"),
    [
        ("2021-09-01", "2036-08-31", ALICE),  # the card of 2021 was given everywhere
        ("1986-12-31", "1996-12-30", date(1940, 1, 1)),
        ("2012-03-01", "2022-02-28", date(2012, 3, 2)),  # before she was born
    ],
)
def test_a_card_that_cannot_have_been_issued_then_goes_to_an_officer(issued: str, printed: str, birth: date) -> None:
    assert on_old_card(day(issued), printed, birth).rule is ExpiryRule.SUSPECT_ISSUE_DATE


def test_the_last_laminated_cards_are_taken_as_they_are() -> None:
    assert on_old_card(day("2021-08-31"), "2036-08-30", ALICE).rule is ExpiryRule.PRINTED


def test_a_last_day_of_february_stays_in_february() -> None:
    assert on_old_card(day("2006-03-01"), "2016-02-29", ALICE).effective == day("2021-02-28")
    assert on_old_card(day("2004-02-29"), "2014-02-28", ALICE).effective == day("2019-02-28")


def test_who_was_born_on_a_29_february_is_eighteen_on_1_march() -> None:
    birth = date(1992, 2, 29)
    assert years_after(birth, 18) == day("2010-03-01")
    assert on_old_card(day("2010-02-28"), "2020-02-27", birth).rule is ExpiryRule.MINOR_NO_EXTENSION
    assert on_old_card(day("2010-03-01"), "2020-02-29", birth).effective == day("2025-02-28")


def test_a_month_of_issue_is_enough_unless_she_turned_eighteen_in_it() -> None:
    may, june, july = (IssueMonth(2012, month) for month in (5, 6, 7))
    birth = date(1994, 6, 10)
    assert on_old_card(may, "2022-05-14", birth).rule is ExpiryRule.MINOR_NO_EXTENSION
    assert on_old_card(july, "2022-07-14", birth).rule is ExpiryRule.EXTENDED_5Y
    assert on_old_card(june, "2022-06-09", birth) == Expiry(
        day("2022-06-09"), day("2022-06-09"), ExpiryRule.ISSUE_DAY_NEEDED
    )
    # Eighteen on the first of the month: an adult whichever day it was.
    assert on_old_card(june, "2022-06-09", date(1994, 6, 1)).rule is ExpiryRule.EXTENDED_5Y


def test_a_month_of_december_has_its_last_day_too() -> None:
    december = IssueMonth(2013, 12)
    assert (december.first, december.last) == (day("2013-12-01"), day("2013-12-31"))
    assert on_old_card(december, "2023-12-30", ALICE).effective == day("2028-12-30")
    assert IssueMonth(2012, 2).last == day("2012-02-29")


@pytest.mark.parametrize(("issued", "birth"), [(None, ALICE), (day("2011-11-30"), None)])
def test_what_was_not_read_extends_nothing(issued: date | None, birth: date | None) -> None:
    found = on_old_card(issued, "2021-11-29", birth)
    assert (found.effective, found.rule) == (day("2021-11-29"), ExpiryRule.ISSUE_DAY_NEEDED)


def test_no_extension_reaches_beyond_2028() -> None:
    extended = [
        on_old_card(date(2013, 12, number), f"2023-12-{number - 1:02}", ALICE).effective for number in range(2, 32)
    ]
    assert max(extended) == day("2028-12-30")
