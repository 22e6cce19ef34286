"""Structure: what a forger does to the bytes around a signature is named; honest files are not accused."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.verdict import structure
from tests.pdf.hands import ALICE, BOX, REAL, names, sign


def judged(data: bytes) -> structure.StructureResult:
    reader = PdfFileReader(BytesIO(data), strict=False)
    root = (reader.root_ref.idnum, reader.root_ref.generation)
    return structure.check(data, structure.locate(reader), root)


@pytest.mark.parametrize("path", REAL, ids=names(REAL))
def test_honest_signatures_are_not_accused(path: Path) -> None:
    once = sign(path.read_bytes()).data
    twice = sign(once, "bob", replace(ALICE, box=replace(BOX, x=60.0))).data
    for data, coverage in ((once, ["document"]), (twice, ["revision", "document"])):
        result = judged(data)
        assert [one.coverage for one in result.signatures] == coverage
        assert not result.tricks
        assert not result.doubts
        assert not any(one.tricks or one.doubts for one in result.signatures)
        assert [one.revision for one in result.signatures] == [2, 3][: len(coverage)]
