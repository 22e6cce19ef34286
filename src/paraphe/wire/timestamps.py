"""A time-stamping authority over HTTP (RFC 3161 §3.4), for an address that the operator gave."""

import http.client
import secrets
import ssl
import threading
import time
from urllib.parse import urlsplit

from paraphe.pki import tsp
from paraphe.pki.errors import TimestampInvalid, TimestampUnavailable

TRIES = 4
FIRST_PAUSE = 0.25
"""Seconds; doubled after each try."""
MAX_BYTES = 1_000_000
HEADERS = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}


class HttpTimestamps:
    """Asks one authority; each thread keeps a connection of its own open between questions.

    ``authorization``: the value of that header, where the authority wants one. Raises ValueError for what is no HTTP
    address.
    """

    def __init__(self, url: str, *, authorization: str | None = None, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            raise ValueError("not an address of a time-stamping authority")
        self._tls = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._headers = {**HEADERS, **({"Authorization": authorization} if authorization else {})}
        self._seconds = seconds
        self._mine = threading.local()
        self._all: list[http.client.HTTPConnection] = []

    def timestamp(self, digest: bytes) -> bytes:
        """Return a TimeStampToken over the SHA-256 ``digest``. Raises TimestampUnavailable after four tries.

        Status, digest and nonce of the answer are checked; a refusal is not asked again.
        """
        nonce = secrets.randbits(63)
        answer = self._patiently(tsp.build_request(digest, nonce))
        try:
            return tsp.parse_response(answer, digest, nonce)
        except TimestampInvalid as error:
            raise TimestampUnavailable(reason=str(error)) from error

    def close(self) -> None:
        """Close the connections of every thread; a later question opens a new one."""
        while self._all:
            self._all.pop().close()
        self._mine = threading.local()

    def _patiently(self, question: bytes) -> bytes:
        reason = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(FIRST_PAUSE * 2 ** (attempt - 1))
            try:
                status, answer = self._ask(question)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                reason = type(error).__name__
                continue
            if status == http.client.OK:
                return answer
            reason = f"status {status}"
            if status < http.client.INTERNAL_SERVER_ERROR and status != http.client.TOO_MANY_REQUESTS:
                break
        raise TimestampUnavailable(host=self._host, reason=reason)

    def _ask(self, question: bytes) -> tuple[int, bytes]:
        connection = self._connection()
        connection.request("POST", self._path, question, self._headers)
        answer = connection.getresponse()
        data = answer.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            self._drop()
            raise http.client.HTTPException("too large")
        if answer.will_close:
            self._drop()
        return answer.status, data

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if found is None:
            if self._tls:
                context = ssl.create_default_context()
                found = http.client.HTTPSConnection(self._host, self._port, timeout=self._seconds, context=context)
            else:
                found = http.client.HTTPConnection(self._host, self._port, timeout=self._seconds)
            self._mine.connection = found
            self._all.append(found)
        return found

    def _drop(self) -> None:
        found: http.client.HTTPConnection | None = getattr(self._mine, "connection", None)
        if found is not None:
            found.close()
            self._mine.connection = None
