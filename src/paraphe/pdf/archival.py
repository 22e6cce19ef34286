"""Documents made here as PDF/A-3 (ISO 19005-3, level B), with files that belong to them; and those files read again.

What is added to a document of ``compose`` is what it lacks: metadata that say PDF/A, an output intent, the associated
files. Fonts are embedded already, nothing is encrypted, nothing acts.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from xml.sax.saxutils import escape

from PIL import ImageCms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.embed import EmbeddedFileObject, EmbeddedFileParams, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name, pdf_string

from paraphe.pdf.opening import Buffer, items, look, open_reader, refusing
from paraphe.pdf.reading import ask_reader
from paraphe.pdf.values import Source
from paraphe.pdf.writing import TailWriter

Relationship = Literal["Data", "Source", "Supplement", "Alternative", "Unspecified"]
MOST_FILES: Final = 2_000
MOST_OCTETS: Final = 100_000_000
READ_SECONDS: Final = 30.0
#: Where the date stands in an ICC profile (ISO 15076-1 §7.2.8); ours says when sRGB was last published.
_ICC_DATE: Final = slice(24, 36)
_ICC_MOMENT: Final = b"\x07\xcf\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x00"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
   <pdfaid:part>3</pdfaid:part>
   <pdfaid:conformance>B</pdfaid:conformance>
   <dc:format>application/pdf</dc:format>
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
   <dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
   <pdf:Producer>{producer}</pdf:Producer>
   <pdf:Keywords>{keywords}</pdf:Keywords>
   <xmp:CreatorTool>{creator}</xmp:CreatorTool>
   <xmp:CreateDate>{created}</xmp:CreateDate>
   <xmp:ModifyDate>{created}</xmp:ModifyDate>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
{padding}
<?xpacket end="w"?>"""


@dataclass(frozen=True)
class AttachedFile:
    """A file inside a PDF: ``name`` in ASCII, what it is, and how it belongs to the document (ISO 32000-2 §14.13)."""

    name: str
    data: bytes
    media_type: str
    description: str
    relationship: Relationship = "Supplement"


def archival(document: bytes, files: Sequence[AttachedFile], created: datetime) -> bytes:
    """Return ``document``, made by ``compose``, as PDF/A-3 with ``files`` inside; ``created`` as it was composed with.

    Names of files must be different from each other; they are kept in the order of their names.
    """
    writer = TailWriter(document)
    root = writer.root
    metadata = generic.StreamObject(
        {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")},
        stream_data=_metadata(document, created),
    )
    root["/Metadata"] = writer.add_object(metadata)
    root["/OutputIntents"] = generic.ArrayObject([writer.add_object(_output_intent(writer))])
    for file in sorted(files, key=lambda one: one.name):  # a name tree is in order (ISO 32000-1 §7.9.6)
        kept = EmbeddedFileObject.from_file_data(
            writer,
            data=file.data,
            mime_type=file.media_type,
            params=EmbeddedFileParams(creation_date=created, modification_date=created),
        )
        relation = pdf_name(f"/{file.relationship}")
        embed_file(writer, FileSpec(file.name, file.name, kept, file.description, relation))
    # The library asks for PDF 2.0, which PDF/A-3 does not know (ISO 19005-3 §6.8 has associated files in 1.7).
    root["/Version"] = pdf_name("/1.7")
    writer.update_root()  # type: ignore[no-untyped-call]
    return document + writer.finished()


def attached_files(source: Source) -> list[AttachedFile]:
    """Return the files inside ``source``, read in the reading process. Raises a PdfRefused; TooComplex for too many."""
    question = {"verb": "attachments", "password": None}
    found = json.loads(ask_reader(question, source, b"", READ_SECONDS))
    return [AttachedFile(**{**one, "data": base64.b64decode(one["data"])}) for one in found]


def attachments_here(buffer: Buffer) -> bytes:
    """Return what ``attached_files`` reads, as JSON; in the reading process. Raises Damaged."""
    reader = open_reader(buffer)
    with refusing():
        found = look(reader.root, "/AF")
        specs = items(found) if isinstance(found, generic.ArrayObject) else []
        if len(specs) > MOST_FILES:
            raise ValueError("too many files")
        room, told = MOST_OCTETS, []
        for spec in specs:
            data = _octets(spec)
            room -= len(data)
            if room < 0:
                raise ValueError("too large")
            told.append({**_described(spec), "data": base64.b64encode(data).decode()})
    return json.dumps(told).encode()


def _octets(spec: Any) -> bytes:
    stream: Any = look(look(spec, "/EF"), "/F")
    data: bytes = stream.data
    return data


def _described(spec: Any) -> dict[str, str]:
    stream = look(look(spec, "/EF"), "/F")
    relation = str(look(spec, "/AFRelationship") or "/Unspecified").lstrip("/")
    return {
        "name": str(look(spec, "/UF") or look(spec, "/F") or "")[:200],
        "media_type": str(look(stream, "/Subtype") or "").lstrip("/")[:100],
        "description": str(look(spec, "/Desc") or "")[:500],
        "relationship": relation,
    }


def _metadata(document: bytes, created: datetime) -> bytes:
    """Return XMP that says the same as the information dictionary of the document."""
    info = open_reader(document).trailer["/Info"]

    def told(key: str) -> str:
        return escape(str(look(info, key) or ""))

    filled = _XMP.format(
        title=told("/Title"),
        author=told("/Author"),
        subject=told("/Subject"),
        producer=told("/Producer"),
        keywords=told("/Keywords"),
        creator=told("/Creator"),
        created=created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
        padding=(" " * 99 + "\n") * 20,
    )
    return filled.encode("utf-8")


def _output_intent(writer: TailWriter) -> generic.DictionaryObject:
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    data[_ICC_DATE] = _ICC_MOMENT
    profile = generic.StreamObject({pdf_name("/N"): generic.NumberObject(3)}, stream_data=bytes(data))
    profile.compress()
    return generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/OutputIntent"),
            pdf_name("/S"): pdf_name("/GTS_PDFA1"),
            pdf_name("/OutputConditionIdentifier"): pdf_string("sRGB"),
            pdf_name("/Info"): pdf_string("sRGB IEC61966-2.1"),
            pdf_name("/RegistryName"): pdf_string("http://www.color.org"),
            pdf_name("/DestOutputProfile"): writer.add_object(profile),
        }
    )
