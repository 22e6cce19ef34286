"""What the journal tells of each serial number, gathered where it takes no memory: in a file that has no name."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from paraphe.trust.journal import api as journal

#: By tag: which digest or moment of the line is kept, and how.
_KEPT = {
    "certificate:reserved": (
        "not_after",
        "INSERT INTO told (serial, not_after) VALUES (?, ?) ON CONFLICT (serial) DO UPDATE "
        "SET again = again + (not_after != ''), not_after = excluded.not_after",
    ),
    "certificate:signing": (
        "tbs_sha256",
        "INSERT INTO told (serial, tbs) VALUES (?, ?) ON CONFLICT (serial) DO UPDATE "
        "SET again = again + (tbs != ''), tbs = excluded.tbs",
    ),
    "certificate:issued": (
        "certificate_sha256",
        "INSERT INTO told (serial, certificate) VALUES (?, ?) ON CONFLICT (serial) DO UPDATE "
        "SET again = again + (certificate != ''), certificate = excluded.certificate",
    ),
}


@dataclass(frozen=True)
class Lines:
    """What the journal says of one serial number, each value empty when no line says it.

    ``tbs`` and ``certificate`` are digests of what was to be signed and of what was issued; ``again`` counts lines that
    say once more, or otherwise, what one line may say once.
    """

    serial: str
    not_after: str = ""
    tbs: str = ""
    certificate: str = ""
    again: int = 0


class Told:
    """The journal's lines about certificates, by serial number. Use ``told()``."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.forgotten_before = ""
        database.execute(
            "CREATE TABLE told (serial TEXT PRIMARY KEY, not_after TEXT NOT NULL DEFAULT '', tbs TEXT NOT NULL "
            "DEFAULT '', certificate TEXT NOT NULL DEFAULT '', again INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID"
        )

    def read(self) -> None:
        """Read the journal once."""
        rows = journal.JournalEntry.rows().filter(tag__in=[*_KEPT, "certificate:forgotten"])
        for tag, subjects, data in rows.values_list("tag", "subjects", "data").iterator(chunk_size=1000):
            if tag == "certificate:forgotten":
                self.forgotten_before = max(self.forgotten_before, str(data["expired_before"]))
            else:
                field, statement = _KEPT[tag]
                self._database.execute(statement, (str(subjects.get("serial", "")), str(data.get(field, ""))))

    def take(self, serial: str) -> Lines:
        """Return what is said of a serial number, and leave it out of what is left."""
        row = self._database.execute("DELETE FROM told WHERE serial = ? RETURNING *", (serial,)).fetchone()
        return Lines(*row) if row else Lines(serial)

    def left(self) -> Iterator[Lines]:
        """Yield what is said of issued certificates that nobody has taken."""
        for row in self._database.execute("SELECT * FROM told WHERE certificate != '' ORDER BY serial"):
            yield Lines(*row)


@contextmanager
def told() -> Iterator[Told]:
    """Read the journal and give what it tells; nothing is left of it afterwards."""
    database = sqlite3.connect("")  # a temporary file of SQLite's own, which it removes
    try:
        found = Told(database)
        found.read()
        yield found
    finally:
        database.close()
