"""What the machine concludes from what it saw: acceptance only when everything agrees, and a reason for each doubt."""

from dataclasses import replace
from datetime import date

import pytest

from paraphe.proofing.api import Claim, Outcome, Policy, Reason, Result, Verdict, judge
from paraphe.proofing.observations import Observations
from tests.proofing.seen import CORNERS, FRAMED, changed, lines_of, seen_of, zone
from tests.support.specimens import PROFILES, Alter, Holder, Specimen, specimen

TODAY = date(2026, 11, 23)
ALICE = Holder("MARTIN", ("ALICE", "MARIE"), date(1990, 7, 13), "F")
CLAIM = Claim("Alice", "Martin", birth_date=date(1990, 7, 13))
CARD = specimen("fr_identity_card_2021", 1, holder=ALICE)
OLD = specimen("fr_identity_card_1988", 1, holder=ALICE)
PASSPORT = specimen("passport", 1, holder=ALICE)


def judged(
    seen: Observations,
    kind: str = "identity_card",
    claim: Claim = CLAIM,
    today: date = TODAY,
    policy: Policy | None = None,
) -> Verdict:
    return judge(seen, kind=kind, claim=claim, today=today, policy=policy or Policy())


def altered(made: Specimen, line: int, column: int, to: str) -> tuple[str, ...]:
    text = made.mrz[line][:column] + to + made.mrz[line][column + 1 :]
    return (*made.mrz[:line], text, *made.mrz[line + 1 :])


@pytest.mark.parametrize(
    "profile", [name for name in PROFILES if name not in ("driving_licence", "eu_identity_card_td2")]
)
def test_a_good_document_of_alice_would_be_accepted(profile: str) -> None:
    made = specimen(profile, 3, holder=ALICE)
    verdict = judged(seen_of(made), made.kind)
    assert verdict.findings == ()
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.data.profile == profile
    assert (verdict.data.surname, verdict.data.birth_date) == ("MARTIN", ALICE.birth)
    assert {check.result for check in verdict.checks} <= {Result.PASS, Result.UNKNOWN}


@pytest.mark.parametrize("profile", ["driving_licence", "eu_identity_card_td2"])
def test_what_has_no_profile_of_its_own_always_goes_to_an_officer(profile: str) -> None:
    made = specimen(profile, 3, holder=ALICE)
    verdict = judged(seen_of(made), made.kind)
    assert verdict.outcome is Outcome.REVIEW
    assert Reason.KIND_WITHOUT_PROFILE in verdict.reasons


def test_a_name_changed_in_print_but_not_in_the_zone() -> None:
    verdict = judged(seen_of(CARD, surname="MARTINEZ"), claim=CLAIM)
    assert verdict.outcome is Outcome.REVIEW
    (finding,) = verdict.findings
    assert finding.reason is Reason.PRINT_DIFFERS
    assert finding.values["expected"] == "MARTIN"
    assert finding.place is not None


@pytest.mark.parametrize(
    ("other", "field"),
    [
        ({"number": "AAAAAAAA1"}, "number"),
        ({"birth": "14 07 1990"}, "birth_date"),
        ({"expiry": "01 01 2040"}, "expiry"),
    ],
)
def test_whatever_is_changed_in_print_is_seen(other: dict[str, str], field: str) -> None:
    verdict = judged(seen_of(CARD, **other))
    assert verdict.outcome is Outcome.REVIEW
    assert {finding.values.get("field") for finding in verdict.findings} == {field}


def test_a_wrong_check_digit() -> None:
    digit = str((int(CARD.mrz[1][6]) + 1) % 10)
    lines = altered(CARD, 1, 6, digit)
    verdict = judged(changed(seen_of(CARD), "back", mrz=zone(lines), page_mrz=lines))
    assert Reason.CHECK_DIGIT_WRONG in verdict.reasons
    assert verdict.outcome is Outcome.REVIEW


def test_readers_that_disagree_where_every_check_digit_is_right() -> None:
    blind = specimen("fr_identity_card_2021", 5, holder=ALICE)
    pairs = {"6": "G", "G": "6", "8": "S", "1": "L", "L": "1", "5": "P", "P": "5", "0": "U"}
    column = next(place for place in range(5, 14) if blind.mrz[0][place] in pairs)
    lines = altered(blind, 0, column, pairs[blind.mrz[0][column]])
    verdict = judged(changed(seen_of(blind), "back", mrz=zone(lines)))
    assert Reason.CHECK_DIGIT_WRONG not in verdict.reasons
    assert Reason.READERS_DISAGREE in verdict.reasons
    (difference,) = verdict.differences
    assert (difference.line, difference.column, difference.page_reader) == (0, column, blind.mrz[0][column])


def test_a_zone_that_was_misread_accuses_nobody_of_another_name() -> None:
    digit = str((int(CARD.mrz[1][6]) + 1) % 10)
    lines = (*altered(CARD, 1, 6, digit)[:2], "MARTINCCALICECCCCCCCCCCCCCCCCC")
    verdict = judged(changed(seen_of(CARD), "back", mrz=zone(lines, confidence=0.5), page_mrz=()))
    assert verdict.outcome is Outcome.RETAKE
    assert verdict.findings[0].reason is Reason.MRZ_UNREADABLE
    assert verdict.findings[0].side == "back"
    assert Reason.NAME_MISMATCH not in verdict.reasons


def test_one_reader_alone_and_one_that_is_not_sure() -> None:
    alone = changed(seen_of(CARD), "back", page_mrz=())
    assert judged(alone).reasons == (Reason.ONE_READER_ONLY,)
    page_only = changed(seen_of(CARD), "back", mrz=None)
    assert judged(page_only).reasons == (Reason.ONE_READER_ONLY,)
    unsure = changed(seen_of(CARD), "back", mrz=zone(CARD.mrz, confidence=0.6))
    assert judged(unsure).reasons == (Reason.LOW_CONFIDENCE,)


@pytest.mark.parametrize(
    ("claim", "reason", "outcome"),
    [
        (Claim("Chloé", "Petit"), Reason.NAME_MISMATCH, Outcome.RETAKE),
        (Claim("Alice", "Martyn"), Reason.NAME_NEAR, Outcome.REVIEW),
        (Claim("Alice", "Martin", birth_date=date(1990, 7, 14)), Reason.BIRTH_DATE_MISMATCH, Outcome.RETAKE),
    ],
)
def test_the_document_of_somebody_else(claim: Claim, reason: Reason, outcome: Outcome) -> None:
    verdict = judged(seen_of(CARD), claim=claim)
    assert reason in verdict.reasons
    assert verdict.outcome is outcome


def test_alice_married_and_her_card_has_her_name_at_birth() -> None:
    claim = Claim("Alice", "Bernard", usage_name="Martin")
    assert judged(seen_of(CARD), claim=claim).outcome is Outcome.ACCEPTED


def test_an_expired_card_and_one_that_the_law_prolonged() -> None:
    late = specimen("fr_identity_card_2021", 2, holder=ALICE, issued=date(2016, 1, 5))
    assert judged(seen_of(late)).outcome is Outcome.RETAKE
    old = specimen("fr_identity_card_1988", 2, holder=ALICE, issued=date(2012, 3, 6), expires=date(2022, 3, 5))
    verdict = judged(seen_of(old), today=date(2027, 3, 5))
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.data.printed_expiry == date(2022, 3, 5)
    assert verdict.data.effective_expiry == date(2027, 3, 5)
    assert verdict.data.expiry_rule == "EXTENDED_5Y"
    assert judged(seen_of(old), today=date(2027, 3, 6)).reasons == (Reason.EXPIRED,)
    ended = Policy(old_card_last_day=date(2026, 1, 1))
    assert judged(seen_of(old), policy=ended).reasons == (Reason.EXPIRED,)


def test_an_old_card_whose_back_cannot_be_read_or_is_anothers() -> None:
    unread = changed(seen_of(OLD), "back", print=lines_of(("Adresse", "Lyon", "69003")))
    assert judged(unread).reasons == (Reason.PRINT_UNREAD,)
    other = specimen("fr_identity_card_1988", 9)
    assert other.issued.month != OLD.issued.month
    swapped = changed(seen_of(OLD), "back", print=seen_of(other).sides["back"].print)
    assert Reason.SIDES_DIFFER in judged(swapped).reasons


def test_the_front_of_one_card_with_the_back_of_another() -> None:
    other = specimen("fr_identity_card_2021", 8)
    mixed = changed(seen_of(CARD), "front", print=seen_of(other).sides["front"].print)
    assert Reason.SIDES_DIFFER in judged(mixed).reasons


def test_a_minor_and_a_published_specimen() -> None:
    child = replace(ALICE, birth=date(2010, 1, 1))
    young = specimen("fr_identity_card_2021", 1, holder=child)
    assert judged(seen_of(young), claim=Claim("Alice", "Martin")).reasons == (Reason.MINOR,)
    lines = ("IDFRAX4RTBPFW46<<<<<<<<<<<<<<<", "9007138F3002119FRA<<<<<<<<<<<6", "MARTIN<<MAELYS<GAELLE<MARIE<<<")
    known = changed(seen_of(CARD), "back", mrz=zone(lines), page_mrz=lines)
    assert Reason.SPECIMEN_DOCUMENT in judged(known).reasons


def test_another_kind_than_announced() -> None:
    verdict = judged(seen_of(PASSPORT), "identity_card")
    assert Reason.KIND_MISMATCH in verdict.reasons
    assert verdict.outcome is Outcome.RETAKE


def test_sides_in_the_wrong_order_are_exchanged_and_one_side_twice_is_not() -> None:
    seen = seen_of(CARD)
    exchanged = replace(seen, sides={"front": seen.sides["back"], "back": seen.sides["front"]})
    verdict = judged(exchanged)
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.swapped
    twice = replace(seen, sides={"front": seen.sides["back"], "back": seen.sides["back"]})
    verdict = judged(twice)
    assert verdict.outcome is Outcome.RETAKE
    assert verdict.findings[0].reason is Reason.SAME_SIDE_TWICE
    assert verdict.findings[0].side == "front"


def test_the_front_twice_is_said_so_though_it_has_no_zone() -> None:
    seen = seen_of(CARD)
    front = seen.sides["front"]
    again = replace(front, fingerprint="f0" * 32, print=(*front.print[1:], *lines_of(("REPUBLIQUE FRANCAISE",))))
    verdict = judged(replace(seen, sides={"front": front, "back": again}))
    assert (verdict.findings[0].reason, verdict.findings[0].side) == (Reason.SAME_SIDE_TWICE, "back")
    other = replace(again, print=lines_of(("Adresse", "12 rue des Lilas", "69003 Lyon", "Taille", "1,72 m")))
    assert Reason.SAME_SIDE_TWICE not in judged(replace(seen, sides={"front": front, "back": other})).reasons


def test_a_number_that_may_be_another_goes_to_an_officer() -> None:
    made = specimen(
        "fr_identity_card_2021", 4, alter=Alter(mrz=lambda lines: ("IDFRA00B1GL5K06<<<<<<<<<<<<<<<", *lines[1:]))
    )
    assert Reason.NUMBER_AMBIGUOUS in judged(seen_of(made)).reasons


@pytest.mark.parametrize(
    ("framing", "reason", "outcome"),
    [
        (replace(FRAMED, inside=False), Reason.CUT, Outcome.RETAKE),
        (replace(FRAMED, width=500), Reason.TOO_SMALL, Outcome.RETAKE),
        (replace(FRAMED, outline=None, crosses_border=True), Reason.CUT, Outcome.RETAKE),
        (replace(FRAMED, outline=None), Reason.OUTLINE_NOT_FOUND, Outcome.REVIEW),
        (replace(FRAMED, covered=CORNERS), Reason.CORNER_COVERED, Outcome.RETAKE),
        (replace(FRAMED, glare=0.05, glare_place=CORNERS), Reason.GLARE, Outcome.ACCEPTED),
        (replace(FRAMED, screen=40.0), Reason.SCREEN_SUSPECTED, Outcome.REVIEW),
        (replace(FRAMED, paper=0.99), Reason.COPY_SUSPECTED, Outcome.REVIEW),
    ],
    ids=lambda value: str(value)[:20],
)
def test_how_the_document_lies(framing: object, reason: Reason, outcome: Outcome) -> None:
    verdict = judged(changed(seen_of(CARD), "front", framing=framing))
    assert verdict.reasons == (reason,)
    assert verdict.outcome is outcome


def test_a_cat_and_a_zone_that_cannot_be_read() -> None:
    cat = changed(seen_of(CARD), "back", mrz=None, page_mrz=(), print=(), framing=replace(FRAMED, outline=None))
    assert judged(cat).reasons == (Reason.NO_DOCUMENT,)
    smeared = changed(seen_of(CARD), "back", mrz=None, page_mrz=())
    verdict = judged(smeared)
    assert verdict.outcome is Outcome.RETAKE
    assert (verdict.findings[0].reason, verdict.findings[0].side) == (Reason.MRZ_UNREADABLE, "back")


def test_without_readers_an_officer_looks() -> None:
    verdict = judged(Observations({}))
    assert verdict.outcome is Outcome.REVIEW
    assert verdict.reasons == (Reason.NOT_READ,)


def test_a_country_that_does_not_exist() -> None:
    lines = altered(CARD, 1, 17, "Q")
    verdict = judged(changed(seen_of(CARD), "back", mrz=zone(lines), page_mrz=lines))
    assert Reason.COUNTRY_UNKNOWN in verdict.reasons
