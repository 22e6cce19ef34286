"""Keys that are elsewhere, keys in memory, and the check of signature values."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

from paraphe.kernel.digests import sha256
from paraphe.pki.algorithms import HASHES, Form, default_for, form_of
from paraphe.pki.errors import SignatureInvalid, UnsupportedKey
from paraphe.pki.ports import SignatureAlgorithm

PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
SignDigest = Callable[[bytes], bytes]


def public_key_from_der(der: bytes) -> PublicKey:
    """Return the key of a SubjectPublicKeyInfo (RFC 5280 §4.1). Raises UnsupportedKey."""
    try:
        return checked_key(serialization.load_der_public_key(der))
    except (ValueError, UnsupportedAlgorithm):
        raise UnsupportedKey(reason="unreadable") from None


def checked_key(key: object) -> PublicKey:
    """Return ``key`` if it is one that this library accepts: P-256, P-384, or RSA of 2048 to 4096 bits."""
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in ("secp256r1", "secp384r1"):
        return key
    if isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 4096:
        return key
    raise UnsupportedKey(reason=type(key).__name__)


def algorithm_of(key: PublicKey) -> SignatureAlgorithm:
    """Return the algorithm with which a key of this kind signs certificates and tokens: always over SHA-256."""
    return "ecdsa-sha256" if isinstance(key, ec.EllipticCurvePublicKey) else "rsa-pkcs1-sha256"


def algorithm_of_certificate(certificate: x509.Certificate) -> SignatureAlgorithm:
    """Return the algorithm over SHA-256 for the key of a certificate: what a remote service signs for every key."""
    return algorithm_of(checked_key(certificate.public_key()))


def verify_signature(public_key: PublicKey, algorithm: SignatureAlgorithm, digest: bytes, signature: bytes) -> None:
    """Check ``signature`` over ``digest``, of the algorithm's own kind. Raises SignatureInvalid, else nothing."""
    form = form_of(algorithm)
    try:
        if isinstance(public_key, ec.EllipticCurvePublicKey) and form.family == "ecdsa":
            public_key.verify(signature, digest, ec.ECDSA(_prehashed(form)))
        elif isinstance(public_key, rsa.RSAPublicKey) and form.family != "ecdsa":
            public_key.verify(signature, digest, _padding(form), _prehashed(form))
        else:
            raise SignatureInvalid(reason="algorithm and key do not fit")
    except (InvalidSignature, ValueError):
        raise SignatureInvalid(reason="value") from None


def sign_digest(private_key: PrivateKey, algorithm: SignatureAlgorithm, digest: bytes) -> bytes:
    """Sign ``digest``, of the algorithm's own kind, with a key in memory. Raises UnsupportedKey."""
    form = form_of(algorithm)
    if isinstance(private_key, ec.EllipticCurvePrivateKey) and form.family == "ecdsa":
        return private_key.sign(digest, ec.ECDSA(_prehashed(form)))
    if isinstance(private_key, rsa.RSAPrivateKey) and form.family != "ecdsa":
        return private_key.sign(digest, _padding(form), _prehashed(form))
    raise UnsupportedKey(reason="algorithm and key do not fit")


@dataclass(frozen=True)
class SoftwareSigner:
    """A HashSigner with its key in memory: for tests and for files of the PKCS#12 kind."""

    private_key: PrivateKey
    certificate: x509.Certificate
    chain: Sequence[x509.Certificate]
    chosen: SignatureAlgorithm | None = None
    """Another algorithm than the usual one of such a key."""

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """Return the algorithm of every signature made here."""
        return self.chosen or default_for(checked_key(self.private_key.public_key()))

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return one signature value per digest, in order."""
        return [sign_digest(self.private_key, self.algorithm, digest) for digest in digests]


def delegated_key(public_key: PublicKey, sign: SignDigest) -> PrivateKey:
    """Return a private key that is elsewhere, for the builders of ``cryptography``.

    ``sign`` gets the SHA-256 digest of what the builder wants signed and returns the signature value. A builder that
    wants another digest or another padding gets UnsupportedKey, not a signature of another kind.
    """
    if isinstance(public_key, ec.EllipticCurvePublicKey):
        return DelegatedEcKey(public_key, sign)
    return DelegatedRsaKey(public_key, sign)


class _Elsewhere:
    """What a key that is elsewhere cannot do."""

    def _not_here(self) -> NoReturn:
        raise UnsupportedKey(reason="the private key is not in this process")

    def private_numbers(self) -> NoReturn:
        """Refuse: there are no numbers here."""
        self._not_here()

    def private_bytes(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: there are no bytes here."""
        self._not_here()

    def exchange(self, *_: Any) -> NoReturn:
        """Refuse: the key signs only."""
        self._not_here()

    def decrypt(self, *_: Any) -> NoReturn:
        """Refuse: the key signs only."""
        self._not_here()

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Any:
        return copy.copy(self)


class DelegatedEcKey(_Elsewhere, ec.EllipticCurvePrivateKey):
    """An elliptic-curve key that signs elsewhere."""

    def __init__(self, public_key: ec.EllipticCurvePublicKey, sign: SignDigest) -> None:
        self._public_key = public_key
        self._sign = sign

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the public key."""
        return self._public_key

    @property
    def curve(self) -> ec.EllipticCurve:
        """Return the curve."""
        return self._public_key.curve

    @property
    def key_size(self) -> int:
        """Return the size of the curve in bits."""
        return self._public_key.key_size

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        """Have ``data`` signed elsewhere. Raises UnsupportedKey for anything but ECDSA with SHA-256."""
        if not isinstance(signature_algorithm, ec.ECDSA) or not _is_sha256(signature_algorithm.algorithm):
            raise UnsupportedKey(reason="only ECDSA with SHA-256")
        return self._sign(sha256(bytes(data)))


class DelegatedRsaKey(_Elsewhere, rsa.RSAPrivateKey):
    """An RSA key that signs elsewhere, PKCS#1 v1.5."""

    def __init__(self, public_key: rsa.RSAPublicKey, sign: SignDigest) -> None:
        self._public_key = public_key
        self._sign = sign

    def public_key(self) -> rsa.RSAPublicKey:
        """Return the public key."""
        return self._public_key

    @property
    def key_size(self) -> int:
        """Return the size of the modulus in bits."""
        return self._public_key.key_size

    def sign(self, data: Any, padding: Any, algorithm: Any) -> bytes:
        """Have ``data`` signed elsewhere. Raises UnsupportedKey for anything but PKCS#1 v1.5 with SHA-256."""
        if not isinstance(padding, PKCS1v15) or not _is_sha256(algorithm):
            raise UnsupportedKey(reason="only PKCS#1 v1.5 with SHA-256")
        return self._sign(sha256(bytes(data)))


def _is_sha256(algorithm: object) -> bool:
    return isinstance(algorithm, hashes.SHA256)


def _prehashed(form: Form) -> utils.Prehashed:
    return utils.Prehashed(HASHES[form.digest]())


def _padding(form: Form) -> padding.AsymmetricPadding:
    if form.family == "rsa-pss":
        return padding.PSS(padding.MGF1(HASHES[form.digest]()), padding.PSS.DIGEST_LENGTH)
    return padding.PKCS1v15()
