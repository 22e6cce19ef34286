"""What a report says: a sentence in both languages for every code, one on top, JSON and XML."""

import ast
import json
import string
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest

import paraphe.pdf
from paraphe.pdf import codec
from paraphe.pdf.values import Change, Finding, Level, Report, SubIndication
from paraphe.pdf.verdict import codes, sentences, words
from paraphe.pdf.verdict.xml import NAMESPACE, etsi_report
from tests.pdf.hands import LATER, judged, letter, pki, sign
from tests.support.pki import TestPki

VERDICT = Path(paraphe.pdf.__file__).parent / "verdict"


def used(maker: str, place: int = 0) -> set[str]:
    """Return every literal that the verdict passes to ``maker``."""
    found = set()
    for path in VERDICT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == maker:
                value = node.args[place] if len(node.args) > place else None
                found |= {one.value for one in ast.walk(value) if isinstance(one, ast.Constant)} if value else set()
    return {one for one in found if isinstance(one, str) and one}


def test_every_code_has_its_sentence() -> None:
    known = set(sentences.FINDINGS)
    assert known >= codes.STRUCTURE
    assert set(sentences.CHANGES) >= codes.CHANGES
    assert {one for one in used("Problem") if one.replace("_", "").isalpha()} <= known | {"unknown", "name"}
    assert {one for one in used("Finding") if one.replace("_", "").isalpha()} <= known | {"key", "number"}
    assert used("Misshapen") - {"not_a_token"} <= known
    assert set(get_args(SubIndication)) == set(sentences.SUB_INDICATIONS)
    assert set(get_args(Level)) == set(sentences.LEVELS)


def test_both_languages_say_it_with_the_same_facts() -> None:
    tables = [sentences.FINDINGS, sentences.CHANGES, sentences.INDICATIONS, sentences.SUB_INDICATIONS]
    for table in tables:
        for code, (french, english) in table.items():
            named = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (french, english)]
            assert named[0] == named[1], code
            assert french != english, code


@pytest.mark.parametrize("language", ["fr", "en"])
def test_french_punctuation_stays_with_its_word(language: str) -> None:
    for code in sentences.FINDINGS:
        text = words.sentence(Finding(code), language)
        assert "{" not in text
        assert not any(f" {mark}" in text for mark in ":;?!")
    assert words.change_word(Change("dss", "permitted"), language)


@pytest.fixture(scope="module")
def passed() -> Report:
    return judged(sign(letter()).data, pki().roots, LATER)


def test_one_sentence_says_who_when_and_whether_it_still_is_that(passed: Report) -> None:
    assert words.summary(passed, "fr") == (
        "Ce document est signé par Alice Martin le 23\u00a0novembre 2026 à 9\u00a0h\u00a000 "
        "et n'a pas été modifié depuis."
    )
    assert words.summary(passed, "en") == (
        "This document is signed by Alice Martin on 23 November 2026 at 08:00 UTC and was not altered since."
    )
    failed = judged(sign(letter()).data, TestPki.create(LATER).roots, LATER)
    assert words.summary(failed, "fr").startswith("Ce document porte une signature (Alice Martin), mais on ne peut pas")
    assert words.summary(judged(letter(), pki().roots, LATER), "fr") == "Ce document n'est pas signé."


def test_as_json_pages_count_from_one(passed: Report) -> None:
    (one,) = passed.signatures
    marked = replace(passed, signatures=(replace(one, findings=(Finding("appearance_changed", 0),)),))
    found = json.loads(json.dumps(words.as_dict(marked, "en")))
    (signature,) = found["signatures"]
    assert signature["findings"][0]["page"] == 1
    assert signature["findings"][0]["code"] == "appearance_changed"
    wanted = {"field", "kind", "indication", "sub_indication", "intact", "coverage", "modifications", "level", "signer"}
    assert wanted | {"signed_at", "time_source", "findings"} <= set(signature)
    assert found["summary"]


def test_a_report_travels_as_json_and_back(passed: Report) -> None:
    assert codec.decoded(Report, json.loads(json.dumps(codec.encoded(passed)))) == passed


def test_the_xml_names_the_indication_and_the_certificates(passed: Report) -> None:
    def texts(report: Report, name: str) -> list[str | None]:
        root = ElementTree.fromstring(etsi_report(report))
        assert root.tag == f"{{{NAMESPACE}}}ValidationReport"
        return [one.text for one in root.iter(f"{{{NAMESPACE}}}{name}")]

    assert texts(passed, "MainIndication") == ["urn:etsi:019102:mainindication:total-passed"]
    assert texts(passed, "SubIndication") == []
    assert len(texts(passed, "ValidationObject")) == 3
    strange = replace(passed.signatures[0], field="a\x00b", indication="TOTAL-FAILED", sub_indication="HASH_FAILURE")
    broken = replace(passed, signatures=(strange,))
    assert texts(broken, "SubIndication") == ["urn:etsi:019102:subindication:HASH_FAILURE"]
    assert texts(broken, "DAIdentifier") == ["a\ufffdb"]
    assert texts(judged(letter(), pki().roots, LATER + timedelta(days=1)), "MainIndication") == []
