"""Watching a folder: who takes which file, and what is known of it, is said by where it lies. Nothing else is kept.

``DIR/x.pdf`` waits. ``DIR/.paraphe/CLAIM/x.pdf`` was taken by one watcher, who holds a lock on ``CLAIM/lock`` as long
as he lives: taking is a renaming, which only one can do, and what a dead watcher took is gone on with by the next.
Beside a taken file stands, before it is sent, to which batch: who goes on asks that batch first, so that nothing is
brought twice. Afterwards it lies in ``done/`` or, with its reason beside it, in ``failed/``.
"""

import argparse
import fcntl
import hashlib
import json
import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from paraphe.cli.credentials import NotUsable
from paraphe.cli.remote import Platform, RemoteAway, RemoteRefused, token_of
from paraphe.cli.sending import refusal
from paraphe.cli.sign_words import sentence
from paraphe.cli.words import complain, language, shown
from paraphe.kernel.errors import DomainError
from paraphe.pdf.errors import PdfRefused
from paraphe.pdf.reading import inspect

DONE, FAILED, OWN = "done", "failed", ".paraphe"
LOOKS = 2.0
"""Seconds between two looks at the folder."""
GLANCE = 0.2
"""Seconds within which a signal to stop is heeded."""
AWAY = 30.0
"""Seconds to wait when the platform is away; its client has waited before."""
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload", ".partial")
LOST = ("wrong_batch_state", "not_found", "batch_full")
"""What a platform says of a batch that takes no more files: the next one is begun."""

Look = dict[Path, tuple[int, int, int]]


def run(options: argparse.Namespace) -> int:
    """Watch until told to stop; 0 then, 2 when it cannot be begun."""
    spoken = options.language = language(options.language)
    stop = Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.now)
    try:
        platform = Platform(options.platform, token_of(options.token_file), sleep=stop.wait)
        with Watch(options.folder, platform, options, spoken).open() as watch:
            watch.until(stop, once=options.once)
    except RemoteRefused as error:
        complain(refusal(error, spoken))
        return 2
    except DomainError as error:
        complain(sentence(str(error.params.get("what", error.code)), error.params, spoken))
        return 2
    return 0


class Stop:
    """Whether the watcher was told to stop. An event of ``threading`` set by a signal may wait for itself for ever."""

    def __init__(self) -> None:
        self.told = False

    def now(self, *_: object) -> None:
        """Tell it."""
        self.told = True

    def wait(self, seconds: float) -> None:
        """Wait for so long, or until it is told."""
        end = time.monotonic() + seconds
        while not self.told and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE))


@dataclass
class Watch:
    """One watcher of one folder."""

    folder: Path
    platform: Platform
    options: argparse.Namespace
    spoken: str
    _seen: Look = field(default_factory=dict)
    _since: dict[Path, float] = field(default_factory=dict)

    @contextmanager
    def open(self) -> "Iterator[Watch]":
        """Make the folders and a claim of one's own, held as long as this process lives. Raises NotUsable."""
        try:
            for name in (DONE, FAILED, OWN):
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            name = f"{os.getpid()}-{secrets.token_hex(4)}"
            draft, self.claim = self.folder / OWN / f".{name}", self.folder / OWN / name
            draft.mkdir()
            with (draft / "lock").open("wb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Under its name only once it is locked: nobody takes it for that of a dead watcher.
                draft.rename(self.claim)
                yield self
                (self.claim / "lock").unlink()
            _remove_empty(self.claim)
        except OSError as error:
            raise NotUsable(what="watched", file=str(self.folder), reason=error.strerror) from None

    def until(self, stop: "Stop", *, once: bool) -> None:
        """Take what is whole, again and again. Raises RemoteRefused when the token is not taken."""
        while not stop.told:
            try:
                self._adopt()
                for path in self._whole():
                    if stop.told:
                        return
                    self._take(path)
            except RemoteAway as error:
                self._say(None, "away", sentence(error.code, error.params, self.spoken))
                stop.wait(AWAY)
                continue
            if once and not self._seen:
                return
            stop.wait(min(LOOKS, max(self.options.settle / 2, 0.05)))

    def _whole(self) -> list[Path]:
        """Return the files that did not change for long enough, oldest name first."""
        now, present = time.monotonic(), self._look()
        for path, state in present.items():
            if self._seen.get(path) != state:
                self._since[path] = now
        self._seen = present
        self._since = {path: self._since[path] for path in present}
        return [path for path in sorted(present) if now - self._since[path] >= self.options.settle]

    def _look(self) -> Look:
        found: Look = {}
        for path in self.folder.rglob("*"):
            parts = path.relative_to(self.folder).parts
            if parts[0] in (DONE, FAILED) or any(part.startswith(".") for part in parts):
                continue
            if path.suffix.lower() in UNFINISHED:
                continue
            with suppress(OSError):
                state = path.lstat()
                # Links are not followed: they could lead to what the person who put them may not read.
                if path.is_file() and not path.is_symlink():
                    found[path] = (state.st_size, state.st_mtime_ns, state.st_ino)
        return found

    def _take(self, path: Path) -> None:
        """Take one file, if no other watcher did, and bring it."""
        relative = path.relative_to(self.folder)
        taken = self.claim / "files" / relative
        taken.parent.mkdir(parents=True, exist_ok=True)
        try:
            path.rename(taken)
        except FileNotFoundError:
            return
        self._seen.pop(path, None)
        self._bring(self.claim, relative)

    def _adopt(self) -> None:
        """Go on with what watchers took who are no more."""
        for claim in sorted((self.folder / OWN).iterdir()):
            lock = claim / "lock"
            if claim == self.claim or claim.name.startswith(".") or not claim.is_dir():
                continue
            try:
                with lock.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self._inherit(claim)
                    lock.unlink()
            except FileNotFoundError:
                self._inherit(claim)
            except BlockingIOError:
                continue
            _remove_empty(claim)

    def _inherit(self, claim: Path) -> None:
        for path in sorted((claim / "files").rglob("*")):
            if path.is_file():
                self._bring(claim, path.relative_to(claim / "files"))

    def _bring(self, claim: Path, relative: Path) -> None:
        """Bring a taken file to its batch, and put it where it belongs. It stays taken when this raises RemoteAway."""
        source = claim / "files" / relative
        note = claim / "notes" / f"{hashlib.sha256(str(relative).encode()).hexdigest()}.json"
        try:
            inspect(source)
            batch = self._sent(source, relative, note)
        except RemoteRefused as error:
            if error.params["status"] in (401, 403):
                raise
            self._put_away(source, FAILED, relative, str(error.params["code"]), refusal(error, self.spoken))
        except PdfRefused as error:
            self._put_away(source, FAILED, relative, error.code, sentence(error.code, error.params, self.spoken))
        else:
            self._put_away(source, DONE, relative, "", "", batch)
        note.unlink(missing_ok=True)

    def _sent(self, source: Path, relative: Path, note: Path) -> str:
        """Send a file and return the batch that has it. Raises RemoteRefused, RemoteAway."""
        path = relative.as_posix()
        earlier = _read(note)
        if earlier and self._has(earlier, path, source):
            return earlier
        batch = self._batch()
        _write(note, batch)
        try:
            self.platform.put(batch, path, source)
        except RemoteRefused as error:
            if not self._over(batch, error):
                raise
            batch = self._batch(after=batch)
            _write(note, batch)
            self.platform.put(batch, path, source)
        return batch

    def _over(self, batch: str, error: RemoteRefused) -> bool:
        """Tell whether a batch takes no more files at all. A name that it has matters only while it is filled."""
        if error.params["code"] == "name_taken":
            return bool(self.platform.show(batch)["state"] != "draft")
        return error.params["code"] in LOST

    def _has(self, batch: str, path: str, source: Path) -> bool:
        """Tell whether a batch has this very file already."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        try:
            return any(one.path == path and one.sha256 == digest for one in self.platform.files(batch, text=path))
        except RemoteRefused:
            return False

    def _batch(self, after: str = "") -> str:
        """Return the batch of this folder, which all its watchers fill; begin one when there is none but ``after``."""
        known = self.folder / OWN / "batch"
        with (self.folder / OWN / "batch.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            batch = _read(known)
            if not batch or batch == after:
                title = self.options.title or self.folder.resolve().name
                named = f"{title[:100]} {datetime.now().astimezone():%Y-%m-%d %H:%M}"
                made = self._begun(named, self.options.purpose or f"Documents {title[:100]}")
                batch = str(made["id"])
                _write(known, batch)
                self._say(None, "batch", f"{named}: {made['page']}")
        return batch

    def _begun(self, title: str, purpose: str) -> dict[str, Any]:
        """Begin a batch. Raises NotUsable when the platform will have none: that is no fault of a file."""
        try:
            return self.platform.begin(title, purpose, self.options.level)
        except RemoteRefused as error:
            if error.params["status"] in (401, 403):
                raise
            raise NotUsable(what="remote_refused", code=error.params["code"]) from None

    def _put_away(self, source: Path, name: str, relative: Path, code: str, words: str, batch: str = "") -> None:
        target = _free(self.folder / name / relative)
        target.parent.mkdir(parents=True, exist_ok=True)
        if words:
            target.with_name(f"{target.name}.txt").write_text(f"{words}\n{code}\n", encoding="utf-8")
        source.rename(target)
        self._say(relative, name, words, code=code or None, batch=batch or None)

    def _say(self, relative: Path | None, status: str, words: str, **told: str | None) -> None:
        name = shown(relative) if relative is not None else None
        if self.options.json:
            line = {"file": name, "status": status, "message": words or None, **told}
            print(json.dumps(line, ensure_ascii=False), flush=True)
        else:
            text = " ".join(one for one in (name, f"[{status}]", words) if one)
            print(text, file=sys.stderr if status in (FAILED, "away") else sys.stdout, flush=True)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def _write(path: Path, text: str) -> None:
    """Write a small file whole, and have it on the disk before anything is done because of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with draft.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _free(target: Path) -> Path:
    """Return ``target``, or a name beside it that nobody has: the same name may come every month."""
    for number in range(2, 10_000):
        if not target.exists():
            return target
        target = target.with_name(f"{target.stem.removesuffix(f' ({number - 1})')} ({number}){target.suffix}")
    return target.with_name(f"{secrets.token_hex(8)} {target.name}")


def _remove_empty(claim: Path) -> None:
    for path in sorted(claim.rglob("*"), reverse=True):
        with suppress(OSError):
            path.rmdir()
    with suppress(OSError):
        claim.rmdir()
