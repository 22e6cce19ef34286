"""What is fed with bytes from outside: each target may refuse them by its own errors, and by nothing else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as builder

from paraphe.kernel.errors import DomainError
from paraphe.pdf.bulk.document import read_document
from paraphe.pdf.bulk.syntax import Unusual
from paraphe.pdf.inspection import inspect_here
from paraphe.pdf.repair import repair
from paraphe.pdf.values import ValidationSettings
from paraphe.pdf.verdict import structure
from paraphe.pdf.verdict.contents import examine
from paraphe.pdf.verdict.core import validate_here
from paraphe.pdf.verdict.tokens import Lexer, LexError
from paraphe.pki import der, ocsp, pkcs12, tsp
from paraphe.proofing.mrz.api import FORMATS, MrzMalformed, fitted, format_of, normalised
from paraphe.proofing.mrz.api import parse as parse_zone
from paraphe.proofing.observing import NONSENSE
from paraphe.proofing.seen_records import observations_from, observations_record
from paraphe.trustlists.errors import ListUnreadable
from paraphe.trustlists.reading import parse, read

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
VECTORS = Path(__file__).parents[1] / "vectors" / "pdf"

Target = Callable[[bytes], None]


def lexer(data: bytes) -> None:
    try:
        Lexer(data).value(0)
    except LexError:
        return


def bytes_of_a_file(data: bytes) -> None:
    structure.check(data, [structure.Located("A", 5, 0, 0)])
    examine(data)


def tail(data: bytes) -> None:
    try:
        read_document(data)
    except Unusual:
        return


def inspection(data: bytes) -> None:
    try:
        inspect_here(data)
    except DomainError:
        return


def rebuilt(data: bytes) -> None:
    try:
        repair(data)
    except DomainError:
        return


def verdict(data: bytes) -> None:
    try:
        validate_here(data, b"", ValidationSettings((), NOW, compare_pages=False))
    except DomainError:
        return


def key_file(data: bytes) -> None:
    try:
        pkcs12.load(data)
    except DomainError:
        return


def timestamp(data: bytes) -> None:
    for read_it in (tsp.parse_request, tsp.token_info, lambda der: tsp.parse_response(der, bytes(32), 1)):
        try:
            read_it(data)
        except DomainError:
            continue


def status_request(data: bytes) -> None:
    try:
        query = ocsp.parse_request(data)
    except DomainError:
        return
    # What is repeated in an answer is what was read, and nothing else.
    assert all(der.Reader(one.der).whole(der.SEQUENCE) == one.der for one in query.asked)


def trusted_list(data: bytes) -> None:
    try:
        read(parse(data))
    except ListUnreadable:
        return


def zone(data: bytes) -> None:
    lines = tuple(normalised(line) for line in data.decode("latin-1").split("\n"))
    name = format_of(lines)
    if name is None:
        return
    whole = fitted(FORMATS[name], lines)
    if whole is not None:
        try:
            parse_zone(name, whole, NOW.date())
        except MrzMalformed:
            return


def answer_of_the_reading(data: bytes) -> None:
    line, _, pictures = data.partition(b"\n")
    try:
        observations_from(json.loads(line), pictures)
    except NONSENSE:
        return


TARGETS: dict[str, Target] = {
    "lexer": lexer,
    "bytes": bytes_of_a_file,
    "tail": tail,
    "inspection": inspection,
    "rebuilt": rebuilt,
    "verdict": verdict,
    "key-file": key_file,
    "timestamp": timestamp,
    "status-request": status_request,
    "trusted-list": trusted_list,
    "zone": zone,
    "answer-of-the-reading": answer_of_the_reading,
}


def seeds(name: str) -> list[bytes]:
    """Return honest bytes to begin with."""
    if name in ("key-file", "timestamp", "status-request", "trusted-list"):
        from tests.pdf.hands import pki
        from tests.pki.test_pkcs12 import made
        from tests.trustlists.making import trusted_list as one_list

        requests = tsp.build_request(bytes(32), 1)
        alice, issuer = pki().signer("alice").certificate, pki().authorities["natural"].signer.certificate
        asked = builder.OCSPRequestBuilder().add_certificate(alice, issuer, hashes.SHA256())
        with_nonce = asked.add_extension(x509.OCSPNonce(b"n" * 32), critical=False)
        return {
            "key-file": [made(None), made()],
            "timestamp": [requests, pki().timestamps.timestamp(bytes(32))],
            "status-request": [one.build().public_bytes(Encoding.DER) for one in (asked, with_nonce)],
            "trusted-list": [one_list("FR")],
        }[name]
    if name in ("zone", "answer-of-the-reading"):
        from tests.proofing.seen import seen_of
        from tests.support.specimens import PROFILES, specimen

        documents = [specimen(profile, 4) for profile in PROFILES]
        if name == "zone":
            return ["\n".join(document.mrz).encode() for document in documents]
        records = [observations_record(seen_of(document)) for document in documents]
        return [json.dumps(record).encode() + b"\n" + pictures for record, pictures in records]
    from tests.attacks import bases

    if name == "verdict":
        return [bases.ours(), bases.theirs(), bases.real(), bases.by_author(2)]
    files = [path.read_bytes() for path in sorted(VECTORS.glob("*.pdf")) if path.stat().st_size < 20_000]
    return [bases.ours(), bases.theirs(), bases.by_author(2), *files]
