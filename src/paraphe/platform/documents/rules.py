"""Decisions about documents, as pure functions."""

import re
import unicodedata

MAX_TITLE = 120
#: Characters of the reason of a legal hold.
MAX_REASON = 300


def title_of(filename: str) -> str:
    """Return the title that a file name suggests: no path, no ending, no control characters, never empty."""
    name = unicodedata.normalize("NFC", filename.replace("\\", "/").rsplit("/", 1)[-1])
    name = re.sub(r"\.pdf$", "", name, flags=re.IGNORECASE)
    name = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in name)
    return " ".join(name.split())[:MAX_TITLE] or "Document"


def folded(text: str) -> str:
    """Return ``text`` as it is searched: without accents, case and double spaces."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(plain.casefold().split())


def renamed(title: str) -> str:
    """Return the title that a person typed, on one line, without control characters; empty where nothing is left."""
    name = "".join(
        " " if unicodedata.category(char)[0] == "C" else char for char in unicodedata.normalize("NFC", title)
    )
    return " ".join(name.split())[:MAX_TITLE]


def download_name(title: str, *, signed: bool, suffix: str) -> str:
    """Return the name of a download; ``suffix`` is the word for signed in the reader's language."""
    safe = re.sub(r'[\\/:*?"<>|]+', "-", title).strip(" .-") or "document"
    return f"{safe} ({suffix}).pdf" if signed else f"{safe}.pdf"
