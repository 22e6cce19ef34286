"""Attacks on the CMS signature, its certificates and its timestamp: everything round the digest of the document."""

from datetime import timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.digests import sha256
from paraphe.pdf.api import Prepared, SignatureSettings, prepare
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.keys import PrivateKey, SoftwareSigner
from tests.attacks.bases import by_pyhanko, contract
from tests.pdf.hands import CLOCK, NOW, pki
from tests.support.pki import TestPki


@cache
def prepared() -> Prepared:
    alice = pki().signer("alice")
    return prepare(contract(), SignatureSettings(signer_name="Alice"), alice.certificate, alice.chain, CLOCK)


def finished(message: bytes, found: Prepared | None = None) -> bytes:
    """Return the prepared contract with this CMS object in its place."""
    found = found or prepared()
    whole = found.whole(contract())
    room = (found.end - found.start - 2) // 2
    return whole[: found.start + 1] + message.ljust(room, b"\0").hex().encode() + whole[found.end - 1 :]


def made(*, template: CmsTemplate | None = None, token: bytes | None = None, value: bytes | None = None) -> bytes:
    template = template or prepared().template
    digest = prepared().document_digest
    if value is None:
        (value,) = pki().signer("alice").sign_digests([template.digest_to_sign(digest)])
    return finished(template.assemble(digest, value, token))


def good() -> bytes:
    """The control: Alice's own signature with its own timestamp."""
    (value,) = pki().signer("alice").sign_digests([prepared().digest_to_sign])
    return made(value=value, token=pki().timestamps.timestamp(sha256(value)))


def foreign_token() -> bytes:
    """A real token of the authority, over the signature of another document."""
    return made(token=pki().timestamps.timestamp(sha256(b"another signature")))


def token_of_nobody() -> bytes:
    (value,) = pki().signer("alice").sign_digests([prepared().digest_to_sign])
    return made(value=value, token=TestPki.create(NOW).timestamps.timestamp(sha256(value)))


def token_of_a_person() -> bytes:
    """A token signed by Bob, who is certified to sign and not to stamp."""
    from paraphe.pki import tsp
    from tests.support.pki import TSA_POLICY

    (value,) = pki().signer("alice").sign_digests([prepared().digest_to_sign])
    request = tsp.parse_request(tsp.build_request(sha256(value), 5))
    answer = tsp.build_response(request, pki().signer("bob"), serial=5, gen_time=NOW, policy=TSA_POLICY)
    return made(value=value, token=tsp.parse_response(answer, sha256(value), 5))


def other_value() -> bytes:
    """Bob's signature value under Alice's certificate."""
    (value,) = pki().signer("bob").sign_digests([prepared().digest_to_sign])
    return made(value=value)


def other_digest() -> bytes:
    """Alice really signed, but another document."""
    template, digest = prepared().template, sha256(b"another document")
    (value,) = pki().signer("alice").sign_digests([template.digest_to_sign(digest)])
    return finished(template.assemble(digest, value))


def _certificate(
    subject: str, key: PrivateKey, issuer: SoftwareSigner, *, name: x509.Name | None = None
) -> x509.Certificate:
    names = name or x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, subject)])
    usage = {"data_encipherment": False, "key_agreement": False, "key_cert_sign": False, "crl_sign": False}
    more = {"encipher_only": False, "decipher_only": False, "key_encipherment": False}
    builder = (
        x509.CertificateBuilder()
        .subject_name(names)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=100))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage, **more), critical=True)
    )
    return builder.sign(issuer.private_key, hashes.SHA256())


def leaf_as_authority() -> bytes:
    """Mallory's certificate, issued by Alice, who is no authority."""
    alice = pki().signer("alice")
    key = ec.generate_private_key(ec.SECP256R1())
    mallory = _certificate("Mallory", key, alice)
    return by_pyhanko(contract(), SoftwareSigner(key, mallory, [alice.certificate, *alice.chain]), "Mallory")


def same_name() -> bytes:
    """A certificate of Mallory's own making that bears Alice's name, under an authority of the same name as ours."""
    theirs = TestPki.create(NOW)
    return by_pyhanko(contract(), theirs.signer("alice"))


def certificate_swapped() -> bytes:
    """Alice's signature with another certificate of the same key in the message: the signed attributes name hers."""
    alice = pki().signer("alice")
    above = pki().authorities["natural"].signer
    other = _certificate("Mallory", alice.private_key, above, name=None)
    forged = other.public_bytes(Encoding.DER)
    template = CmsTemplate(forged, [one.public_bytes(Encoding.DER) for one in alice.chain[:-1]], "ecdsa-sha256")
    digest = prepared().document_digest
    (value,) = alice.sign_digests([prepared().digest_to_sign])
    message = template.assemble(digest, value)
    # The signed attributes of the honest message, the certificate and its name of the other one.
    swapped = message.replace(template.signed_attributes(digest)[2:], prepared().template.signed_attributes(digest)[2:])
    return finished(swapped)


def weak_key() -> bytes:
    above = pki().authorities["natural"].signer
    key = rsa.generate_private_key(65537, 1024)
    return by_pyhanko(
        contract(), SoftwareSigner(key, _certificate("Faible", key, above), [above.certificate, *above.chain])
    )


def weak_digest() -> bytes:
    return by_pyhanko(contract(), digest="sha1")


def self_signed() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Mallory")])
    holder = SoftwareSigner(key, pki().roots[0], [])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOW)
        .not_valid_after(NOW + timedelta(days=9))
        .sign(holder.private_key, hashes.SHA256())
    )
    return by_pyhanko(contract(), SoftwareSigner(key, certificate, []), "Mallory")


MESSAGES = {
    "foreign-token": foreign_token,
    "token-of-nobody": token_of_nobody,
    "token-of-a-person": token_of_a_person,
    "other-value": other_value,
    "other-digest": other_digest,
    "leaf-as-authority": leaf_as_authority,
    "same-name": same_name,
    "certificate-swapped": certificate_swapped,
    "weak-key": weak_key,
    "weak-digest": weak_digest,
    "self-signed": self_signed,
}
