"""Backup of the trust services: database, sealed files, sealed keys, secrets; encrypted; and the drill that proves it.

The archive is sealed under a key derived from the key-encryption key, which is not in it: who has an archive and no
custodian has nothing. Chunks are numbered and the last one is marked, so that a cut or reordered archive does not open.
"""

import argparse
import contextlib
import io
import os
import secrets
import shutil
import sqlite3
import struct
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from paraphe.config.environment import BadConfiguration, Environment

MAGIC = b"PARAPHE-BACKUP-1\n"
CHUNK = 1 << 20
SALT = 16
HEAD = struct.Struct(">QBI")
DATABASE, DUMP = "trust/db.sqlite3", "trust/database.dump"
KEK = Path("signer", "kek.key")
#: What lives with the running site and is made anew, or is in the archive in another form.
LEFT_OUT = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm")


class BackupRefused(BadConfiguration):
    """There is no backup, or it does not open; the sentence says why."""

    code = "backup_refused"


def back_up(options: argparse.Namespace, environment: Environment) -> int:
    """Write an encrypted archive of the trust services while they run."""
    data, target = environment.data_dir, Path(options.file)
    if target.exists():
        raise BackupRefused(sentence=f"{target} exists already: choose another name.")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("xb") as file, tempfile.TemporaryDirectory(prefix="paraphe-backup-") as folder:
            os.fchmod(file.fileno(), 0o600)
            snapshot = _snapshot(environment, Path(folder))
            _archive(file, data, snapshot, kek_of(data))
            file.flush()
            os.fsync(file.fileno())
        draft.rename(target)
    except OSError as error:
        raise BackupRefused(sentence=f"{target} cannot be written: {error.strerror}.") from None
    finally:
        draft.unlink(missing_ok=True)
    print(f"{target}: {target.stat().st_size:,} octets. Without the key-encryption key it cannot be opened.")
    return 0


def restore(options: argparse.Namespace, environment: Environment) -> int:
    """Put an archive back into an empty folder, with the key-encryption key that is there, or this installation's."""
    target = Path(options.into)
    if target.exists() and any(entry.name != "signer" for entry in target.iterdir()):
        raise BackupRefused(
            sentence=f"{target} is not empty: restore into a new folder, look, then move it into place."
        )
    kek = kek_of(target) if (target / KEK).exists() else kek_of(environment.data_dir)
    extract(Path(options.file), target, kek)
    print(f"Restored into {target}. The key-encryption key is not in a backup: put it into {target / KEK}.")
    if (target / DUMP).exists():
        print(f"The database: pg_restore --clean --if-exists --dbname=… {target / DUMP}")
    return 0


def drill(options: argparse.Namespace, environment: Environment) -> int:
    """Restore an archive aside, use every key once, verify the database and the journal, and clear away."""
    with tempfile.TemporaryDirectory(prefix="paraphe-drill-") as name:
        folder = Path(name)
        extract(Path(options.file), folder, kek_of(environment.data_dir))
        shutil.copy2(environment.data_dir / KEK, folder / KEK)
        print(f"Restored: {sum(path.is_file() for path in folder.rglob('*'))} files.")
        words = [sys.executable, "-m", "paraphe.cli", "trust", "keys", "check", "--of", str(folder / "signer")]
        _told(words, environment, folder)
        if not (folder / DATABASE).exists():
            print("The database is a dump of PostgreSQL: restore it into an empty database to verify its journal.")
            return 0
        with contextlib.closing(sqlite3.connect(folder / DATABASE)) as database:
            [[found]] = database.execute("PRAGMA integrity_check").fetchall()
        if found != "ok":
            raise BackupRefused(sentence=f"The restored database is damaged: {found}.")
        print("The database is whole.")
        _told([sys.executable, "-m", "paraphe.cli", "trust", "journal", "verify"], environment, folder)
    print("The drill succeeded: this backup can be lived with.")
    return 0


def _told(words: list[str], environment: Environment, folder: Path) -> None:
    values = {**os.environ, "PARAPHE_DATA_DIR": str(folder), "PARAPHE_TRUST_DATABASE_URL": ""}
    said = subprocess.run(words, env=values, capture_output=True, text=True, check=False)  # noqa: S603
    print(said.stdout.strip())
    if said.returncode:
        raise BackupRefused(sentence=f"The drill failed: {said.stderr.strip().splitlines()[-1:] or 'no reason told'}")


def _snapshot(environment: Environment, folder: Path) -> tuple[str, Path]:
    """Return the database as it is at one moment: its name in the archive, and a file."""
    url = environment.text("PARAPHE_TRUST_DATABASE_URL")
    if url:
        program = shutil.which("pg_dump")
        if program is None:
            raise BackupRefused(sentence="pg_dump is not installed: apt-get install postgresql-client.")
        made = folder / "database.dump"
        words = [program, "--format=custom", f"--file={made}", url]
        said = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603
        if said.returncode:
            raise BackupRefused(sentence="pg_dump failed: the database cannot be reached, or refuses this user.")
        return DUMP, made
    made = folder / "db.sqlite3"
    with (
        contextlib.closing(sqlite3.connect(environment.data_dir / DATABASE)) as source,
        contextlib.closing(sqlite3.connect(made)) as target,
    ):
        source.backup(target)
    return DATABASE, made


def _archive(file: BinaryIO, data: Path, snapshot: tuple[str, Path], kek: bytes) -> None:
    sealing = _Sealing(file, kek)
    with tarfile.open(fileobj=sealing, mode="w|gz") as tar:
        tar.add(snapshot[1], snapshot[0])
        for path in _files(data):
            # A file of a running site may go between the list and the copy: it was not needed any more.
            with contextlib.suppress(FileNotFoundError):
                tar.add(path, str(path.relative_to(data)), recursive=False)
    sealing.finish()


def _files(data: Path) -> Iterator[Path]:
    for folder in ("trust", "signer/keys"):
        for path in sorted((data / folder).rglob("*")):
            name = str(path.relative_to(data))
            if path.is_file() and name not in LEFT_OUT and not name.startswith("trust/static"):
                yield path


def extract(archive: Path, target: Path, kek: bytes) -> None:
    """Open an archive into a folder. Raises BackupRefused for one that is not whole, or of another key."""
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with archive.open("rb") as file, tarfile.open(fileobj=_Opening(file, kek), mode="r|gz") as tar:
            for member in tar:
                extract_file(tar, member, target)
    except FileNotFoundError:
        raise BackupRefused(sentence=f"There is no file {archive}.") from None
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BackupRefused(sentence=f"{archive} is damaged or not a backup ({type(error).__name__}).") from None
    for folder in (target / "signer", target / "signer" / "keys"):
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)


def extract_file(tar: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Write one file below ``target``. Raises BackupRefused for what is no file or lies outside.

    By hand: the filters of ``extractall`` are not in the Python 3.11 that Debian 12 ships.
    """
    place = (target / member.name).resolve()
    source = tar.extractfile(member) if member.isfile() else None
    if source is None or not place.is_relative_to(target.resolve()):
        raise BackupRefused(sentence=f"The archive holds something that no backup holds: {member.name!r}.")
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with source, place.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    place.chmod(member.mode & 0o700)


def kek_of(data: Path) -> bytes:
    """Return the key-encryption key of an installation. Raises BackupRefused."""
    path = data / KEK
    try:
        return bytes.fromhex(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        raise BackupRefused(sentence=f"The key-encryption key {path} cannot be read: a backup needs it.") from None


def _key(kek: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"paraphe backup").derive(kek))


class _Sealing(io.RawIOBase):
    """What is written to it goes to ``file`` in sealed chunks."""

    def __init__(self, file: BinaryIO, kek: bytes) -> None:
        super().__init__()
        salt = secrets.token_bytes(SALT)
        self._file, self._key = file, _key(kek, salt)
        self._waiting, self._number = bytearray(), 0
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        """Tell that one may write."""
        return True

    def write(self, data: object) -> int:
        """Take octets."""
        given = bytes(data)  # type: ignore[call-overload]
        self._waiting += given
        while len(self._waiting) > CHUNK:
            self._put(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(given)

    def finish(self) -> None:
        """Write what waits, as the last chunk."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, chunk: bytes, *, last: bool) -> None:
        head = HEAD.pack(self._number, last, len(chunk))
        # The key is for this archive alone: the number of the chunk is a nonce that never comes twice.
        self._file.write(head + self._key.encrypt(self._number.to_bytes(12, "big"), chunk, head))
        self._number += 1


class _Opening(io.RawIOBase):
    """What is read from it are the opened chunks of ``file``. Raises BackupRefused for one that does not open."""

    def __init__(self, file: BinaryIO, kek: bytes) -> None:
        super().__init__()
        if file.read(len(MAGIC)) != MAGIC:
            raise BackupRefused(sentence="This is not a backup of the trust services.")
        self._file, self._key = file, _key(kek, file.read(SALT))
        self._opened, self._number, self._ended = b"", 0, False

    def readable(self) -> bool:
        """Tell that one may read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Return octets; none at the end."""
        if not self._opened and not self._ended:
            self._next()
        cut = len(self._opened) if size < 0 else size
        found, self._opened = self._opened[:cut], self._opened[cut:]
        return found

    def _next(self) -> None:
        head = self._file.read(HEAD.size)
        try:
            _number, last, length = HEAD.unpack(head)
            sealed = self._file.read(min(length, CHUNK) + 16)
            # Its own number, not the one that stands there: a chunk in another's place does not open.
            self._opened = self._key.decrypt(self._number.to_bytes(12, "big"), sealed, head)
        except (struct.error, InvalidTag, ValueError):
            sentence = "The backup does not open: another key-encryption key, or the file is cut or was changed."
            raise BackupRefused(sentence=sentence) from None
        self._number += 1
        self._ended = bool(last)
