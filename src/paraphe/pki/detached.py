"""Detached CMS signatures made elsewhere: read with care, and checked before they go into a document (RFC 5652)."""

import hashlib
from dataclasses import dataclass
from typing import cast, get_args

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509

from paraphe.kernel.digests import sha256
from paraphe.pki.algorithms import digest_of
from paraphe.pki.errors import SignatureInvalid, TimestampInvalid
from paraphe.pki.keys import checked_key, verify_signature
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.pki.tsp import token_info

_FAMILIES = {"ecdsa": "ecdsa", "rsassa_pss": "rsa-pss", "rsassa_pkcs1v15": "rsa-pkcs1"}
_SIGNED = {"content_type", "message_digest", "signing_certificate_v2"}
_SIGNING_TIME = "signing_time"


@dataclass(frozen=True)
class Detached:
    """A signature as it came: DER of the signer's certificate and then of the others in it, and its timestamp."""

    certificates: tuple[bytes, ...]
    token: bytes | None
    """RFC 3161 token over the signature value (ETSI EN 319 122-1 §5.3); None when there is none."""

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate of the signer."""
        return x509.load_der_x509_certificate(self.certificates[0])


def read_detached(der: bytes, digest: bytes) -> Detached:
    """Read a detached signature over content of SHA-256 ``digest``, as PAdES wants it (ETSI EN 319 142-1 §6.3).

    One signer, who names his certificate by its digest; the signature value is checked with its key, the timestamp
    with its digest. Whether the certificate is trusted is another question. Raises SignatureInvalid.
    """
    try:
        return _read(der, digest)
    except SignatureInvalid:
        raise
    except TimestampInvalid as error:
        raise SignatureInvalid(reason="timestamp") from error
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes from outside, the answer is the same
        raise SignatureInvalid(reason="unreadable") from None


def _read(der: bytes, digest: bytes) -> Detached:
    info = cms.ContentInfo.load(der, strict=True)
    signed = info["content"]
    if info["content_type"].native != "signed_data" or signed["encap_content_info"]["content"].native is not None:
        raise SignatureInvalid(reason="not a detached signature")
    [signer] = signed["signer_infos"]
    attributes = {one["type"].native: one["values"] for one in signer["signed_attrs"]}
    if len(attributes) != len(signer["signed_attrs"]) or set(attributes) != _SIGNED:
        # ETSI EN 319 142-1 §6.3: the time is that of the signature dictionary.
        raise SignatureInvalid(reason="attributes")
    if attributes["content_type"].native != ["data"] or attributes["message_digest"].native != [digest]:
        raise SignatureInvalid(reason="about something else")
    ders = [one.chosen.dump() for one in signed["certificates"]]
    own = _own(signer, attributes, ders)
    algorithm = _algorithm(signer)
    attributes_digest = hashlib.new(digest_of(algorithm), signer["signed_attrs"].untag().dump()).digest()
    key = checked_key(x509.load_der_x509_certificate(own).public_key())
    verify_signature(key, algorithm, attributes_digest, signer["signature"].native)
    return Detached((own, *(one for one in ders if one != own)), _token(signer))


def _own(signer: cms.SignerInfo, attributes: dict[str, cms.CMSAttribute], ders: list[bytes]) -> bytes:
    """Return the certificate that the signer names (RFC 5652 §5.3), the same that his signature binds (RFC 5035)."""
    reference = attributes["signing_certificate_v2"][0]["certs"][0]
    if reference["hash_algorithm"]["algorithm"].native != "sha256":
        raise SignatureInvalid(reason="algorithm")
    sid = signer["sid"].chosen
    for der in ders:
        parsed = asn1_x509.Certificate.load(der)
        named = (parsed.serial_number, parsed.issuer) == (sid["serial_number"].native, sid["issuer"])
        if named and reference["cert_hash"].native == sha256(der):
            return der
    raise SignatureInvalid(reason="certificate")


def _algorithm(signer: cms.SignerInfo) -> SignatureAlgorithm:
    digest = signer["digest_algorithm"]["algorithm"].native
    found = f"{_FAMILIES.get(signer['signature_algorithm'].signature_algo)}-{digest}"
    if digest != "sha256" or found not in get_args(SignatureAlgorithm):
        raise SignatureInvalid(reason="algorithm")
    return cast(SignatureAlgorithm, found)


def _token(signer: cms.SignerInfo) -> bytes | None:
    for one in signer["unsigned_attrs"] or []:
        if one["type"].native == "signature_time_stamp_token":
            [value] = one["values"]
            token: bytes = value.dump()
            info = token_info(token)
            if (info.hash_algorithm, info.digest) != ("sha256", sha256(signer["signature"].native)):
                raise SignatureInvalid(reason="timestamp")
            return token
    return None
