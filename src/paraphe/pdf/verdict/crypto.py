"""Checking one signature value by the algorithm that stands beside it (RFC 4055, RFC 5754, RFC 5758, RFC 8419)."""

from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from paraphe.pdf.verdict.message import Misshapen, digest_name_of
from paraphe.pdf.verdict.slices import Node

HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303 - read in old files, and judged weak
    "sha1": hashes.SHA1(),  # noqa: S303
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
RSA_ENCRYPTION, RSA_PSS, EC_KEY = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.2.1"
WITH_HASH = {
    "1.2.840.113549.1.1.4": ("rsa", "md5"),
    "1.2.840.113549.1.1.5": ("rsa", "sha1"),
    "1.3.14.3.2.29": ("rsa", "sha1"),
    "1.2.840.113549.1.1.14": ("rsa", "sha224"),
    "1.2.840.113549.1.1.11": ("rsa", "sha256"),
    "1.2.840.113549.1.1.12": ("rsa", "sha384"),
    "1.2.840.113549.1.1.13": ("rsa", "sha512"),
    "2.16.840.1.101.3.4.3.14": ("rsa", "sha3_256"),
    "2.16.840.1.101.3.4.3.15": ("rsa", "sha3_384"),
    "2.16.840.1.101.3.4.3.16": ("rsa", "sha3_512"),
    "1.2.840.10045.4.1": ("ecdsa", "sha1"),
    "1.2.840.10045.4.3.1": ("ecdsa", "sha224"),
    "1.2.840.10045.4.3.2": ("ecdsa", "sha256"),
    "1.2.840.10045.4.3.3": ("ecdsa", "sha384"),
    "1.2.840.10045.4.3.4": ("ecdsa", "sha512"),
}
EDWARDS = {"1.3.101.112": "ed25519", "1.3.101.113": "ed448"}
MGF1 = "1.2.840.113549.1.1.8"


@dataclass(frozen=True)
class Algorithm:
    """How a value was made: family (``rsa``, ``rsa-pss``, ``ecdsa``, ``ed25519``, ``ed448``), digest, salt octets."""

    family: str
    digest_name: str
    salt: int = 0

    def name(self, key: PublicKeyTypes) -> str:
        """Return it as people in the field write it, with the size of ``key``."""
        family = "rsa-pkcs1" if self.family == "rsa" else self.family
        hashed = "" if self.family in EDWARDS.values() else f"-{self.digest_name.replace('_', '-')}"
        return f"{family}{hashed} {key_name(key)}".strip()


def key_name(key: PublicKeyTypes) -> str:
    """Return the curve, or the bits of an RSA modulus."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521"}.get(key.curve.name, key.curve.name)
    return str(key.key_size) if isinstance(key, rsa.RSAPublicKey) else ""


def algorithm_of(node: Node, digest_name: str) -> Algorithm:
    """Return the algorithm of an AlgorithmIdentifier beside the signer's ``digest_name``.

    Raises Misshapen: ``mixed_algorithms`` where the two name different digests, ``unsupported_algorithm``.
    """
    parts = node.expect(0x30).children()
    dotted = parts[0].oid()
    if dotted in (RSA_ENCRYPTION, EC_KEY):
        return Algorithm("rsa" if dotted == RSA_ENCRYPTION else "ecdsa", digest_name)
    if dotted in EDWARDS:
        return Algorithm(EDWARDS[dotted], digest_name)
    if dotted == RSA_PSS:
        found = _pss(parts[1] if len(parts) > 1 else None)
    elif dotted in WITH_HASH:
        found = Algorithm(*WITH_HASH[dotted])
    else:
        raise Misshapen("unsupported_algorithm")
    if found.digest_name != digest_name:
        raise Misshapen("mixed_algorithms")
    return found


def digest_of(node: Node) -> str:
    """Return the digest that an AlgorithmIdentifier names by itself, as X.509, CRLs and OCSP answers have it."""
    parts = node.expect(0x30).children()
    dotted = parts[0].oid()
    if dotted == RSA_PSS:
        return _pss(parts[1] if len(parts) > 1 else None).digest_name
    return WITH_HASH[dotted][1] if dotted in WITH_HASH else "sha512"


def _pss(parameters: Node | None) -> Algorithm:
    """Return RSASSA-PSS with its parameters (RFC 4055 §3.1): SHA-1 and 20 octets of salt where nothing is said."""
    digest_name, masked, salt = "sha1", "sha1", 20
    for one in parameters.expect(0x30).children() if parameters else []:
        if one.tag == 0xA0:
            digest_name = digest_name_of(one.only())
        elif one.tag == 0xA1:
            inside = one.only().expect(0x30).children()
            if inside[0].oid() != MGF1 or len(inside) != 2:
                raise Misshapen("unsupported_algorithm")
            masked = digest_name_of(inside[1])
        elif one.tag == 0xA2:
            salt = one.only().integer()
        elif one.tag != 0xA3 or one.only().integer() != 1:
            raise Misshapen("unsupported_algorithm")
    if masked != digest_name or not 0 <= salt <= 512:
        raise Misshapen("mixed_algorithms" if masked != digest_name else "unsupported_algorithm")
    return Algorithm("rsa-pss", digest_name, salt)


def verify(key: PublicKeyTypes, algorithm: Algorithm, signature: bytes, message: bytes) -> bool:
    """Tell whether ``signature`` is over ``message`` by ``key``. Raises Misshapen(``unsupported_algorithm``)."""
    return _checked(key, algorithm, signature, message, prehashed=False)


def verify_digest(key: PublicKeyTypes, algorithm: Algorithm, signature: bytes, digest: bytes) -> bool:
    """Tell whether ``signature`` is over a message of this ``digest``. Raises Misshapen(``unsupported_algorithm``)."""
    return _checked(key, algorithm, signature, digest, prehashed=True)


def _checked(key: PublicKeyTypes, algorithm: Algorithm, signature: bytes, data: bytes, *, prehashed: bool) -> bool:
    known = HASHES.get(algorithm.digest_name)
    if known is None:
        raise Misshapen("unsupported_algorithm")
    # The length of a digest is part of it: the library would raise for another one.
    if prehashed and len(data) != known.digest_size:
        return False
    hashed = Prehashed(known) if prehashed else known
    try:
        if isinstance(key, rsa.RSAPublicKey) and algorithm.family == "rsa":
            key.verify(signature, data, padding.PKCS1v15(), hashed)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm.family == "rsa-pss":
            key.verify(signature, data, padding.PSS(padding.MGF1(known), algorithm.salt), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and algorithm.family == "ecdsa":
            key.verify(signature, data, ec.ECDSA(hashed))
        elif isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey) and not prehashed:
            key.verify(signature, data)
        elif algorithm.family in EDWARDS.values():
            raise Misshapen("unsupported_algorithm")
        else:
            # A key of another kind than the algorithm: no such signature can exist.
            return False
    except InvalidSignature:
        return False
    except (UnsupportedAlgorithm, ValueError, TypeError):
        raise Misshapen("unsupported_algorithm") from None
    return True
