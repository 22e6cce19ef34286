"""Kinds of keys, what each may be used for, and the arithmetic of a signature over a digest."""

from typing import Literal, get_args

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from paraphe.pki.ports import SignatureAlgorithm
from paraphe.trust.vault.errors import KeyBroken, PurposeRefused, RequestRefused

KeyAlgorithm = Literal["P-256", "P-384", "RSA-3072", "RSA-4096"]
Purpose = Literal["root-ca", "natural-ca", "legal-ca", "ocsp", "tsa", "holder", "seal"]
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

KEY_ALGORITHMS: tuple[str, ...] = get_args(KeyAlgorithm)
PURPOSES: tuple[str, ...] = get_args(Purpose)
MAX_DIGESTS = 1000
CURVES: dict[str, type[ec.EllipticCurve]] = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1}
MODULI = {"RSA-3072": 3072, "RSA-4096": 4096}

_FITS: dict[str, tuple[SignatureAlgorithm, ...]] = {
    "P-256": ("ecdsa-sha256",),
    "P-384": ("ecdsa-sha256",),
    "RSA-3072": ("rsa-pss-sha256", "rsa-pkcs1-sha256"),
    "RSA-4096": ("rsa-pss-sha256", "rsa-pkcs1-sha256"),
}
_SHA256 = utils.Prehashed(hashes.SHA256())


def generate(algorithm: str) -> PrivateKey:
    """Return a new private key. Raises RequestRefused for an algorithm that is not in KEY_ALGORITHMS."""
    if algorithm in CURVES:
        return ec.generate_private_key(CURVES[algorithm]())
    if algorithm in MODULI:
        return rsa.generate_private_key(public_exponent=65537, key_size=MODULI[algorithm])
    raise RequestRefused(reason="algorithm")


def check_use(key_algorithm: str, signature_algorithm: str, digests: list[bytes]) -> None:
    """Check that a key can sign these digests. Raises PurposeRefused or RequestRefused."""
    if signature_algorithm not in _FITS[key_algorithm]:
        raise PurposeRefused(reason="algorithm")
    if not 1 <= len(digests) <= MAX_DIGESTS or any(len(digest) != 32 for digest in digests):
        raise RequestRefused(reason="digests")


def sign(key: PrivateKey, algorithm: str, digest: bytes) -> bytes:
    """Return the signature value over the SHA-256 ``digest`` (ECDSA: DER of r and s, RFC 3279 §2.2.3)."""
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(digest, ec.ECDSA(_SHA256))
    return key.sign(digest, _padding(algorithm), _SHA256)


def verifies(key: PrivateKey, algorithm: str, digest: bytes, signature: bytes) -> bool:
    """Tell whether ``signature`` is one that this key makes: a fault in the arithmetic must not leave the signer."""
    public = key.public_key()
    try:
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, digest, ec.ECDSA(_SHA256))
        else:
            public.verify(signature, digest, _padding(algorithm), _SHA256)
    except InvalidSignature:
        return False
    return True


def to_der(key: PrivateKey) -> bytes:
    """Return the PKCS#8 form, in clear: only to be sealed at once."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def from_der(data: bytes) -> PrivateKey:
    """Return the key of a PKCS#8 form that came out of its seal.

    The consistency check of RSA keys (170 ms) is skipped: AES-GCM has just proved that we wrote these bytes.
    """
    key = load_der_private_key(data, None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise KeyBroken
    return key


def spki(key: PrivateKey) -> bytes:
    """Return the DER of SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _padding(algorithm: str) -> padding.AsymmetricPadding:
    if algorithm == "rsa-pss-sha256":
        return padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    return padding.PKCS1v15()
