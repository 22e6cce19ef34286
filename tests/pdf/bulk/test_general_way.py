"""What the fast path does not know goes the general way, in its turn and with the same kind of result."""

from dataclasses import replace
from pathlib import Path

import pytest

from paraphe.pdf.reading import validate
from paraphe.pdf.values import Anchor, Box, SigningLevel, Source, ValidationSettings
from tests.pdf.bulk.hands import SEAL, judged, sealer
from tests.pdf.hands import LATER, VECTORS, pki


def test_what_the_fast_path_does_not_know_goes_the_general_way_in_its_turn() -> None:
    mixed = [VECTORS / "typst.pdf", VECTORS / "pdf-lib-form.pdf", VECTORS / "chromium.pdf"]
    found = list(sealer().seal(mixed))
    assert [one.path for one in found] == ["fast", "general", "fast"]
    assert [one.source for one in found] == mixed
    for one in found:
        assert judged(one.whole())[0][1] == "ENTIRE_FILE"


def test_a_visible_seal_goes_the_general_way() -> None:
    visible = replace(SEAL, box=Box(0, 10.0, 10.0, 150.0, 60.0))
    [found] = sealer("B-B", visible).seal([VECTORS / "typst.pdf"])
    assert found.path == "general"
    assert judged(found.whole()) == [("Signature1", "ENTIRE_FILE")]


def test_what_must_be_refused_costs_only_itself() -> None:
    sources: list[Source] = [
        VECTORS / "refused" / "encrypted-user.pdf",
        b"",
        b"no pdf",
        VECTORS / "typst.pdf",
        Path("/nowhere.pdf"),
    ]
    found = list(sealer().seal(sources))
    codes = [one.error.code if one.error else None for one in found]
    assert codes == ["encrypted", "empty", "not_a_pdf", None, "source_unreadable"]


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_both_ways_have_the_same_verdict(level: SigningLevel) -> None:
    house = pki()
    sources = [VECTORS / "qpdf-linearized-objstm.pdf", VECTORS / "libreoffice-pdfa2.pdf", VECTORS / "pdf-lib-form.pdf"]
    asked = ValidationSettings(
        anchors=tuple(Anchor(one) for one in house.roots),
        now=LATER,
        crls=(house.revocation.crl(house.authorities["root"]),),
    )
    verdicts = set()
    for found in sealer(level).seal(sources):
        report = validate(found.whole(), replace(asked, compare_pages=False))
        first = report.signatures[0]
        verdicts.add((found.path, first.level, first.intact, first.modifications, report.indication))
    assert len({verdict[1:] for verdict in verdicts}) == 1, verdicts
    assert {verdict[0] for verdict in verdicts} == {"fast", "general"}
    assert verdicts.pop()[1] == level
