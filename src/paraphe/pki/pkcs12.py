"""A key with its certificates in one file: PKCS#12 (RFC 7292)."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from paraphe.pki.algorithms import default_for
from paraphe.pki.errors import Pkcs12Password, Pkcs12Unusable
from paraphe.pki.keys import SoftwareSigner, checked_key

MAX_BYTES = 1_000_000


def load(data: bytes, password: str | None = None, *, pss: bool = False) -> SoftwareSigner:
    """Return the signer in the file ``data``; ``pss``: an RSA key signs by RSASSA-PSS.

    A password for a file that has none is no error. Whether the certificate is in force is not looked at here. Raises
    Pkcs12Password, Pkcs12Unusable, UnsupportedKey.
    """
    if len(data) > MAX_BYTES:
        raise Pkcs12Unusable(reason="too large")
    key, certificate, others = _opened(data, password)
    if key is None or certificate is None:
        raise Pkcs12Unusable(reason="no key" if key is None else "no certificate")
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise Pkcs12Unusable(reason="kind of key")
    public = checked_key(key.public_key())
    return SoftwareSigner(key, certificate, chain_of(certificate, others), default_for(public, pss=pss))


def _opened(data: bytes, password: str | None) -> tuple[object, x509.Certificate | None, list[x509.Certificate]]:
    """Try the password that was given, then none, then the empty one: programs disagree on what "none" is."""
    given = [password.encode()] if password else []
    for candidate in (*given, None, b""):
        try:
            key, certificate, others = pkcs12.load_key_and_certificates(data, candidate)
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            if "password" not in str(error).lower():
                raise Pkcs12Unusable(reason="unreadable") from None
        else:
            return key, certificate, others
    raise Pkcs12Password(given=bool(password))


def chain_of(certificate: x509.Certificate, others: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Return the issuers among ``others``, nearest first, whatever their order in the file."""
    chain: list[x509.Certificate] = []
    present = certificate
    while present.issuer != present.subject:
        above = next((one for one in others if one not in chain and _issued(present, one)), None)
        if above is None:
            break
        chain.append(above)
        present = above
    return chain


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    if certificate.issuer != issuer.subject:
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 - not the issuer, for whatever reason
        return False
    return True
