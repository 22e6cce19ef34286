"""A look at what PDF/A-3 level B asks of the structure of a file (ISO 19005-3): no judge of fonts or of colour."""

import re
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.opening import look

RELATIONS = {"/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified"}


def findings(data: bytes) -> list[str]:
    """Return what is wrong, in words; nothing when all that is looked at is right."""
    reader = PdfFileReader(BytesIO(data), strict=True)
    root = reader.root
    found = [*_file(data, reader), *_metadata(root), *_intent(root), *_attached(root)]
    for number in range(int(root["/Pages"]["/Count"])):
        found += _page(reader.find_page_for_modification(number)[0].get_object())
    return found


def _file(data: bytes, reader: Any) -> list[str]:
    found = []
    if not re.match(rb"%PDF-1\.[0-7][\r\n]+%[\x80-\xff]{4}", data):
        found.append("header without binary comment")
    if "/ID" not in reader.trailer:
        found.append("no identifier")
    if reader.encrypted:
        found.append("encrypted")
    for name in ("/OpenAction", "/AA"):
        if name in reader.root:
            found.append(f"acts: {name}")
    return found


def _metadata(root: Any) -> list[str]:
    if "/Metadata" not in root:
        return ["no metadata"]
    stream = root["/Metadata"]
    found = ["metadata are filtered"] if "/Filter" in stream else []
    text = stream.data.decode("utf-8")
    for part in ("<pdfaid:part>3</pdfaid:part>", "<pdfaid:conformance>B</pdfaid:conformance>"):
        if part not in text:
            found.append(f"metadata without {part}")
    return found


def _intent(root: Any) -> list[str]:
    if "/OutputIntents" not in root:
        return ["no output intent"]
    [intent] = [root["/OutputIntents"][0]]
    profile = intent["/DestOutputProfile"]
    found = [] if intent["/S"] == "/GTS_PDFA1" else ["output intent of another kind"]
    if profile.data[36:40] != b"acsp" or profile.data[16:20] != b"RGB " or profile["/N"] != 3:
        found.append("output intent without profile")
    return found


def _attached(root: Any) -> list[str]:
    found = []
    for number in range(len(root["/AF"]) if "/AF" in root else 0):
        spec = root["/AF"][number]
        stream = spec["/EF"]["/F"]
        if not {"/F", "/UF", "/EF"} <= set(spec):
            found.append("file specification is not whole")
        if spec.get("/AFRelationship") not in RELATIONS:
            found.append("no relationship")
        if "/Subtype" not in stream or "/ModDate" not in stream["/Params"]:
            found.append("embedded file without type or date")
    return found


def _page(page: Any) -> list[str]:
    found = []
    fonts: Any = look(page["/Resources"], "/Font") or {}
    for name in fonts:
        descriptor: Any = look(fonts[name], "/FontDescriptor") or {}
        if not {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor):
            found.append(f"font {name} is not embedded")
    for number in range(len(page["/Annots"]) if "/Annots" in page else 0):
        flags = int(page["/Annots"][number].get("/F", 0))
        if not flags & 4 or flags & 0b100011:
            found.append("annotation that is not printed, or hidden")
    return found
