"""The signature algorithms that are made here: their digest, their identifier, the keys that they go with."""

from dataclasses import dataclass
from typing import Literal, get_args

from asn1crypto import algos
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from paraphe.pki.errors import UnsupportedKey
from paraphe.pki.ports import SignatureAlgorithm

DigestName = Literal["sha256", "sha384", "sha512"]
HASHES: dict[DigestName, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_NAMES = frozenset(get_args(SignatureAlgorithm))


@dataclass(frozen=True)
class Form:
    """An algorithm taken apart: ``ecdsa``, ``rsa-pss`` or ``rsa-pkcs1``, and its digest."""

    family: Literal["ecdsa", "rsa-pss", "rsa-pkcs1"]
    digest: DigestName


def form_of(algorithm: SignatureAlgorithm) -> Form:
    """Return the parts of ``algorithm``. Raises UnsupportedKey for a name that is none of ours."""
    if algorithm not in _NAMES:
        raise UnsupportedKey(reason="algorithm", algorithm=str(algorithm))
    family, _, digest = algorithm.rpartition("-")
    return Form(family, digest)  # type: ignore[arg-type] # the names are made of these parts


def digest_of(algorithm: SignatureAlgorithm) -> DigestName:
    """Return the digest that ``algorithm`` signs."""
    return form_of(algorithm).digest


def default_for(key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey, *, pss: bool = False) -> SignatureAlgorithm:
    """Return the algorithm with which a key signs: a digest as long as the curve (RFC 5480 §4), PKCS#1 v1.5."""
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ecdsa-sha384" if key.key_size == 384 else "ecdsa-sha256"
    return "rsa-pss-sha256" if pss else "rsa-pkcs1-sha256"


def signature_algorithm_der(algorithm: SignatureAlgorithm) -> bytes:
    """Return the DER of the AlgorithmIdentifier (RFC 5758 §3.2, RFC 8017 §A.2, RFC 4055 §3.1)."""
    form = form_of(algorithm)
    if form.family == "ecdsa":
        identifier = algos.SignedDigestAlgorithm({"algorithm": f"{form.digest}_ecdsa"})
    elif form.family == "rsa-pkcs1":
        identifier = algos.SignedDigestAlgorithm({"algorithm": f"{form.digest}_rsa"})
    else:
        parameters = {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": form.digest}),
            "mask_gen_algorithm": algos.MaskGenAlgorithm(
                {"algorithm": "mgf1", "parameters": algos.DigestAlgorithm({"algorithm": form.digest})}
            ),
            "salt_length": HASHES[form.digest].digest_size,
        }
        identifier = algos.SignedDigestAlgorithm(
            {"algorithm": "rsassa_pss", "parameters": algos.RSASSAPSSParams(parameters)}
        )
    der: bytes = identifier.dump()
    return der


def digest_algorithm_der(digest: DigestName) -> bytes:
    """Return the DER of the AlgorithmIdentifier of a digest, without parameters (RFC 5754 §2)."""
    identifier = algos.DigestAlgorithm({"algorithm": digest})
    der: bytes = identifier.dump()
    return der
