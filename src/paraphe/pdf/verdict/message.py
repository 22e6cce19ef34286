"""A CMS signature or timestamp token as it stands in a file: read once, by slicing, believed by nobody yet.

RFC 5652 §5, RFC 3161 §2.4.2, RFC 5035, RFC 5816, ETSI EN 319 142-1 §6.3.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime

from paraphe.pdf.verdict.slices import Node, Unreadable, read, whole

SIGNED_DATA, DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.7.1", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
BINDINGS = {"1.2.840.113549.1.9.16.2.12": 1, "1.2.840.113549.1.9.16.2.47": 2}
"""signing-certificate and signing-certificate-v2."""
TIMESTAMP_TOKEN = "1.2.840.113549.1.9.16.2.14"  # noqa: S105 - the identifier of an attribute
REVOCATION_ARCHIVAL = "1.2.840.113583.1.1.8"
DIGESTS = {
    "1.2.840.113549.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.8": "sha3_256",
    "2.16.840.1.101.3.4.2.9": "sha3_384",
    "2.16.840.1.101.3.4.2.10": "sha3_512",
    "1.3.36.3.2.1": "ripemd160",
}
CONSTRUCTORS = {one: getattr(hashlib, one) for one in set(DIGESTS.values()) - {"ripemd160"}}
"""Found once: to look a digest up by its name takes longer than to compute it."""
MAX_TOKENS = 8


class Misshapen(ValueError):
    """The CMS is not what a signature in a PDF must be; ``code`` names the finding."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Binding:
    """One ESSCertID: the digest of the signer's certificate, by which algorithm."""

    digest_name: str
    digest: bytes


@dataclass(frozen=True)
class Message:
    """One SignedData with its one signer."""

    content_type: str
    content: bytes | None
    certificates: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    issuer: bytes
    """DER of the name by which the signer is identified; empty where it is by key identifier."""
    serial: int
    key_identifier: bytes
    digest_name: str
    algorithm: Node | None
    """AlgorithmIdentifier of the signature; None for a bare RSA value (adbe.x509.rsa_sha1)."""
    signature: bytes
    signed_attributes: bytes | None
    """The octets over which the signature is, a SET OF; None when it is over the content itself."""
    message_digest: bytes | None
    attribute_type: str | None
    bindings: tuple[Binding, ...] | None
    """None where there is no signing-certificate attribute."""
    signing_time: datetime | None
    tokens: tuple[bytes, ...]
    repeated: tuple[str, ...]
    """Signed attributes that stand more than once, or with several values (RFC 5652 §11 forbids it)."""


@dataclass(frozen=True)
class TokenInfo:
    """The TSTInfo of a timestamp token."""

    gen_time: datetime
    digest_name: str
    digest: bytes
    serial: int
    accuracy_seconds: int


def parse(der: bytes) -> Message:
    """Return what a ContentInfo with SignedData says. Raises Unreadable, Misshapen."""
    kind, wrapped = _two(read(der).expect(0x30))
    if kind.oid() != SIGNED_DATA:
        raise Misshapen("not_signed_data")
    fields = wrapped.expect(0xA0).only().expect(0x30).children()
    version_digests_content, rest = fields[:3], fields[3:]
    if len(version_digests_content) != 3:
        raise Unreadable("too short")
    content_type, content = _content(version_digests_content[2])
    certificates: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    for node in rest[:-1]:
        if node.tag == 0xA0:
            certificates = tuple(one.octets for one in node.children() if one.tag == 0x30)
        elif node.tag == 0xA1:
            crls = tuple(one.octets for one in node.children() if one.tag == 0x30)
    signers = rest[-1].expect(0x31).children() if rest else []
    if len(signers) != 1:
        raise Misshapen("several_signers" if signers else "no_signer")
    return _signer(signers[0].expect(0x30), content_type, content, certificates, crls, ocsps)


def _two(node: Node) -> tuple[Node, Node]:
    found = node.children()
    if len(found) != 2:
        raise Unreadable("two values expected")
    return found[0], found[1]


def _content(node: Node) -> tuple[str, bytes | None]:
    parts = node.expect(0x30).children()
    if not parts:
        raise Unreadable("no content type")
    if len(parts) == 1:
        return parts[0].oid(), None
    inner = parts[1].expect(0xA0).only()
    if inner.tag not in (0x04, 0x24):
        raise Unreadable("content that is no octet string")
    return parts[0].oid(), inner.content


def _signer(
    node: Node,
    content_type: str,
    content: bytes | None,
    certificates: tuple[bytes, ...],
    crls: tuple[bytes, ...],
    ocsps: tuple[bytes, ...],
) -> Message:
    parts = node.children()
    if len(parts) < 5:
        raise Unreadable("a signer that is too short")
    issuer, serial, key_identifier = _identifier(parts[1])
    digest_name = digest_name_of(parts[2])
    signed = parts[3] if parts[3].tag == 0xA0 else None
    rest = parts[4:] if signed else parts[3:]
    if len(rest) < 2:
        raise Unreadable("a signer that is too short")
    attributes = _Attributes(signed)
    unsigned = rest[2] if len(rest) > 2 and rest[2].tag == 0xA1 else None
    archived = attributes.value(REVOCATION_ARCHIVAL)
    more_crls, more_ocsps = _archival(archived) if archived else ((), ())
    return Message(
        content_type,
        content,
        certificates,
        (*crls, *more_crls),
        (*ocsps, *more_ocsps),
        issuer,
        serial,
        key_identifier,
        digest_name,
        rest[0].expect(0x30),
        rest[1].expect(0x04).content,
        signed.retagged(0x31) if signed else None,
        attributes.octets(MESSAGE_DIGEST),
        attributes.oid(CONTENT_TYPE),
        attributes.bindings(),
        attributes.time(),
        _tokens(unsigned),
        attributes.repeated(),
    )


def _identifier(node: Node) -> tuple[bytes, int, bytes]:
    if node.tag == 0x80:
        return b"", 0, node.content
    issuer, serial = _two(node.expect(0x30))
    return issuer.octets, serial.integer(), b""


def digest_name_of(node: Node) -> str:
    """Return the name in hashlib of a digest AlgorithmIdentifier, its dotted OID where it is not known."""
    dotted = node.expect(0x30).children()[0].oid()
    return DIGESTS.get(dotted, dotted)


class _Attributes:
    """The signed attributes, by type."""

    def __init__(self, node: Node | None) -> None:
        self._found: list[tuple[str, list[Node]]] = []
        for one in node.children() if node else []:
            kind, values = _two(one.expect(0x30))
            self._found.append((kind.oid(), values.expect(0x31).children()))

    def value(self, kind: str) -> Node | None:
        """Return the first value of an attribute; None for none."""
        return next((values[0] for name, values in self._found if name == kind and values), None)

    def octets(self, kind: str) -> bytes | None:
        """Return the octet string of an attribute."""
        node = self.value(kind)
        return None if node is None else node.expect(0x04).content

    def oid(self, kind: str) -> str | None:
        """Return the object identifier of an attribute."""
        node = self.value(kind)
        return None if node is None else node.oid()

    def repeated(self) -> tuple[str, ...]:
        """Return the types that RFC 5652 §11 and RFC 5035 §5.4 want once, and that are not."""
        once = {CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME, *BINDINGS}
        counts = Counter(name for name, _ in self._found)
        several = {name for name, values in self._found if len(values) != 1}
        return tuple(sorted(one for one in once if counts[one] > 1 or one in several))

    def bindings(self) -> tuple[Binding, ...] | None:
        """Return the first ESSCertID of each signing-certificate attribute: it names the signer (RFC 5035 §5.4)."""
        found = []
        for kind, version in BINDINGS.items():
            node = self.value(kind)
            if node is not None:
                first = node.expect(0x30).children()[0].expect(0x30).children()[0].expect(0x30).children()
                found.append(_binding(first, version))
        return tuple(found) or None

    def time(self) -> datetime | None:
        """Return the signing-time attribute, which proves nothing."""
        node = self.value(SIGNING_TIME)
        return time_of(node) if node else None


def _binding(parts: list[Node], version: int) -> Binding:
    if version == 1:
        return Binding("sha1", parts[0].expect(0x04).content)
    if parts[0].tag == 0x30:
        return Binding(digest_name_of(parts[0]), parts[1].expect(0x04).content)
    return Binding("sha256", parts[0].expect(0x04).content)


def _tokens(unsigned: Node | None) -> tuple[bytes, ...]:
    found: list[bytes] = []
    for one in unsigned.children() if unsigned else []:
        kind, values = _two(one.expect(0x30))
        if kind.oid() == TIMESTAMP_TOKEN:
            found += [value.octets for value in values.expect(0x31).children()]
    if len(found) > MAX_TOKENS:
        raise Misshapen("too_many_timestamps")
    return tuple(found)


def _archival(node: Node) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return lists and answers of Adobe's RevocationInfoArchival (ISO 32000-2 §12.8.3.3.2)."""
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()
    for one in node.expect(0x30).children():
        values = tuple(value.octets for value in one.only().expect(0x30).children()) if one.tag in (0xA0, 0xA1) else ()
        if one.tag == 0xA0:
            crls = values
        elif one.tag == 0xA1:
            ocsps = values
    return crls, ocsps


def time_of(node: Node) -> datetime:
    """Return a UTCTime or GeneralizedTime in UTC. Raises Unreadable."""
    text = node.content.decode("ascii", "replace")
    if not text.endswith("Z") or node.tag not in (0x17, 0x18):
        raise Unreadable("a time that is none")
    text = text[:-1]
    if node.tag == 0x17:
        text = ("20" if text[:2] < "50" else "19") + text
    seconds, _, fraction = text.partition(".")
    if len(seconds) != 14 or not (seconds + fraction).isdigit():
        raise Unreadable("a time that is none")
    try:
        return datetime.strptime(seconds, "%Y%m%d%H%M%S").replace(
            tzinfo=UTC, microsecond=int((fraction + "000000")[:6])
        )
    except ValueError:
        raise Unreadable("a time that is none") from None


def token_info(content: bytes) -> TokenInfo:
    """Return what a TSTInfo says (RFC 3161 §2.4.2). Raises Unreadable."""
    parts = whole(content).expect(0x30).children()
    if len(parts) < 5:
        raise Unreadable("a token that is too short")
    algorithm, digest = _two(parts[2].expect(0x30))
    accuracy = 0
    if len(parts) > 5 and parts[5].tag == 0x30:
        inside = parts[5].children()
        if inside and inside[0].tag == 0x02:
            accuracy = min(max(inside[0].integer(), 0), 3600)
    return TokenInfo(
        time_of(parts[4].expect(0x18)),
        digest_name_of(algorithm),
        digest.expect(0x04).content,
        parts[3].integer(),
        accuracy,
    )


def digest(name: str, *parts: bytes | memoryview) -> bytes:
    """Return the digest of ``parts`` joined. Raises Misshapen(``unsupported_algorithm``)."""
    maker = CONSTRUCTORS.get(name)
    if maker is None:
        raise Misshapen("unsupported_algorithm")
    running = maker()
    for part in parts:
        running.update(part)
    found: bytes = running.digest()
    return found
