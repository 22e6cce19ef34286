"""The PKCS#11 store: keys made inside a token that never shows them.

The library asks for no locking of its own: one lock stands round every call, in a process that serves requests one
after the other anyway. One logged-in session is kept and opened anew when the token was away; while it is, callers are
told to ask again. A key is found by its identifier (CKA_ID), its purpose and algorithm stand in its label.
"""

import contextlib
import stat
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from paraphe.pki.keys import checked_key
from paraphe.trust.vault import keys
from paraphe.trust.vault.errors import KeyUnknown, PurposeRefused, RequestRefused, StoreRefused, VaultUnavailable

#: RFC 8017 §9.2 note 1: DigestInfo of SHA-256 without the digest.
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
_CURVES = {"P-256": "secp256r1", "P-384": "secp384r1"}
_lock = threading.Lock()


@dataclass(frozen=True)
class TokenSettings:
    """Where the token is: library, label, file with its PIN."""

    module: Path
    token: str
    pin_file: Path


class TokenStore:
    """The keys of one token. Same verbs as the sealed store."""

    def __init__(self, settings: TokenSettings) -> None:
        """Open the token. Raises StoreRefused, with a sentence, when a setting is wrong or the token is not there."""
        self._settings = settings
        self._pin = _read_pin(settings.pin_file)
        self._library = _library(settings)
        self._session: Any = None
        self._found: dict[UUID, Any] = {}
        with _lock:
            self._opened(first=True)

    def generate(self, key_id: UUID, algorithm: str, purpose: str) -> bytes:
        """Make the key ``key_id`` inside the token unless it is there; return the DER of SubjectPublicKeyInfo.

        Raises PurposeRefused when it is there for another use, RequestRefused for unknown words, VaultUnavailable.
        """
        if purpose not in keys.PURPOSES or algorithm not in keys.KEY_ALGORITHMS:
            raise RequestRefused(reason="purpose_or_algorithm")
        with self._using():
            with contextlib.suppress(KeyUnknown):
                if _label_of(self._key(key_id)) != _label(purpose, algorithm):
                    raise PurposeRefused(reason="exists_for_another_use")
                return self._public(key_id)
            self._make(key_id, algorithm, _label(purpose, algorithm))
            return self._public(key_id)

    def sign(self, key_id: UUID, purpose: str, digests: Sequence[bytes], algorithm: str) -> list[bytes]:
        """Return one signature value per SHA-256 digest. Raises as the sealed store does, and VaultUnavailable."""
        with self._using():
            key = self._key(key_id)
            found_purpose, _slash, found_algorithm = _label_of(key).partition("/")
            if found_purpose != purpose:
                raise PurposeRefused(reason="purpose")
            keys.check_use(found_algorithm, algorithm, list(digests))
            return [_signed(key, algorithm, digest) for digest in digests]

    def destroy(self, key_id: UUID) -> None:
        """Destroy both halves of the key in the token; one that is not there is destroyed already."""
        import pkcs11

        with self._using():
            self._found.pop(key_id, None)
            for half in list(self._session.get_objects({pkcs11.Attribute.ID: key_id.bytes})):
                half.destroy()

    @contextlib.contextmanager
    def _using(self) -> Iterator[None]:
        """Hold the lock and a session; whatever the token refuses, the next call opens it anew."""
        import pkcs11

        with _lock:
            try:
                self._opened()
                yield
            except pkcs11.PKCS11Error as error:
                self._drop()
                raise VaultUnavailable(reason=type(error).__name__) from None

    def _opened(self, *, first: bool = False) -> None:
        import pkcs11

        if self._session is not None:
            return
        try:
            if not first:
                self._library.reinitialize()
            token = self._library.get_token(token_label=self._settings.token)
            self._session = token.open(rw=True, user_pin=self._pin)
        except pkcs11.PKCS11Error as error:
            if first:
                raise StoreRefused(sentence=_why(error, self._settings)) from None
            raise

    def _drop(self) -> None:
        import pkcs11

        with contextlib.suppress(pkcs11.PKCS11Error):
            if self._session is not None:
                self._session.close()
        self._session = None
        self._found.clear()

    def _key(self, key_id: UUID) -> Any:
        import pkcs11

        if key_id not in self._found:
            wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.ID: key_id.bytes}
            found = list(self._session.get_objects(wanted))
            if len(found) != 1:
                raise KeyUnknown(key=str(key_id))
            self._found[key_id] = found[0]
        return self._found[key_id]

    def _public(self, key_id: UUID) -> bytes:
        import pkcs11
        from pkcs11.util.ec import encode_ec_public_key
        from pkcs11.util.rsa import encode_rsa_public_key

        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.Attribute.ID: key_id.bytes}
        [half] = self._session.get_objects(wanted)
        der = encode_ec_public_key(half) if half.key_type is pkcs11.KeyType.EC else encode_rsa_public_key(half)
        public = checked_key(load_der_public_key(der))
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def _make(self, key_id: UUID, algorithm: str, label: str) -> None:
        import pkcs11
        from pkcs11.util.ec import encode_named_curve_parameters

        hidden = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False}
        named = {"id": key_id.bytes, "label": label, "store": True, "private_template": hidden}
        if algorithm in keys.MODULI:
            self._session.generate_keypair(pkcs11.KeyType.RSA, keys.MODULI[algorithm], **named)
            return
        curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(_CURVES[algorithm])}
        self._session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True).generate_keypair(**named)


def _signed(key: Any, algorithm: str, digest: bytes) -> bytes:
    import pkcs11

    if algorithm == "ecdsa-sha256":
        raw: bytes = key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
    if algorithm == "rsa-pss-sha256":
        parameters = (pkcs11.Mechanism.SHA256, pkcs11.MGF.SHA256, len(digest))
        pss: bytes = key.sign(digest, mechanism=pkcs11.Mechanism.RSA_PKCS_PSS, mechanism_param=parameters)
        return pss
    value: bytes = key.sign(SHA256_INFO + digest, mechanism=pkcs11.Mechanism.RSA_PKCS)
    return value


def _label(purpose: str, algorithm: str) -> str:
    return f"{purpose}/{algorithm}"


def _label_of(key: Any) -> str:
    return str(key.label)


def _library(settings: TokenSettings) -> Any:
    try:
        import pkcs11
    except ImportError:
        sentence = (
            "PARAPHE_KEY_STORE is pkcs11, and the library for tokens is not installed: pip install 'paraphe[hsm]'."
        )
        raise StoreRefused(sentence=sentence) from None
    if not settings.module.is_file():
        raise StoreRefused(sentence=f"PARAPHE_PKCS11_MODULE: there is no library {settings.module}.")
    try:
        return pkcs11.lib(str(settings.module))
    except (RuntimeError, OSError, pkcs11.PKCS11Error):
        sentence = f"PARAPHE_PKCS11_MODULE: {settings.module} is not a PKCS#11 library."
        raise StoreRefused(sentence=sentence) from None


def _read_pin(path: Path) -> str:
    try:
        mode, pin = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise StoreRefused(sentence=f"PARAPHE_PKCS11_PIN_FILE: {path} cannot be read.") from None
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise StoreRefused(sentence=f"PARAPHE_PKCS11_PIN_FILE: {path} can be read by others: run 'chmod 600 {path}'.")
    if not pin:
        raise StoreRefused(sentence=f"PARAPHE_PKCS11_PIN_FILE: {path} is empty.")
    return pin


def _why(error: Exception, settings: TokenSettings) -> str:
    import pkcs11

    if isinstance(error, pkcs11.NoSuchToken):
        return f"PARAPHE_PKCS11_TOKEN: there is no token labelled {settings.token!r}."
    if isinstance(error, pkcs11.PinIncorrect | pkcs11.PinLenRange | pkcs11.PinInvalid):
        return f"The PIN in {settings.pin_file} is not that of token {settings.token!r}; it is not tried again."
    if isinstance(error, pkcs11.PinLocked):
        return f"The PIN of token {settings.token!r} is locked: unlock it with the security officer's PIN."
    return f"Token {settings.token!r} cannot be opened ({type(error).__name__})."
