"""A platform from outside: batches are begun, filled, watched and fetched with a token of a program."""

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk.files import write_whole

SECONDS = (10, 300)
"""To be connected, and between two answers."""
PAUSES = (1.0, 3.0, 10.0, 30.0)
"""Seconds before what failed is tried again; then it is given up."""
HERE = ("localhost", "127.0.0.1", "::1")
T = TypeVar("T")


class RemoteUnusable(DomainError):
    """The address or the token cannot be used; ``params["what"]`` is a sentence of ``sign_words``."""

    code = "remote_unusable"


class RemoteAway(DomainError):
    """The platform does not answer, or says that it cannot now; it was asked several times."""

    code = "remote_away"


class RemoteRefused(DomainError):
    """The platform refuses; ``params["code"]`` is its reason, ``params["status"]`` the status of the answer."""

    code = "remote_refused"


@dataclass(frozen=True)
class RemoteFile:
    """A file of a batch as the platform tells it."""

    id: int
    path: str
    state: str
    code: str
    sha256: str
    sealed_sha256: str


class Platform:
    """One platform, asked with one token. What only reads, or can be said twice, is tried again when it fails."""

    def __init__(self, url: str, token: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RemoteUnusable(what="platform", platform=url)
        if parts.scheme == "http" and parts.hostname not in HERE:
            raise RemoteUnusable(what="platform_plain", platform=url)
        self._url, self._sleep = url.rstrip("/"), sleep
        self._session = requests.Session()
        self._session.headers["Authorization"] = f"Bearer {token}"

    def begin(self, title: str, purpose: str, level: str | None) -> dict[str, Any]:
        """Begin a batch. Raises RemoteAway, RemoteRefused."""
        asked = {"title": title, "purpose": purpose, **({"level": level} if level else {})}
        # Not tried again: what was lost may have been done, and an empty draft too many is better seen than hidden.
        return self._json(self._asked("POST", "/api/batches/", json=asked))

    def show(self, batch: str) -> dict[str, Any]:
        """Return how far a batch is. Raises RemoteAway, RemoteRefused."""
        return self._json(self._patiently(lambda: self._asked("GET", f"/api/batches/{batch}/")))

    def put(self, batch: str, path: str, source: Path) -> None:
        """Bring a file; the same again changes nothing. Raises RemoteAway, RemoteRefused, OSError."""

        def send() -> requests.Response:
            with source.open("rb") as file:
                return self._asked("PUT", f"/api/batches/{batch}/files/", params={"path": path}, data=file)

        self._patiently(send)

    def files(self, batch: str, *, state: str = "", text: str = "") -> Iterator[RemoteFile]:
        """Yield the files of a batch, by name. Raises RemoteAway, RemoteRefused."""
        after = ""
        while True:
            asked = {"state": state, "text": text[:100], "after": after}

            def ask(asked: dict[str, str] = asked) -> requests.Response:
                return self._asked("GET", f"/api/batches/{batch}/files/", params=asked)

            page = self._json(self._patiently(ask))
            for one in page["files"]:
                yield RemoteFile(**{name: one[name] for name in RemoteFile.__dataclass_fields__})
            after = page["next"]
            if not after:
                return

    def fetch(self, batch: str, file: RemoteFile, target: Path) -> None:
        """Write one sealed file, whole. Raises RemoteAway, RemoteRefused, FileExistsError, OSError."""
        answer = self._patiently(lambda: self._asked("GET", f"/api/batches/{batch}/files/{file.id}/"))
        if hashlib.sha256(answer.content).hexdigest() != file.sealed_sha256:
            raise RemoteAway(reason="not what was announced")
        write_whole(target, (answer.content,), overwrite=False, durable=True)

    def _patiently(self, ask: Callable[[], T]) -> T:
        for pause in PAUSES:
            try:
                return ask()
            except RemoteAway:
                self._sleep(pause)
        return ask()

    def _asked(self, method: str, path: str, **named: Any) -> requests.Response:
        try:
            answer = self._session.request(method, self._url + path, timeout=SECONDS, allow_redirects=False, **named)
        except requests.RequestException as error:
            raise RemoteAway(reason=type(error).__name__) from None
        if answer.status_code >= 500 or answer.status_code == 429:
            raise RemoteAway(reason=str(answer.status_code))
        if not answer.ok or answer.is_redirect:
            raise RemoteRefused(status=answer.status_code, code=_code(answer))
        return answer

    @staticmethod
    def _json(answer: requests.Response) -> dict[str, Any]:
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise RemoteAway(reason="not a platform")
        return found


def token_of(path: Path) -> str:
    """Return the token in a file that only its owner may read. Raises RemoteUnusable."""
    try:
        if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise RemoteUnusable(what="token_open", file=str(path))
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise RemoteUnusable(what="file", file=str(path), reason=error.strerror) from None
    if not text or not text.isascii() or not text.isprintable():
        raise RemoteUnusable(what="token", file=str(path))
    return text


def _code(answer: requests.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, KeyError, TypeError):
        return str(answer.status_code)
