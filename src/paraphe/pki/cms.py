"""CMS signatures for PAdES (RFC 5652, ETSI EN 319 142-1 §6.3, RFC 5035), written by splicing.

What does not change from one document to the next (certificates, identifiers, algorithms) is encoded once; a signature
is then a few joins of bytes.
"""

import hashlib
from collections.abc import Sequence

from asn1crypto import x509 as asn1_x509

from paraphe.kernel.digests import sha256
from paraphe.pki.algorithms import HASHES, digest_algorithm_der, digest_of, signature_algorithm_der
from paraphe.pki.der import OCTET_STRING, length, sequence, set_of, tlv
from paraphe.pki.ports import SignatureAlgorithm

_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_CONTENT_TYPE = bytes.fromhex("06092a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = bytes.fromhex("060b2a864886f70d010910022f")
_TIMESTAMP_TOKEN = bytes.fromhex("060b2a864886f70d010910020e")
_VERSION_1 = b"\x02\x01\x01"
_SIGNED_ATTRIBUTES, _UNSIGNED_ATTRIBUTES, _CERTIFICATES, _EXPLICIT = 0xA0, 0xA1, 0xA0, 0xA0


class CmsTemplate:
    """Everything of a CMS signature by one certificate but the digest, the signature value and the timestamp.

    ``chain``: DER of the issuers that are to be in it, nearest first; a root is better left out. There is no signing
    time among the signed attributes: PAdES has it in the signature dictionary.
    """

    def __init__(self, certificate: bytes, chain: Sequence[bytes], algorithm: SignatureAlgorithm) -> None:
        self.algorithm = algorithm
        self.digest_name = digest_of(algorithm)
        self._digest_size = HASHES[self.digest_name].digest_size
        parsed = asn1_x509.Certificate.load(certificate)
        serial = parsed["tbs_certificate"]["serial_number"].dump()
        issuer = parsed["tbs_certificate"]["issuer"].dump()
        content_type = sequence(_CONTENT_TYPE, set_of(_DATA))
        # RFC 5035 §3: the digest of the certificate; its algorithm is the default, SHA-256, which DER leaves out.
        general_name = sequence(tlv(0xA4, issuer))
        reference = sequence(tlv(OCTET_STRING, sha256(certificate)), sequence(general_name, serial))
        binding = sequence(_SIGNING_CERTIFICATE_V2, set_of(sequence(sequence(reference))))
        self._before, self._after = _split([content_type, binding], self._message_digest(b"\x00" * self._digest_size))
        digest_algorithm = digest_algorithm_der(self.digest_name)
        self._signer_head = _VERSION_1 + sequence(issuer, serial) + digest_algorithm
        self._signature_algorithm = signature_algorithm_der(algorithm)
        certificates = tlv(_CERTIFICATES, *sorted({certificate, *chain}))
        self._data_head = _VERSION_1 + set_of(digest_algorithm) + sequence(_DATA) + certificates

    def signed_attributes(self, document_digest: bytes) -> bytes:
        """Return the DER of the SET of signed attributes over a document of this digest (RFC 5652 §5.4)."""
        content = self._attributes(document_digest)
        return b"\x31" + length(len(content)) + content

    def digest_to_sign(self, document_digest: bytes) -> bytes:
        """Return the digest of the signed attributes: all that the holder of the key needs."""
        return hashlib.new(self.digest_name, self.signed_attributes(document_digest)).digest()

    def assemble(self, document_digest: bytes, signature: bytes, timestamp_token: bytes | None = None) -> bytes:
        """Return the DER of the ContentInfo with ``signature`` and a timestamp token over it (RFC 3161 §A)."""
        unsigned = b""
        if timestamp_token is not None:
            attribute = sequence(_TIMESTAMP_TOKEN, tlv(0x31, timestamp_token))
            unsigned = tlv(_UNSIGNED_ATTRIBUTES, attribute)
        signer = sequence(
            self._signer_head,
            tlv(_SIGNED_ATTRIBUTES, self._attributes(document_digest)),
            self._signature_algorithm,
            tlv(OCTET_STRING, signature),
            unsigned,
        )
        return sequence(_SIGNED_DATA, tlv(_EXPLICIT, sequence(self._data_head, tlv(0x31, signer))))

    def size(self, signature_size: int, token_size: int = 0) -> int:
        """Return the octets of what ``assemble`` gives for a signature and a token (0: none) of these sizes."""
        token = b"\x00" * token_size if token_size else None
        return len(self.assemble(b"\x00" * self._digest_size, b"\x00" * signature_size, token))

    def _attributes(self, document_digest: bytes) -> bytes:
        if len(document_digest) != self._digest_size:
            raise ValueError("a digest of another algorithm")
        return self._before + self._message_digest(document_digest) + self._after

    @staticmethod
    def _message_digest(digest: bytes) -> bytes:
        return sequence(_MESSAGE_DIGEST, tlv(0x31, tlv(OCTET_STRING, digest)))


def _split(fixed: list[bytes], changing: bytes) -> tuple[bytes, bytes]:
    """Return what stands before and after ``changing`` in a SET; its place does not depend on the digest in it."""
    before = b"".join(sorted(one for one in fixed if one < changing))
    after = b"".join(sorted(one for one in fixed if one > changing))
    return before, after
