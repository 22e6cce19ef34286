"""The look at every output before anyone sees it: read again from its bytes, not from what was meant.

From the last ``startxref`` through the cross-reference of what was appended, which must lead back to that of the
source, to catalog, form, field and signature dictionary; the byte range against the length of the file; the digest of
the bytes it covers against the signed attributes; the signature value against the key of the certificate. ETSI EN 319
142-1 §6.3, RFC 5652 §5.4 to §5.6.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk.syntax import Unusual, references
from paraphe.pdf.bulk.tail import Tail, last_section, read_tail
from paraphe.pdf.values import SigningLevel
from paraphe.pki.algorithms import digest_algorithm_der, digest_of, signature_algorithm_der
from paraphe.pki.der import sequence, set_of
from paraphe.pki.errors import SignatureInvalid
from paraphe.pki.keys import PublicKey, checked_key, verify_signature
from paraphe.pki.ports import SignatureAlgorithm

_RANGE = re.compile(rb"\[0 ([0-9]{1,15}) ([0-9]{1,15}) ([0-9]{1,15})\]")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_VERSION_1 = b"\x02\x01\x01"
_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_TOKEN = bytes.fromhex("060b2a864886f70d010910020e")

Node = tuple[int, int, int, int]
"""One value of DER: its tag, where it begins, where its content begins, where it ends."""


class OutputBroken(DomainError):
    """An output of ours did not pass its own check; nobody gets it. ``params["what"]`` says what was wrong."""

    code = "output_broken"


@dataclass(frozen=True, slots=True)
class Known:
    """A hash that has seen the first ``length`` bytes."""

    length: int
    state: "hashlib._Hash"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the outputs of one batch have in common: all of their CMS objects but digest, values and timestamps."""

    certificates: frozenset[bytes]
    public_key: PublicKey
    algorithm: SignatureAlgorithm
    timestamped: bool
    archived: bool
    data_head: bytes
    signer_head: bytes
    signature_algorithm: bytes

    @classmethod
    def of(
        cls,
        certificate: x509.Certificate,
        chain: Sequence[bytes],
        algorithm: SignatureAlgorithm,
        level: SigningLevel,
    ) -> "Expected":
        """Return what is expected of signatures by ``certificate``, with the DER of ``chain`` beside it."""
        der = certificate.public_bytes(Encoding.DER)
        parsed = asn1_x509.Certificate.load(der)["tbs_certificate"]
        digest = digest_algorithm_der(digest_of(algorithm))
        return cls(
            certificates=frozenset((der, *chain)),
            public_key=checked_key(certificate.public_key()),
            algorithm=algorithm,
            timestamped=level != "B-B",
            archived=level == "B-LTA",
            data_head=_VERSION_1 + set_of(digest) + sequence(_DATA),
            signer_head=_VERSION_1 + sequence(parsed["issuer"].dump(), parsed["serial_number"].dump()) + digest,
            signature_algorithm=signature_algorithm_der(algorithm),
        )


def check_output(whole: bytes, source_length: int, expected: Expected, seen: "hashlib._Hash | None" = None) -> None:
    """See that ``whole`` is signed as it must be, its first ``source_length`` bytes covered. Raises OutputBroken.

    ``seen``: a hash that has seen these bytes, of the very object that ``whole`` was made of: large documents are then
    hashed once. Everything else is read and hashed anew.
    """
    known = Known(source_length, seen) if seen is not None else None
    try:
        tail = read_tail(whole, since=last_section(whole, source_length))
        fields = _signatures(tail)
        if len(fields) != 1 + expected.archived:
            raise OutputBroken(what="fields")
        value, covered = _contents(whole, fields[0], b"/ETSI.CAdES.detached", whole_file=not expected.archived)
        if covered[0] <= source_length:
            raise OutputBroken(what="coverage")
        _check_signature(value, _digest(whole, covered, digest_of(expected.algorithm), known), expected)
        if expected.archived:
            token, covered = _contents(whole, fields[1], b"/ETSI.RFC3161", whole_file=True)
            check_token(token, _digest(whole, covered, "sha256", known))
    except (Unusual, LookupError, ValueError, SignatureInvalid) as error:
        raise OutputBroken(what=str(error)) from error


def check_token(token: bytes, digest: bytes) -> None:
    """See that a timestamp token is over ``digest`` (RFC 3161 §2.4.2). Raises OutputBroken."""
    signed = _children(token, _children(token, _children(token, _node(token, 0))[1])[0])
    encapsulated = _children(token, signed[2])
    content = _children(token, encapsulated[1])[0]
    # version, policy, imprint: {algorithm, digest}
    imprint = _children(token, _children(token, _children(token, content)[0])[2])
    if token[imprint[1][2] : imprint[1][3]] != digest:
        raise OutputBroken(what="imprint")


def certificates_of(token: bytes) -> list[bytes]:
    """Return the certificates that a CMS object brings with it (RFC 5652 §5.1). Raises IndexError, ValueError."""
    signed = _children(token, _children(token, _children(token, _node(token, 0))[1])[0])
    return [token[one[1] : one[3]] for held in signed if held[0] == 0xA0 for one in _children(token, held)]


def _signatures(tail: Tail) -> list[dict[bytes, bytes]]:
    catalog = tail.dictionary(tail.trailer.reference(b"Root"))
    form = tail.dictionary(catalog.reference(b"AcroForm"))
    found = []
    for number in references(form.entries[b"Fields"]):
        field = tail.dictionary(number)
        if field.entries.get(b"FT") != b"/Sig":
            raise Unusual("field")
        found.append(tail.dictionary(field.reference(b"V")).entries)
    return found


def _contents(
    whole: bytes, signature: dict[bytes, bytes], subfilter: bytes, *, whole_file: bool
) -> tuple[bytes, tuple[int, int, int]]:
    """Return the value of a signature and its byte range, which must leave out that value and nothing else."""
    numbers = _RANGE.fullmatch(signature[b"ByteRange"])
    written = signature[b"Contents"]
    if numbers is None or signature[b"SubFilter"] != subfilter:
        raise Unusual("signature dictionary")
    first, second, length = int(numbers[1]), int(numbers[2]), int(numbers[3])
    if whole[first:second] != written or (whole_file and second + length != len(whole)):
        raise OutputBroken(what="byte range")
    value = bytes.fromhex(written[1:-1].decode())
    end = _node(value, 0)[3]
    if value[end:].strip(b"\0"):
        raise OutputBroken(what="padding")
    return value[:end], (first, second, length)


def _digest(whole: bytes, covered: tuple[int, int, int], name: str, known: Known | None) -> bytes:
    view = memoryview(whole)
    if known is not None and known.state.name == name and known.length <= covered[0]:
        state = known.state.copy()
        state.update(view[known.length : covered[0]])
    else:
        state = hashlib.new(name, view[: covered[0]])
    state.update(view[covered[1] : covered[1] + covered[2]])
    return state.digest()


def _check_signature(value: bytes, digest: bytes, expected: Expected) -> None:
    """Check a ContentInfo with one signer against the digest of what it signs."""
    kind, content = _children(value, _node(value, 0))
    [data] = _children(value, content)
    signed = _children(value, data)
    [info] = _children(value, signed[4])
    signer = _children(value, info)
    attributes, signature = signer[3], signer[5]
    tags = [one[0] for one in (_node(value, 0), content, data, *signed[3:], info, attributes, signature)]
    if bytes(tags) != b"\x30\xa0\x30\xa0\x31\x30\xa0\x04" or value[kind[1] : kind[3]] != _SIGNED_DATA:
        raise OutputBroken(what="form")
    if expected.certificates != {value[one[1] : one[3]] for one in _children(value, signed[3])}:
        raise OutputBroken(what="certificates")
    fixed = (value[signed[0][1] : signed[2][3]], value[signer[0][1] : signer[2][3]], value[signer[4][1] : signer[4][3]])
    if fixed != (expected.data_head, expected.signer_head, expected.signature_algorithm):
        raise OutputBroken(what="signer")
    digests = [_value(value, one) for one in _children(value, attributes) if _type(value, one) == _MESSAGE_DIGEST]
    if digests != [digest]:
        raise OutputBroken(what="digest")
    told = hashlib.new(digest_of(expected.algorithm), b"\x31" + value[attributes[1] + 1 : attributes[3]]).digest()
    raw = value[signature[2] : signature[3]]
    verify_signature(expected.public_key, expected.algorithm, told, raw)
    _check_unsigned(value, signer[6:], raw, expected)


def _check_unsigned(value: bytes, rest: list[Node], raw: bytes, expected: Expected) -> None:
    unsigned = _children(value, rest[0]) if rest else []
    if expected.timestamped != (len(unsigned) == 1):
        raise OutputBroken(what="timestamp")
    if unsigned:
        if _type(value, unsigned[0]) != _TOKEN:
            raise OutputBroken(what="timestamp")
        token = _children(value, _children(value, unsigned[0])[1])[0]
        check_token(value[token[1] : token[3]], hashlib.sha256(raw).digest())


def _type(data: bytes, attribute: Node) -> bytes:
    name = _children(data, attribute)[0]
    return data[name[1] : name[3]]


def _value(data: bytes, attribute: Node) -> bytes:
    [value] = _children(data, _children(data, attribute)[1])
    return data[value[2] : value[3]]


def _node(data: bytes, place: int) -> Node:
    """Return the value at ``place``, of definite length. Raises IndexError, ValueError."""
    length, content = data[place + 1], place + 2
    if length >= 0x80:
        content += length - 0x80
        length = int.from_bytes(data[place + 2 : content], "big")
    if content + length > len(data):
        raise ValueError("length")
    return data[place], place, content, content + length


def _children(data: bytes, node: Node) -> list[Node]:
    """Return the values inside ``node``. Raises IndexError, ValueError."""
    # The same as one _node after another: a third of the time of a check was in those calls.
    found = []
    place, end, most = node[2], node[3], len(data)
    while place < end:
        length, content = data[place + 1], place + 2
        if length >= 0x80:
            content += length - 0x80
            length = int.from_bytes(data[place + 2 : content], "big")
        after = content + length
        if after > most:
            raise ValueError("length")
        found.append((data[place], place, content, after))
        place = after
    return found
