"""From a document to a PAdES signature, step by step, or all at once.

ETSI EN 319 142-1: baseline B-B and B-T by ``finish``, B-LT by ``augment``, B-LTA by ``archive``.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.kernel.clock import Clock
from paraphe.kernel.digests import sha256
from paraphe.pdf.errors import LevelNotReached, NotPermitted, SignatureMismatch
from paraphe.pdf.material import ValidationMaterial, complete_in, gather, token_certificates
from paraphe.pdf.opening import open_reader, opened
from paraphe.pdf.reading import inspect, validate
from paraphe.pdf.reserving import Wish, foundation, reserve
from paraphe.pdf.stages import Archived, Augmented, Prepared, Signed, Tail
from paraphe.pdf.values import Anchor, FieldValue, Report, SignatureSettings, SigningLevel, Source, ValidationSettings
from paraphe.pdf.writing import Slot, TailWriter, timestamp_revision
from paraphe.pki.algorithms import default_for, digest_of
from paraphe.pki.cms import CmsTemplate
from paraphe.pki.errors import SignatureInvalid
from paraphe.pki.keys import checked_key, verify_signature
from paraphe.pki.ports import HashSigner, RevocationSource, SignatureAlgorithm, TimestampSource
from paraphe.pki.tsp import token_info

LARGE = 100_000_000
TOKEN_ROOM = 10_000
"""Octets kept free for a timestamp token with its certificates."""
ECDSA_SIGNATURE = 140
"""Octets of the longest DER of r and s that fits a curve used here."""


def prepare(
    source: Source,
    settings: SignatureSettings,
    certificate: x509.Certificate,
    chain: Sequence[x509.Certificate],
    clock: Clock,
    material: ValidationMaterial | None = None,
    *,
    algorithm: SignatureAlgorithm | None = None,
    fill: Sequence[FieldValue] = (),
) -> Prepared:
    """Return what makes a place in ``source`` for a signature by the key of ``certificate``.

    ``chain``: its issuers, nearest first, root last. ``material``, gathered by ``collect`` just before, goes into the
    signed bytes: the finished signature then covers the whole file and ``augment`` has nothing to add. ``fill``: form
    fields that get their values in the same revision, under the signature. Raises a PdfRefused when the document cannot
    be signed; what DocMDP and locks of fields forbid is NotPermitted with its rule.
    """
    found = inspect(source, password=settings.password)
    chosen = algorithm or default_for(checked_key(certificate.public_key()))
    embedded = [one for one in chain if one.subject != one.issuer]
    ders = tuple(one.public_bytes(Encoding.DER) for one in (certificate, *embedded))
    room = CmsTemplate(ders[0], ders[1:], chosen).size(_signature_size(certificate), TOKEN_ROOM)
    wanted = Wish(settings, digest_of(chosen), room, ders, material, fill)
    with opened(source) as buffer:
        made = reserve(buffer, found, wanted, clock)
        return Prepared(
            source_size=len(buffer),
            tail=made.tail,
            certificates=ders,
            algorithm=chosen,
            document_digest=made.made or made.digest(buffer, digest_of(chosen)),
            start=made.start,
            end=made.end,
        )


def finish(source: Source, prepared: Prepared, signature: bytes, timestamps: TimestampSource | None) -> Signed:
    """Put the signature value, and a timestamp over it, into the place (PAdES B-T; B-B when ``timestamps`` is None).

    Raises SignatureMismatch when the value is not over the digest by this key, StateBroken when ``source`` is not the
    document that was prepared, NoRoom, TimestampUnavailable.
    """
    prepared.check(source)
    certificate = x509.load_der_x509_certificate(prepared.certificates[0])
    try:
        key = checked_key(certificate.public_key())
        verify_signature(key, prepared.algorithm, prepared.digest_to_sign, signature)
    except SignatureInvalid as error:
        raise SignatureMismatch() from error
    token = timestamps.timestamp(sha256(signature)) if timestamps else None
    content = prepared.template.assemble(prepared.document_digest, signature, token)
    slot = Slot(prepared.tail, prepared.start, prepared.end)
    tail, padded = slot.filled(prepared.source_size, content)
    return Signed(prepared.source_size, tail, padded, prepared.certificates, token)


def augment(
    source: Source,
    signed: Signed,
    revocation: RevocationSource,
    roots: Sequence[x509.Certificate],
    *,
    password: str | None = None,
) -> Augmented:
    """Add what proves the validity of signer and timestamp later: certificates, OCSP answers, lists (PAdES B-LT).

    ETSI EN 319 142-1 §5.4.2: a DSS dictionary. What is inside already, from ``prepare``, is not added again. Raises
    RevocationUnavailable.
    """
    certificates = [*signed.certificates, *(one.public_bytes(Encoding.DER) for one in roots)]
    with opened(source) as buffer:
        if signed.token is not None:
            certificates += token_certificates(signed.token)
            at = token_info(signed.token).gen_time
            if complete_in(open_reader(buffer, signed.tail, password=password), certificates, at):
                return Augmented(signed.source_size, signed.tail)
        writer = TailWriter(buffer, signed.tail, password=password)
        gather(certificates, revocation).write(writer, signed.contents)
        return Augmented(signed.source_size, writer.finished())


def archive(
    source: Source,
    augmented: Augmented,
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: Sequence[x509.Certificate],
    clock: Clock,
    *,
    password: str | None = None,
) -> Archived:
    """Put a document timestamp over the whole file (PAdES B-LTA, ETSI EN 319 142-1 §5.4.3 and §5.5).

    What proves the time-stamping unit goes into the same revision, under the timestamp. Raises TimestampUnavailable,
    RevocationUnavailable.
    """
    with opened(source) as buffer:
        tail = timestamp_revision(buffer, augmented.tail, timestamps, revocation, roots, clock, password=password)
        return Archived(augmented.source_size, tail)


def timestamp_document(
    source: Source,
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: Sequence[x509.Certificate],
    clock: Clock,
    *,
    password: str | None = None,
) -> Archived:
    """Put a document timestamp over a file, signed or not. Raises a PdfRefused where nothing may be added."""
    found = inspect(source, password=password)
    with opened(source) as buffer:
        before = foundation(buffer, found)
        tail = timestamp_revision(buffer, before, timestamps, revocation, roots, clock, password=password)
        return Archived(len(buffer), tail)


def renew(
    source: Source,
    timestamps: TimestampSource,
    revocation: RevocationSource,
    roots: Sequence[x509.Certificate],
    clock: Clock,
    *,
    password: str | None = None,
) -> Archived:
    """Put a new document timestamp over a file before its last one weakens or expires (EN 319 142-1 §5.5).

    Fresh revocation information of every certificate in the file that still has some goes in with it. Raises
    NotPermitted for a file without a timestamp to renew.
    """
    if not inspect(source, password=password).signed_fields:
        raise NotPermitted(rule="there is nothing to renew")
    with opened(source) as buffer:
        tail = timestamp_revision(buffer, b"", timestamps, revocation, roots, clock, renewed=True, password=password)
        return Archived(len(buffer), tail)


def sign(
    source: Source,
    signer: HashSigner,
    settings: SignatureSettings,
    level: SigningLevel,
    *,
    timestamps: TimestampSource | None,
    revocation: RevocationSource | None,
    roots: Sequence[x509.Certificate],
    clock: Clock,
) -> Tail:
    """Return ``source`` signed at ``level``, checked; never at a lower one.

    Raises a PdfRefused, TimestampUnavailable, RevocationUnavailable, LevelNotReached when the check of the result finds
    something, ValueError when the sources for this level are not given.
    """
    if level != "B-B" and timestamps is None:
        raise ValueError("this level needs timestamps")
    if level in ("B-LT", "B-LTA") and revocation is None:
        raise ValueError("this level needs revocation information")
    prepared = prepare(source, settings, signer.certificate, signer.chain, clock, algorithm=signer.algorithm)
    (value,) = signer.sign_digests([prepared.digest_to_sign])
    result: Tail = finish(source, prepared, value, timestamps if level != "B-B" else None)
    if isinstance(result, Signed) and revocation is not None and level in ("B-LT", "B-LTA"):
        result = augment(source, result, revocation, roots, password=settings.password)
    if isinstance(result, Augmented) and timestamps and revocation and level == "B-LTA":
        result = archive(source, result, timestamps, revocation, roots, clock, password=settings.password)
    trusted = roots or [signer.chain[-1] if signer.chain else signer.certificate]
    check(source, result, level, trusted, clock, password=settings.password)
    return result


def check(
    source: Source,
    result: Tail,
    level: SigningLevel,
    roots: Sequence[x509.Certificate],
    clock: Clock,
    *,
    password: str | None = None,
) -> None:
    """Validate what was made before anybody sees it. Raises LevelNotReached."""
    anchors = tuple(Anchor(one) for one in roots)
    judging = ValidationSettings(anchors, clock.now(), compare_pages=False, password=password)
    report = _judged(source, result, judging)
    own = [one for one in report.signatures if one.kind != "timestamp"][-1]
    # Without revocation information in the file, and none asked for, its absence is no fault of this signature.
    allowed = {"revocation_unknown"} if level in ("B-B", "B-T") else set()
    if not own.intact or own.level != level or set(own.problems) - allowed:
        raise LevelNotReached(level=own.level, problems=list(own.problems))


def _judged(source: Source, result: Tail, judging: ValidationSettings) -> Report:
    """Return the verdict on what was made; a large file is put together on disk, since in memory it would be copied."""
    if isinstance(source, bytes) or result.source_size <= LARGE:
        return validate(source, judging, tail=result.tail)
    with TemporaryDirectory(prefix="paraphe-") as folder:
        whole = Path(folder, "whole.pdf")
        result.write(source, whole)
        return validate(whole, judging)


def _signature_size(certificate: x509.Certificate) -> int:
    key = checked_key(certificate.public_key())
    return key.key_size // 8 if isinstance(key, rsa.RSAPublicKey) else ECDSA_SIGNATURE
