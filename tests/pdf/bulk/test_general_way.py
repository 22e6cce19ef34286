"""What the fast path does not know goes the general way, in its turn and with the same kind of result."""

from dataclasses import replace
from pathlib import Path

from paraphe.pdf.values import Box, Source
from tests.pdf.bulk.hands import SEAL, judged, sealer
from tests.pdf.hands import VECTORS


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
