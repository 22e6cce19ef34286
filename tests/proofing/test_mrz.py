"""Zones of real specimens and of people who never were: read, checked, repaired once, never silently."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paraphe.proofing.mrz.api import (
    FORMATS,
    MrzMalformed,
    check_digit,
    fitted,
    fold,
    format_of,
    normalised,
    other_number,
    parse,
    refined,
    repair,
    verify,
)

TODAY = date(2026, 11, 23)
VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("vectors.json").read_text())["mrz"]
NAMES = {"td1": "td1", "td2": "td2", "td3": "td3", "fr": "fr1988", "dl": "licence"}
CHECKS = {"num": "number", "dob": "birth", "exp": "expiry", "pers": "personal", "comp": "composite"}
PERMIT = ("IRFRAF8S2KG6B469903456789<<<<<", "8502142F2909303MAR<<<<<<<<<<<8", "BENALI<<YASMINA<SARA<<<<<<<<<<")


def zone(identifier: str) -> tuple[str, tuple[str, ...]]:
    (found,) = (vector for vector in VECTORS if vector["id"] == identifier)
    return NAMES[found["format"]], tuple(found["lines"])


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_each_digit_of_each_vector_is_judged_as_its_source_says(vector: dict[str, Any]) -> None:
    lines = tuple(vector["lines"])
    found = {check.name: check.right for check in verify(FORMATS[NAMES[vector["format"]]], lines)}
    assert found == {CHECKS[name]: right for name, right in vector["checks"].items()}
    assert all(found.values()) == vector["valid"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["id"])
def test_the_format_is_told_by_its_shape_and_every_character_may_stand_where_it_does(vector: dict[str, Any]) -> None:
    lines = tuple(vector["lines"])
    assert format_of(lines) == NAMES[vector["format"]]
    format_ = FORMATS[NAMES[vector["format"]]]
    for number, line in enumerate(lines):
        for column, character in enumerate(line):
            assert character in format_.allowed(number, column), (number, column, character)
    assert fitted(format_, lines) == lines


def test_the_check_digit_of_the_standards_example() -> None:
    assert check_digit("520727") == "3"  # ICAO 9303-3 §4.9, example 1
    assert check_digit("AB2134<<<") == "5"  # example 2


def test_a_card_since_2021_says_who_its_holder_is() -> None:
    data = parse(*zone("fra-cnie"), TODAY)
    assert (data.code, data.issuer, data.number) == ("ID", "FRA", "X4RTBPFW4")
    assert (data.surname, data.given_names) == ("MARTIN", ("MAELYS", "GAELLE", "MARIE"))
    assert (data.birth_date, data.expiry) == (date(1990, 7, 13), date(2030, 2, 11))
    assert (data.sex, data.nationality) == ("F", "FRA")


def test_a_card_before_2021_has_its_month_of_issue_and_no_expiry() -> None:
    data = parse(*zone("fra-cni-douel"), TODAY)
    assert (data.surname, data.given_names) == ("DOUEL", ("CHRISTIANE", "NI"))
    assert data.birth_date == date(1929, 6, 20)  # not 2029
    assert data.issued_month == (2005, 6)
    assert data.expiry is None
    assert data.given_names_cut


def test_a_licence_has_neither_birth_date_nor_given_names() -> None:
    data = parse(*zone("fra-dl"), TODAY)
    assert (data.surname, data.number, data.expiry) == ("MARTIN", "13AA00002", date(2018, 12, 31))
    assert data.birth_date is None
    assert data.given_names == ()


@pytest.mark.parametrize(
    ("identifier", "number"),
    [("icao-td1-longnum", "D23145890734"), ("bel-longnum", "000590240601"), ("icao-td3", "L898902C3")],
)
def test_long_numbers_go_on_in_the_optional_field(identifier: str, number: str) -> None:
    assert parse(*zone(identifier), TODAY).number == number


def test_a_short_country_code_and_a_particle() -> None:
    assert parse(*zone("deu-td3"), TODAY).issuer == "D"
    data = parse(*zone("syn-passport"), TODAY)
    assert (data.surname, data.given_names) == ("DE LA TOUR", ("JEAN", "PAUL"))


def test_an_impossible_date_is_none_and_not_an_error() -> None:
    lines = ("IDFRAX4RTBPFW46<<<<<<<<<<<<<<<", "9002308F3013459FRA<<<<<<<<<<<6", "MARTIN<<MAELYS<GAELLE<MARIE<<<")
    data = parse("td1", lines, TODAY)
    assert data.birth_date is None
    assert data.expiry is None


@pytest.mark.parametrize("lines", [(), ("A",), ("é" * 30,) * 3, ("A" * 30, "A" * 30), ("A" * 31,) * 3])
def test_what_has_not_the_shape_is_refused(lines: tuple[str, ...]) -> None:
    with pytest.raises(MrzMalformed):
        parse("td1", lines, TODAY)


def test_a_french_passport_number_has_letters_in_two_places() -> None:
    narrow = refined(FORMATS["td3"], "FRA", "P")
    assert "A" not in narrow.allowed(1, 0)
    assert "1" not in narrow.allowed(1, 2)
    assert "A" in FORMATS["td3"].allowed(1, 0)
    assert refined(FORMATS["td3"], "D", "P") is FORMATS["td3"]


def changed(lines: tuple[str, ...], line: int, column: int, to: str) -> tuple[str, ...]:
    text = lines[line][:column] + to + lines[line][column + 1 :]
    return (*lines[:line], text, *lines[line + 1 :])


def test_one_look_alike_is_repaired_and_named() -> None:
    mended = repair(FORMATS["td1"], changed(PERMIT, 0, 7, "5"))  # F8S2… read as F852…
    assert mended is not None
    assert (mended.line, mended.column, mended.before, mended.after) == (0, 7, "5", "S")
    assert mended.lines == PERMIT


def test_nothing_is_repaired_when_all_is_right_or_when_two_are_wrong() -> None:
    assert repair(FORMATS["td1"], PERMIT) is None
    twice = changed(changed(PERMIT, 0, 7, "5"), 0, 11, "8")
    assert repair(FORMATS["td1"], twice) is None


def test_blind_pairs_fold_alike() -> None:
    name, lines = zone("syn-blind-G6")
    wrong, right = parse(name, lines, TODAY).number, parse("td1", PERMIT, TODAY).number
    assert wrong != right
    assert fold(wrong) == fold(right)
    assert fold("F8S2KG6B4") != fold("F8S2KG6B5")


def test_two_zeros_that_may_be_letters_are_said_so_and_one_is_not() -> None:
    # OO1305350 and 001305350 have the same check digit: 24 x (7 + 3) is a multiple of ten.
    card = ("I<ROU0013053503<<<<<<<<<<<<<<<", "9902118M3008100ROU<<<<<<<<<<<6", "ROYER<<BENOIT<LEA<MARIE<<<<<<<")
    assert all(check.right for check in verify(FORMATS["td1"], card))
    assert other_number(FORMATS["td1"], card) in ("OO1305350", "O013O5350")
    letters = changed(changed(card, 0, 5, "O"), 0, 6, "O")
    assert other_number(FORMATS["td1"], letters) is not None
    assert other_number(FORMATS["td1"], PERMIT) is None


def test_where_digits_must_stand_there_is_no_choice() -> None:
    passport = ("P<FRA" + "MARTIN<<ALICE".ljust(39, "<"), "")
    number = "00AA00000"
    birth, expiry = (day + check_digit(day) for day in ("900713", "320511"))
    filled = number + check_digit(number) + "FRA" + birth + "F" + expiry + "<" * 14 + "<"
    lines = (passport[0], filled + check_digit(filled[:10] + filled[13:20] + filled[21:43]))
    assert all(check.right for check in verify(FORMATS["td3"], lines))
    assert other_number(FORMATS["td3"], lines) is not None
    assert other_number(refined(FORMATS["td3"], "FRA", "P<"), lines) is None


def test_what_a_page_reader_saw_is_brought_to_shape() -> None:
    raw = tuple(
        normalised(text)
        for text in ("IRFRAF8S2KG6B469903456789 ‹‹‹«<", PERMIT[1] + "<", "benali<<yasmina<sara<<<<<<<<")
    )
    # One filler too many beside the composite digit cannot be told from one too few elsewhere: the longest run gives.
    assert fitted(FORMATS["td1"], (raw[0], PERMIT[1][:20] + "<" + PERMIT[1][20:], raw[2])) == PERMIT
    assert fitted(FORMATS["td1"], raw[:2]) is None
    assert fitted(FORMATS["td1"], ("ABC", *PERMIT[1:])) is None
    assert fitted(FORMATS["td1"], (PERMIT[0], "B5O2I42F29O93O3MAR<<<<<<<<<<<B", PERMIT[2])) == PERMIT


@given(st.lists(st.text(max_size=50), max_size=4), st.sampled_from(sorted(FORMATS)))
def test_no_text_breaks_the_shaping(texts: list[str], name: str) -> None:
    lines = tuple(normalised(text) for text in texts)
    format_of(lines)
    shaped = fitted(FORMATS[name], lines)
    if shaped is not None:
        verify(FORMATS[name], shaped)
        parse(name, shaped, TODAY)


@given(st.data(), st.sampled_from(sorted(FORMATS)))
def test_any_zone_of_the_right_shape_is_parsed_and_a_repair_makes_it_right(data: st.DataObject, name: str) -> None:
    format_ = FORMATS[name]
    lines = tuple(
        "".join(data.draw(st.sampled_from(format_.allowed(number, column))) for column in range(format_.width))
        for number in range(len(format_.masks))
    )
    parse(name, lines, TODAY)
    mended = repair(format_, lines)
    if mended is not None:
        assert all(check.right for check in verify(format_, mended.lines))
        assert (
            sum(a != b for old, new in zip(lines, mended.lines, strict=True) for a, b in zip(old, new, strict=True))
            == 1
        )
