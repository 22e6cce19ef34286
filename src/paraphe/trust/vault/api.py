"""The door of the vault: make, use and destroy private keys without ever holding one.

Every verb may be repeated: after VaultUnavailable the caller asks again later and gets the same key, or a signature of
the same digest.
"""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast
from uuid import UUID

from django.conf import settings

from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.vault import store, wire
from paraphe.trust.vault.custody import join, rotate, split
from paraphe.trust.vault.errors import (
    BY_CODE,
    KeyBroken,
    KeyUnknown,
    PurposeRefused,
    RequestRefused,
    StoreRefused,
    VaultError,
    VaultUnavailable,
)
from paraphe.trust.vault.keys import MAX_DIGESTS, KeyAlgorithm, Purpose

__all__ = [
    "KeyAlgorithm",
    "KeyBroken",
    "KeyUnknown",
    "OfflineKeys",
    "Purpose",
    "PurposeRefused",
    "RequestRefused",
    "StoreRefused",
    "VaultError",
    "VaultUnavailable",
    "check_keys",
    "default_algorithm",
    "destroy",
    "generate",
    "join",
    "offline_keys",
    "ping",
    "rotate",
    "sign",
    "signature_algorithm",
    "split",
    "wait_until_ready",
]

ANSWER_SECONDS = 30.0
_here = threading.local()


def generate(key_id: UUID, algorithm: KeyAlgorithm, purpose: Purpose) -> bytes:
    """Make the key ``key_id`` unless it exists, and return the DER of its SubjectPublicKeyInfo.

    Raises VaultUnavailable, PurposeRefused when it exists for another use.
    """
    answer = _ask({"verb": "generate", "key": str(key_id), "algorithm": algorithm, "purpose": purpose})
    return _bytes(answer, "public_key")[0]


def sign(key_id: UUID, purpose: Purpose, digests: Sequence[bytes], algorithm: SignatureAlgorithm) -> list[bytes]:
    """Return one signature value per SHA-256 digest, in order (ECDSA: DER of r and s).

    Raises VaultUnavailable, KeyUnknown, PurposeRefused, KeyBroken, RequestRefused.
    """
    signatures: list[bytes] = []
    for start in range(0, len(digests), MAX_DIGESTS):
        answer = _ask(
            {
                "verb": "sign",
                "key": str(key_id),
                "purpose": purpose,
                "algorithm": algorithm,
                "digests": wire.encode(list(digests[start : start + MAX_DIGESTS])),
            }
        )
        signatures += _bytes(answer, "signatures")
    if not digests or len(signatures) != len(digests):
        raise RequestRefused(reason="digests")
    return signatures


def destroy(key_id: UUID) -> None:
    """Destroy the key for ever; one that is gone already is no error. Raises VaultUnavailable."""
    _ask({"verb": "destroy", "key": str(key_id)})


def ping() -> None:
    """Check that the signer answers. Raises VaultUnavailable."""
    _ask({"verb": "ping"})


def wait_until_ready(seconds: float) -> None:
    """Wait until the signer answers, ``seconds`` at most. Raises VaultUnavailable after that."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return ping()
        except VaultUnavailable:
            if time.monotonic() >= deadline:
                raise
        time.sleep(0.05)


def default_algorithm() -> KeyAlgorithm:
    """Return the algorithm that the operator chose for new keys."""
    return cast(KeyAlgorithm, settings.KEY_ALGORITHM)


def signature_algorithm(algorithm: KeyAlgorithm) -> SignatureAlgorithm:
    """Return the signature algorithm that we use with keys of ``algorithm``."""
    return "rsa-pkcs1-sha256" if algorithm.startswith("RSA") else "ecdsa-sha256"


def check_keys(directory: Path) -> int:
    """Open every key of a store, sign with it and check; return how many. For a drill, with no signer on it.

    Raises StoreRefused, KeyBroken.
    """
    return store.SealedStore(directory).check_all()


class OfflineKeys:
    """A store opened for a ceremony, in the ceremony's own process: the root key never meets the running signer."""

    def __init__(self, keys: store.SealedStore) -> None:
        self._keys = keys

    def generate(self, key_id: UUID, algorithm: KeyAlgorithm, purpose: Purpose) -> bytes:
        """Make the key unless it exists, and return the DER of its SubjectPublicKeyInfo."""
        return self._keys.generate(key_id, algorithm, purpose)

    def sign(
        self, key_id: UUID, purpose: Purpose, digests: Sequence[bytes], algorithm: SignatureAlgorithm
    ) -> list[bytes]:
        """Return one signature value per SHA-256 digest, in order."""
        return self._keys.sign(key_id, purpose, digests, algorithm)


@contextmanager
def offline_keys(directory: Path, *, create: bool = False) -> Iterator[OfflineKeys]:
    """Open the store in ``directory`` for a ceremony; make it first when ``create``.

    Raises StoreRefused, with a sentence, when it is absent, readable by others or damaged.
    """
    if create:
        store.initialise(directory)
    yield OfflineKeys(store.SealedStore(directory))


class _Kept:
    """The connection of one thread; closed with the thread."""

    def __init__(self, path: Path) -> None:
        self.pid = os.getpid()
        self.path = path
        self.connection = _connect(path)

    def __del__(self) -> None:
        if hasattr(self, "connection"):
            self.connection.close()


def _ask(request: dict[str, object]) -> dict[str, object]:
    kept = _kept()
    if kept is not None:
        try:
            return _exchange(kept.connection, request)
        except (OSError, wire.BadMessage):
            _here.kept = None  # The signer was started again since: connect anew, every verb may be repeated.
    try:
        _here.kept = _Kept(settings.SIGNER_SOCKET)
        return _exchange(_here.kept.connection, request)
    except (OSError, wire.BadMessage):
        _here.kept = None
        raise VaultUnavailable from None


def _kept() -> _Kept | None:
    # Never a connection that a parent process opened, or one to another installation's signer.
    kept: _Kept | None = getattr(_here, "kept", None)
    if kept is not None and kept.pid == os.getpid() and kept.path == settings.SIGNER_SOCKET:
        return kept
    _here.kept = None
    return None


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(ANSWER_SECONDS)
    connect: Callable[[str], None] = connection.connect
    try:
        wire.at(path, connect)
    except OSError:
        connection.close()
        raise
    return connection


def _exchange(connection: socket.socket, request: dict[str, object]) -> dict[str, object]:
    wire.send(connection, request)
    answer = wire.receive(connection)
    if answer is None:
        raise wire.BadMessage
    if answer.get("ok") is True:
        return answer
    error = BY_CODE.get(str(answer.get("error")), VaultError)
    raise error(reason=str(answer.get("reason", "")))


def _bytes(answer: dict[str, object], name: str) -> list[bytes]:
    try:
        return wire.decode(answer.get(name))
    except wire.BadMessage:
        raise VaultUnavailable from None
