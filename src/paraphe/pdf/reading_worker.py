"""The process that reads PDFs from outside (pyHanko): inspection and validation."""

import base64
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from paraphe.pdf import codec
from paraphe.pdf.archival import attachments_here
from paraphe.pdf.errors import PdfRefused
from paraphe.pdf.inspection import examine_here, inspect_here
from paraphe.pdf.kept import proofs_here
from paraphe.pdf.opening import opened
from paraphe.pdf.reading import loaded_certificate
from paraphe.pdf.serving import Refusal, allow_mapping, serve
from paraphe.pdf.split import packed
from paraphe.pdf.values import Anchor, Inspection, Report, ValidationSettings

if TYPE_CHECKING:
    from paraphe.pdf.extract import Extractor

MEMORY = 1_000_000_000


def read(question: dict[str, Any], data: bytes) -> bytes:
    """Return the answer to ``question`` about ``data``: JSON of the value that the door gives, or documents."""
    try:
        answer = _answer(question, data)
    except PdfRefused as refused:
        raise Refusal(refused.code, refused.params) from None
    return answer if isinstance(answer, bytes) else json.dumps(codec.encoded(answer)).encode()


def _answer(question: dict[str, Any], data: bytes) -> Inspection | Report | int | bytes:
    tail = data[len(data) - question["tail"] :]
    if question["path"] is None:
        # What was read is in memory already: it counts once, and a copy of it for the parser.
        allow_mapping(MEMORY, 2 * len(data))
        return _about(question, data[: len(data) - len(tail)], tail)
    path = Path(question["path"])
    allow_mapping(MEMORY, path.stat().st_size)
    with opened(path) as buffer:
        return _about(question, buffer, tail)


def _about(question: dict[str, Any], buffer: Any, tail: bytes) -> Inspection | Report | int | bytes:
    if question["verb"] == "inspect":
        return inspect_here(buffer, password=question["password"])
    if question["verb"] == "examine":
        return examine_here(buffer, question["password"])
    if question["verb"] == "attachments":
        return attachments_here(buffer)
    if question["verb"] == "proofs":
        return proofs_here(buffer)
    if question["verb"] in ("pages", "extract"):
        from paraphe.pdf.extract import Extractor

        taken = Extractor(buffer, question["password"])
        return taken.count if question["verb"] == "pages" else packed(_extracted(taken, question))
    from paraphe.pdf.verdict.core import validate_here

    report: Report = validate_here(buffer, tail, _settings(question))
    return report


def _extracted(extractor: "Extractor", question: dict[str, Any]) -> Iterator[bytes]:
    """Yield parts while there is room and time for more; one at least."""
    deadline, room = time.monotonic() + question["budget"], question["room"]
    for first, count in question["parts"]:
        document = extractor.pages(first, count)
        yield document
        room -= len(document)
        if room <= 0 or time.monotonic() > deadline:
            return


def _settings(question: dict[str, Any]) -> ValidationSettings:
    def octets(key: str) -> tuple[bytes, ...]:
        return tuple(base64.b64decode(one) for one in question[key])

    def moment(text: str | None) -> datetime | None:
        return datetime.fromisoformat(text) if text else None

    anchors = tuple(
        Anchor(
            loaded_certificate(one["certificate"]),
            one["origin"],
            one["name"],
            moment(one["since"]),
            moment(one["until"]),
        )
        for one in question["anchors"]
    )
    return ValidationSettings(
        anchors=anchors,
        now=datetime.fromisoformat(question["now"]),
        certificates=octets("certificates"),
        ocsps=octets("ocsps"),
        crls=octets("crls"),
        compare_pages=False,
        password=question["password"],
        judged=question["judged"],
    )


if __name__ == "__main__":
    serve(read, memory=MEMORY)
