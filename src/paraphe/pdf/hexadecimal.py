"""Hexadecimal strings read at once: the library reads them digit by digit.

ISO 32000-2 §7.3.4.3. A signature of 30 kB cost more time than everything else in judging it.
"""

import re
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfStreamError

PIECE = 65_536
SPACES = b" \t\n\r\f\x00"
STRANGE = re.compile(rb"[^0-9A-Fa-f]")


def read_hex_string(stream: Any) -> Any:
    """Return the string that begins at ``<``, as the library would; the stream then stands behind ``>``.

    Raises PdfStreamError for a character that is no digit, and where the end is missing.
    """
    stream.read(1)
    digits = bytearray()
    while True:
        piece = stream.read(PIECE)
        if not piece:
            raise PdfStreamError("Unexpected end of a hex string")
        end = piece.find(b">")
        part = piece if end < 0 else piece[:end]
        digits += part.translate(None, SPACES)
        if STRANGE.search(digits, max(len(digits) - len(part), 0)):
            raise PdfStreamError("Unexpected token in hex string")
        if end >= 0:
            stream.seek(end + 1 - len(piece), 1)
            break
    if len(digits) % 2:
        digits += b"0"
    return generic.pdf_string(bytes.fromhex(digits.decode("ascii")))


def install() -> None:
    """Let the library read so too."""
    generic.read_hex_string_from_stream = read_hex_string
