"""The sealed software store: one file per key, under a key-encryption key that never leaves this process.

A file is ``length | header | nonce | wrapped data key | nonce | sealed PKCS#8``. The header is JSON (identifier,
purpose, algorithm, public key, which key-encryption key); both seals are AES-256-GCM with the header as associated
data, so that a file given another name, purpose or neighbour's content does not open.
"""

import base64
import contextlib
import json
import os
import secrets
import stat
import struct
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from paraphe.kernel.digests import canonical_json, sha256_hex
from paraphe.trust.vault import keys
from paraphe.trust.vault.errors import KeyBroken, KeyUnknown, PurposeRefused, RequestRefused, StoreRefused

NONCE = 12
WRAPPED = 32 + 16
LOADED_KEYS = 256
KEK, NEXT_KEK = "kek.key", "kek.next"
KEK_OCTETS = 32


@dataclass(frozen=True)
class Sealed:
    """A key as it lies on the disk: what is known of it in clear, and the two seals."""

    key_id: UUID
    purpose: str
    algorithm: str
    public_key: bytes
    kek_id: str
    header: bytes
    body: bytes


class SealedStore:
    """The keys of one folder. Not safe for several threads: whoever serves it holds a lock."""

    def __init__(self, directory: Path) -> None:
        """Open the store in ``directory``. Raises StoreRefused, with a sentence, when its key cannot be trusted."""
        self._keys = directory / "keys"
        # While a change of the key is under way there are two: new seals are made under the following one.
        keks = [read_kek(path) for path in (directory / KEK, directory / NEXT_KEK) if path.exists()]
        if not keks:
            raise _missing(directory / KEK)
        self._keks = {_kek_id(kek): AESGCM(kek) for kek in keks}
        self._kek_id = _kek_id(keks[-1])
        self._loaded: OrderedDict[UUID, tuple[Sealed, keys.PrivateKey]] = OrderedDict()
        _check_private(self._keys)

    def generate(self, key_id: UUID, algorithm: str, purpose: str) -> bytes:
        """Make the key ``key_id`` unless it is there, and return the DER of its SubjectPublicKeyInfo.

        Raises PurposeRefused when it is there for another purpose or algorithm, RequestRefused for unknown words.
        """
        if purpose not in keys.PURPOSES or algorithm not in keys.KEY_ALGORITHMS:
            raise RequestRefused(reason="purpose_or_algorithm")
        with contextlib.suppress(KeyUnknown):
            sealed = self._open(key_id)[0]
            if (sealed.purpose, sealed.algorithm) != (purpose, algorithm):
                raise PurposeRefused(reason="exists_for_another_use")
            return sealed.public_key
        key = keys.generate(algorithm)
        self._write(key_id, self._seal(key_id, purpose, algorithm, key))
        # Read back from the disk: a key that cannot be opened again must not get a certificate.
        return self._open(key_id)[0].public_key

    def sign(self, key_id: UUID, purpose: str, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Return one signature value per SHA-256 digest, in order.

        Raises KeyUnknown, KeyBroken, PurposeRefused when the key was made for another purpose, RequestRefused.
        """
        sealed, key = self._open(key_id)
        if sealed.purpose != purpose:
            raise PurposeRefused(reason="purpose")
        keys.check_use(sealed.algorithm, algorithm, list(digests))
        signatures = [keys.sign(key, algorithm, digest) for digest in digests]
        # Checked here only for RSA: there a computing fault during a CRT signature gives the private key away.
        if sealed.algorithm.startswith("RSA") and not all(
            keys.verifies(key, algorithm, digest, signature)
            for digest, signature in zip(digests, signatures, strict=True)
        ):
            raise KeyBroken(key=str(key_id))
        return signatures

    def destroy(self, key_id: UUID) -> None:
        """Destroy the key; destroying one that is not there is done already."""
        self._loaded.pop(key_id, None)
        path = self._path(key_id)
        with contextlib.suppress(FileNotFoundError):
            with path.open("r+b") as file:
                # Best effort on the medium; what counts is that the wrapped data key is gone.
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
            sync(self._keys)

    def key_ids(self) -> list[UUID]:
        """Return the identifiers of all keys that are here."""
        return sorted((UUID(path.stem) for path in self._keys.glob("*.key")), key=str)

    def check_all(self) -> int:
        """Open every key, sign with it and check the signature; return how many. Raises KeyBroken."""
        digest = bytes(32)
        for key_id in self.key_ids():
            sealed, key = self._open(key_id)
            algorithm = "rsa-pkcs1-sha256" if sealed.algorithm.startswith("RSA") else "ecdsa-sha256"
            if keys.spki(key) != sealed.public_key or not keys.verifies(
                key, algorithm, digest, keys.sign(key, algorithm, digest)
            ):
                raise KeyBroken(key=str(key_id))
        return len(self.key_ids())

    def seal_anew(self) -> int:
        """Seal every key under the newest key-encryption key; return how many there are. Each file is whole always."""
        for key_id in self.key_ids():
            sealed, key = self._open(key_id)
            if sealed.kek_id != self._kek_id:
                blob = self._seal(key_id, sealed.purpose, sealed.algorithm, key)
                self._write(key_id, blob, replace=True)
                self._loaded.pop(key_id)
                self._open(key_id)
        return len(self.key_ids())

    def _path(self, key_id: UUID) -> Path:
        return self._keys / f"{key_id}.key"

    def _open(self, key_id: UUID) -> tuple[Sealed, keys.PrivateKey]:
        if key_id in self._loaded:
            self._loaded.move_to_end(key_id)
            return self._loaded[key_id]
        try:
            blob = self._path(key_id).read_bytes()
        except FileNotFoundError:
            raise KeyUnknown(key=str(key_id)) from None
        sealed = _parse(blob)
        if sealed.key_id != key_id:
            raise KeyBroken(key=str(key_id))
        self._loaded[key_id] = (sealed, self._unseal(sealed))
        while len(self._loaded) > LOADED_KEYS:
            self._loaded.popitem(last=False)
        return self._loaded[key_id]

    def _seal(self, key_id: UUID, purpose: str, algorithm: str, key: keys.PrivateKey) -> bytes:
        header = canonical_json(
            {
                "version": 1,
                "id": str(key_id),
                "purpose": purpose,
                "algorithm": algorithm,
                "public_key": base64.b64encode(keys.spki(key)).decode(),
                "kek": self._kek_id,
            }
        )
        data_key = AESGCM.generate_key(256)
        first, second = secrets.token_bytes(NONCE), secrets.token_bytes(NONCE)
        wrapped = self._keks[self._kek_id].encrypt(first, data_key, b"dek|" + header)
        body = AESGCM(data_key).encrypt(second, keys.to_der(key), b"key|" + header)
        return struct.pack(">I", len(header)) + header + first + wrapped + second + body

    def _unseal(self, sealed: Sealed) -> keys.PrivateKey:
        first, rest = sealed.body[:NONCE], sealed.body[NONCE:]
        wrapped, second, body = rest[:WRAPPED], rest[WRAPPED : WRAPPED + NONCE], rest[WRAPPED + NONCE :]
        try:
            kek = self._keks[sealed.kek_id]
        except KeyError:
            raise KeyBroken(key=str(sealed.key_id)) from None
        try:
            data_key = kek.decrypt(first, wrapped, b"dek|" + sealed.header)
            key = keys.from_der(AESGCM(data_key).decrypt(second, body, b"key|" + sealed.header))
        except (InvalidTag, ValueError):
            raise KeyBroken(key=str(sealed.key_id)) from None
        return key

    def _write(self, key_id: UUID, blob: bytes, *, replace: bool = False) -> None:
        # Written aside, synced, linked into place: a crash leaves no key or a whole one, and none is ever replaced
        # but by itself under another key-encryption key.
        draft = self._keys / f".{key_id}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(blob)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                os.replace(draft, self._path(key_id))
            else:
                with contextlib.suppress(FileExistsError):
                    os.link(draft, self._path(key_id))
        finally:
            draft.unlink(missing_ok=True)
        sync(self._keys)


def initialise(directory: Path) -> None:
    """Make ``directory`` a store with a new key-encryption key, unless it is one; change nothing that exists.

    Raises StoreRefused when it holds keys but their key-encryption key is gone: a new one could open none of them.
    """
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        (directory / "keys").mkdir(mode=0o700, exist_ok=True)
        path = directory / KEK
        if path.exists() or (directory / NEXT_KEK).exists():
            return
        if any((directory / "keys").glob("*.key")):
            raise _missing(path)
        write_kek(path, secrets.token_bytes(KEK_OCTETS))
    except OSError as error:
        raise StoreRefused(sentence=f"The key folder {directory} cannot be written to: {error.strerror}.") from error


def read_kek(path: Path) -> bytes:
    """Return the key-encryption key in a file. Raises StoreRefused with what is wrong and what to do."""
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise _missing(path) from None
    except (OSError, UnicodeDecodeError):
        raise StoreRefused(sentence=f"The key-encryption key {path} cannot be read.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreRefused(
            sentence=f"The key-encryption key {path} can be read by others: run 'chmod 600 {path}', and consider "
            "every key under it as known."
        )
    try:
        value = bytes.fromhex(text)
    except ValueError:
        value = b""
    if len(value) != KEK_OCTETS:
        raise StoreRefused(sentence=f"The key-encryption key {path} must hold 64 hexadecimal characters.")
    return value


def write_kek(path: Path, kek: bytes) -> None:
    """Write a key-encryption key, whole or not at all; one that is there stays. May raise OSError."""
    draft = path.parent / f".kek.{secrets.token_hex(4)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(kek.hex())
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    sync(path.parent)


def _missing(path: Path) -> StoreRefused:
    sentence = (
        f"The key-encryption key {path} is missing: restore it from its backup, or from the custodians' shares with "
        "'paraphe trust keys join'."
    )
    return StoreRefused(sentence=sentence)


def _check_private(folder: Path) -> None:
    if not folder.is_dir():
        raise StoreRefused(sentence=f"The key folder {folder} is missing: restore it from its backup.")
    if folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreRefused(sentence=f"The key folder {folder} is open to others: run 'chmod 700 {folder}'.")


def _kek_id(kek: bytes) -> str:
    return sha256_hex(b"paraphe key-encryption key id|" + kek)[:16]


def _parse(blob: bytes) -> Sealed:
    try:
        (length,) = struct.unpack_from(">I", blob)
        header = blob[4 : 4 + length]
        fields = json.loads(header)
        if fields["version"] != 1:
            raise KeyBroken
        return Sealed(
            key_id=UUID(fields["id"]),
            purpose=str(fields["purpose"]),
            algorithm=str(fields["algorithm"]),
            public_key=base64.b64decode(fields["public_key"], validate=True),
            kek_id=str(fields["kek"]),
            header=header,
            body=blob[4 + length :],
        )
    except (struct.error, ValueError, KeyError, TypeError):
        raise KeyBroken from None


def sync(folder: Path) -> None:
    """Make sure that what was linked or renamed in ``folder`` is on the medium."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
