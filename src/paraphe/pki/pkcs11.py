"""A key in a PKCS#11 token: it never leaves the token, which signs digests.

The library below asks for no locking of its own when it starts: calls from two threads at once break its session. One
lock for the process stands round every call. A session is for one process: after a fork the child opens its own.
"""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from paraphe.pki.algorithms import default_for, form_of
from paraphe.pki.errors import Pkcs11Missing, TokenUnavailable
from paraphe.pki.keys import PublicKey, checked_key
from paraphe.pki.pkcs12 import chain_of
from paraphe.pki.ports import SignatureAlgorithm

_lock = threading.Lock()

# RFC 8017 §9.2 note 1: DigestInfo without the digest, for tokens that sign what they are given.
_DIGEST_INFO = {
    "sha256": bytes.fromhex("3031300d060960864801650304020105000420"),
    "sha384": bytes.fromhex("3041300d060960864801650304020205000430"),
    "sha512": bytes.fromhex("3051300d060960864801650304020305000440"),
}


class Pkcs11Signer:
    """A HashSigner whose key is in a token."""

    def __init__(
        self, session: Any, key: Any, certificate: x509.Certificate, chain: Sequence[x509.Certificate], *, pss: bool
    ) -> None:
        self._session, self._key = session, key
        self._certificate, self._chain = certificate, tuple(chain)
        self._public = checked_key(certificate.public_key())
        self._algorithm = default_for(self._public, pss=pss)

    @property
    def certificate(self) -> x509.Certificate:
        """Return the certificate of the key."""
        return self._certificate

    @property
    def chain(self) -> Sequence[x509.Certificate]:
        """Return the issuers of the certificate that are in the token, nearest first."""
        return self._chain

    @property
    def algorithm(self) -> SignatureAlgorithm:
        """Return the algorithm of every signature made here."""
        return self._algorithm

    def sign_digests(self, digests: Sequence[bytes]) -> list[bytes]:
        """Return one signature value per digest, in order. Raises TokenUnavailable when the token has gone."""
        import pkcs11

        try:
            with _lock:
                return [self._sign(digest) for digest in digests]
        except pkcs11.PKCS11Error as error:
            raise TokenUnavailable(reason=type(error).__name__) from error

    def close(self) -> None:
        """End the session. The signer is of no use afterwards."""
        with _lock:
            self._session.close()

    def _sign(self, digest: bytes) -> bytes:
        import pkcs11

        form = form_of(self._algorithm)
        if form.family == "ecdsa":
            raw = self._key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
            half = len(raw) // 2
            return encode_dss_signature(int.from_bytes(raw[:half], "big"), int.from_bytes(raw[half:], "big"))
        if form.family == "rsa-pss":
            name = form.digest.upper()
            mechanism, mask = getattr(pkcs11.Mechanism, name), getattr(pkcs11.MGF, name)
            parameters = (mechanism, mask, len(digest))
            found: bytes = self._key.sign(digest, mechanism=pkcs11.Mechanism.RSA_PKCS_PSS, mechanism_param=parameters)
            return found
        value: bytes = self._key.sign(_DIGEST_INFO[form.digest] + digest, mechanism=pkcs11.Mechanism.RSA_PKCS)
        return value


def open_token(
    module: str,
    token: str,
    pin: str,
    label: str | None = None,
    *,
    certificates: Sequence[x509.Certificate] = (),
    pss: bool = False,
) -> Pkcs11Signer:
    """Return the signer in the token called ``token``; ``label``: of the key, where there are several.

    ``certificates``: the key's own and its issuers', where the token does not hold them. Raises Pkcs11Missing when the
    library for tokens is not installed, TokenUnavailable with the reason for everything that is not as it must be.
    """
    try:
        import pkcs11
    except ImportError:
        raise Pkcs11Missing() from None
    if not Path(module).is_file():
        raise TokenUnavailable(reason="module")
    try:
        with _lock:
            session = pkcs11.lib(module).get_token(token_label=token).open(user_pin=pin)
            try:
                return _signer(session, label, certificates, pss=pss)
            except BaseException:
                session.close()
                raise
    except pkcs11.PKCS11Error as error:
        raise TokenUnavailable(reason=_reason(error)) from error
    except (RuntimeError, OSError) as error:
        raise TokenUnavailable(reason="module") from error


def _reason(error: Exception) -> str:
    import pkcs11

    reasons: dict[type[Exception], str] = {
        pkcs11.NoSuchToken: "token",
        pkcs11.MultipleTokensReturned: "several tokens",
        pkcs11.PinIncorrect: "pin",
        pkcs11.PinLenRange: "pin",
        pkcs11.PinLocked: "pin locked",
        pkcs11.NoSuchKey: "key",
        pkcs11.MultipleObjectsReturned: "several keys",
    }
    return next((reason for kind, reason in reasons.items() if isinstance(error, kind)), type(error).__name__)


def _signer(session: Any, label: str | None, given: Sequence[x509.Certificate], *, pss: bool) -> Pkcs11Signer:
    import pkcs11

    wanted: dict[Any, Any] = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}
    if label is not None:
        wanted[pkcs11.Attribute.LABEL] = label
    keys = list(session.get_objects(wanted))
    if len(keys) != 1:
        raise TokenUnavailable(reason="several keys" if keys else "key")
    (key,) = keys
    known = [*given, *_certificates(session)]
    certificate = next((one for one in known if _belongs(session, key, one)), None)
    if certificate is None:
        raise TokenUnavailable(reason="certificate")
    return Pkcs11Signer(session, key, certificate, chain_of(certificate, known), pss=pss)


def _certificates(session: Any) -> list[x509.Certificate]:
    import pkcs11

    found = []
    for one in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
        try:
            found.append(x509.load_der_x509_certificate(one[pkcs11.Attribute.VALUE]))
        except ValueError:
            continue
    return found


def _belongs(session: Any, key: Any, certificate: x509.Certificate) -> bool:
    """Tell whether the public half of ``key`` is in the certificate, by what the token shows of it."""
    import pkcs11
    from pkcs11.util.ec import encode_ec_public_key
    from pkcs11.util.rsa import encode_rsa_public_key

    public: PublicKey = certificate.public_key()  # type: ignore[assignment] # checked when it signs
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PUBLIC_KEY, pkcs11.Attribute.ID: key[pkcs11.Attribute.ID]}
    for half in session.get_objects(wanted):
        if isinstance(public, ec.EllipticCurvePublicKey):
            if half.key_type is pkcs11.KeyType.EC and encode_ec_public_key(half) == _spki(public):
                return True
        elif half.key_type is pkcs11.KeyType.RSA and encode_rsa_public_key(half) == _pkcs1(public):
            return True
    return False


def _spki(public: PublicKey) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _pkcs1(public: PublicKey) -> bytes:
    return public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
