"""Codes that a zone may have where no check digit looks, and documents that belong to nobody."""

import json
from pathlib import Path
from typing import Any

import pytest

from paraphe.proofing.countries import CODES, EU, is_known
from paraphe.proofing.known_specimens import is_specimen
from paraphe.proofing.mrz.api import parse
from tests.proofing.test_mrz import NAMES, TODAY

VECTORS: dict[str, Any] = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", ["FRA", "D", "DEU", "PRT", "GBR", "GBN", "RKS", "UNO", "EUE", "XXA", "XXB", "XXC"])
def test_states_organisations_and_the_stateless_have_codes(code: str) -> None:
    assert is_known(code)


def test_a_person_of_unspecified_nationality_has_a_code() -> None:
    assert is_known("X" * 3)


@pytest.mark.parametrize("code", ["RT", "PR", "FR", "F", "", "UTO", "D<<", "fra", "ZZZ", "FRAA"])
def test_a_lost_letter_a_filler_and_utopia_are_no_states(code: str) -> None:
    assert not is_known(code)


def test_the_list_is_that_of_iso_with_what_icao_adds() -> None:
    own = {code for code in CODES if code.startswith("X")} | {"D", "GBD", "GBN", "GBO", "GBP", "GBS"}
    assert len(CODES - own - {"RKS", "EUE", "UNO", "UNA", "UNK"}) == 249


def test_the_union_has_27_members_and_germany_two_codes() -> None:
    assert len(EU) == 28
    assert {"D", "DEU", "FRA"} <= EU <= CODES
    assert not EU & {"GBR", "CHE", "NOR", "UTO"}


SPECIMENS = [
    vector for vector in VECTORS["mrz"] if "specimen" in vector["source"].lower() or "ICAO" in vector["source"]
]


@pytest.mark.parametrize("vector", SPECIMENS, ids=lambda vector: vector["id"])
def test_a_published_specimen_is_known_for_one(vector: dict[str, Any]) -> None:
    found = parse(NAMES[vector["format"]], tuple(vector["lines"]), TODAY)
    assert is_specimen(found.number, found.surname, found.issuer)


def test_alices_own_card_is_not_a_specimen() -> None:
    assert not is_specimen("K8N3TQ5R2", "MARTIN", "FRA")
    assert is_specimen("K8N3TQ5R2", "Specimen", "FRA")
    assert is_specimen("K8N3TQ5R2", "ERIKSSON", "UTO")
