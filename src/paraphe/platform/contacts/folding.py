"""Texts as people compare them: without accents, case, apostrophes and hyphens."""

import re
import unicodedata
from typing import Final

# Longer keys would not fit an index of PostgreSQL, whatever the script.
KEY_LENGTH: Final = 200
# Letters of which Unicode knows no parts.
WHOLE: Final = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
APOSTROPHES: Final = re.compile(r"['’‘ʼ`´]")
HYPHENS: Final = re.compile(r"[-‐‑‒–—_]")


def fold(text: str) -> str:
    """Return ``text`` in the form in which it is searched: "Éloïse O’Brien-Ørsted" becomes "eloise obrien orsted"."""
    # Case first and last: some capitals have marks of their own (İ), some signs become capitals (№).
    parts = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text).casefold()).casefold()
    bare = "".join(char for char in parts if not unicodedata.combining(char)).translate(WHOLE)
    # The final sigma is the same letter.
    return " ".join(HYPHENS.sub(" ", APOSTROPHES.sub("", bare).replace("ς", "σ")).split())


def key(*texts: str) -> str:
    """Return the folded texts as one value that fits an index."""
    return fold(" ".join(texts))[:KEY_LENGTH]
