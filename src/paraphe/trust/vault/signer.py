"""The signer: the only process that holds private keys and the key-encryption key. No Django, no network.

It answers over a Unix socket that only its own user can open, and asks the kernel who is at the other end. Requests
are served one after the other.
"""

import contextlib
import fcntl
import os
import select
import signal
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol
from uuid import UUID

from paraphe.trust.vault import store, wire
from paraphe.trust.vault.errors import BY_CODE, RequestRefused, StoreRefused, VaultError
from paraphe.trust.vault.token import TokenSettings, TokenStore

MAX_CLIENTS = 64
IDLE_SECONDS = 600
Answer = dict[str, object]
__all__ = ["TokenSettings", "initialise", "serve"]

initialise = store.initialise


class Store(Protocol):
    """Where keys are: sealed files, or a token."""

    def generate(self, key_id: UUID, algorithm: str, purpose: str) -> bytes:
        """Make a key unless it is there, and return the DER of its SubjectPublicKeyInfo."""

    def sign(self, key_id: UUID, purpose: str, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Return one signature value per digest."""

    def destroy(self, key_id: UUID) -> None:
        """Destroy a key."""


def serve(directory: Path, socket_path: Path, token: TokenSettings | None = None) -> None:
    """Answer requests at ``socket_path`` with the keys of ``directory``, or of a token, until SIGTERM or SIGINT.

    Raises StoreRefused, with one sentence, when the folder or its key-encryption key cannot be used, or when another
    signer serves the same folder.
    """
    keys: Store = TokenStore(token) if token else store.SealedStore(directory)
    with only_one(directory), contextlib.ExitStack() as stack:
        listener = stack.enter_context(_listen(socket_path))
        stack.callback(lambda: socket_path.unlink(missing_ok=True))
        stop, wake = socket.socketpair()
        stack.callback(stop.close)
        stack.callback(wake.close)
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: wake.send(b"x"))
        _accept(listener, stop, Signer(keys))


class Signer:
    """Turns requests into answers, one at a time."""

    def __init__(self, keys: Store) -> None:
        self._keys = keys
        self._lock = threading.Lock()
        self._verbs: dict[str, Callable[[Answer], Answer]] = {
            "ping": lambda _: {},
            "generate": self._generate,
            "sign": self._sign,
            "destroy": self._destroy,
        }

    def answer(self, request: Answer) -> Answer:
        """Return what to send back; refusals are answers too."""
        try:
            verb = self._verbs.get(_text(request, "verb"))
            if verb is None:
                raise RequestRefused(reason="verb")
            with self._lock:
                return {"ok": True, **verb(request)}
        except VaultError as error:
            code = error.code if error.code in BY_CODE else VaultError.code
            return {"ok": False, "error": code, "reason": str(error.params.get("reason", ""))}
        except wire.BadMessage:
            return {"ok": False, "error": RequestRefused.code, "reason": "encoding"}
        except OSError as error:
            return {"ok": False, "error": VaultError.code, "reason": f"disk: {error.strerror}"}

    def _generate(self, request: Answer) -> Answer:
        public = self._keys.generate(_key_id(request), _text(request, "algorithm"), _text(request, "purpose"))
        return {"public_key": wire.encode([public])}

    def _sign(self, request: Answer) -> Answer:
        digests = wire.decode(request.get("digests"))
        signatures = self._keys.sign(_key_id(request), _text(request, "purpose"), digests, _text(request, "algorithm"))
        return {"signatures": wire.encode(signatures)}

    def _destroy(self, request: Answer) -> Answer:
        self._keys.destroy(_key_id(request))
        return {}


def _key_id(request: Answer) -> UUID:
    try:
        return UUID(_text(request, "key"))
    except ValueError:
        raise RequestRefused(reason="key") from None


def _text(request: Answer, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        raise RequestRefused(reason=name)
    return value


@contextlib.contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Be the only process that works with the keys of ``directory``. Raises StoreRefused when another one does."""
    with (directory / "signer.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StoreRefused(sentence=f"Another signer already serves the keys in {directory}.") from None
        yield


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    before = os.umask(0o177)
    try:
        wire.at(draft, listener.bind)
    finally:
        os.umask(before)
    listener.listen(MAX_CLIENTS)
    # Renamed into place once it listens: whoever sees the socket can connect to it.
    draft.replace(path)
    return listener


def _accept(listener: socket.socket, stop: socket.socket, signer: Signer) -> None:
    places = threading.BoundedSemaphore(MAX_CLIENTS)
    while True:
        ready, _, _ = select.select([listener, stop], [], [])
        if stop in ready:
            return
        connection, _ = listener.accept()
        if not _is_ours(connection) or not places.acquire(blocking=False):
            wire.close(connection)
            continue
        threading.Thread(target=_converse, args=(connection, signer, places), daemon=True).start()


def _is_ours(connection: socket.socket) -> bool:
    """Ask the kernel whose process is at the other end: the first lock is the mode of the socket, this the second."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", credentials)
    return bool(uid == os.geteuid())


def _converse(connection: socket.socket, signer: Signer, places: threading.BoundedSemaphore) -> None:
    try:
        connection.settimeout(IDLE_SECONDS)
        while (request := wire.receive(connection)) is not None:
            wire.send(connection, signer.answer(request))
    except wire.BadMessage:
        with contextlib.suppress(OSError):
            wire.send(connection, {"ok": False, "error": RequestRefused.code, "reason": "message"})
    except OSError:
        pass  # The client is gone, or silent for ten minutes: it connects again when it needs us.
    finally:
        wire.close(connection)
        places.release()
