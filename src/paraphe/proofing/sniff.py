"""What a file is, by its first bytes. Its name and its declared type are not looked at."""

from typing import Literal

from paraphe.proofing.reasons import Reason

ContentType = Literal["jpeg", "png", "pdf"]

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


def content_type(data: bytes) -> ContentType | Reason:
    """Return the type of ``data``, or the reason why it is none of the three.

    A PDF may have some bytes before its header (ISO 32000-1 Annex H, note 13); pictures may not.
    """
    if not data:
        return Reason.EMPTY
    if data.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Reason.HEIC
    return Reason.UNSUPPORTED_TYPE
