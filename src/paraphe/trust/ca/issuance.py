"""The one way to a certificate: reserve · build · lint · store · sign · compare · record.

Each step that writes is a transaction of its own and no key is used inside one. Whatever stops the run in between,
the same attempt goes on from what is written: the serial number, the dates and the bytes to sign are fixed before the
key is used, so that a second signature is over the same bytes and only one certificate is ever recorded.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.digests import canonical_json, sha256, sha256_hex
from paraphe.pki import build, lint
from paraphe.pki.errors import UnsupportedKey
from paraphe.pki.ports import SignatureAlgorithm
from paraphe.pki.profiles import Profile
from paraphe.pki.subjects import NaturalPerson, Subject, distinguished_name
from paraphe.trust.ca.errors import LintRefused, SignatureWrong, SubjectRefused, ValidityRefused
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault

SignDigest = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Issuer:
    """Who signs: ``certificate`` is None for the root's own certificate; ``sign`` uses the key of the issuer."""

    slug: register.Slug
    certificate: x509.Certificate | None
    algorithm: SignatureAlgorithm
    sign: SignDigest


@dataclass(frozen=True)
class Request:
    """What is asked for under one attempt. It ends ``days`` after it begins, or at ``until``, or after its profile."""

    attempt_id: UUID
    profile: Profile
    subject: Subject
    public_key: bytes
    days: int | None = None
    until: datetime | None = None


def online_issuer(slug: register.Slug) -> Issuer:
    """Return the issuing authority whose key the running signer holds. Raises AuthorityUnknown."""
    authority, certificate = register.issuer(slug)
    purpose: vault.Purpose = "natural-ca" if slug == "natural" else "legal-ca"
    algorithm = vault.signature_algorithm(authority.algorithm)
    return Issuer(
        slug, certificate, algorithm, lambda digest: vault.sign(authority.key_id, purpose, [digest], algorithm)[0]
    )


def run(request: Request, issuer: Issuer) -> x509.Certificate:
    """Bring the attempt of ``request`` to its end, from wherever it stopped, and return its certificate.

    Raises AttemptConflict, LintRefused, SubjectRefused, ValidityRefused, SignatureWrong, and what ``issuer.sign``
    raises; after VaultUnavailable the same request may be repeated.
    """
    entry = register.find(request.attempt_id)
    if entry is None or entry.certificate is None:
        _check(request)
    entry = register.reserve(_order(request, issuer))
    if entry.certificate is not None:
        return entry.certificate
    tbs = entry.tbs if entry.tbs is not None else _build(entry, request, issuer)
    certificate = _assemble(tbs, issuer)
    _compare(certificate, tbs, _placed(request.profile, entry, tbs), issuer)
    recorded = register.record(request.attempt_id, certificate).certificate
    return recorded if recorded is not None else certificate


def _check(request: Request) -> None:
    """Refuse before a serial number is spent what can never become a certificate."""
    subject = request.subject
    texts = [subject.common_name]
    if isinstance(subject, NaturalPerson):
        texts = [subject.given_name, subject.surname, subject.serial_number, subject.email]
    try:
        if not all(text.strip() for text in texts):
            raise SubjectRefused(attempt=str(request.attempt_id), reason="empty")
        distinguished_name(subject)
        if isinstance(subject, NaturalPerson):
            x509.RFC822Name(subject.email)
    except ValueError:
        raise SubjectRefused(attempt=str(request.attempt_id), reason="does_not_fit") from None


def _order(request: Request, issuer: Issuer) -> register.Order:
    begin = timezone.now().replace(microsecond=0)
    end = request.until or begin + timedelta(days=request.days or request.profile.validity_days)
    if end <= begin or (issuer.certificate is not None and end > issuer.certificate.not_valid_after_utc):
        raise ValidityRefused(until=end.isoformat())
    asked = {
        "profile": request.profile.name,
        "issuer": issuer.slug,
        "subject": asdict(request.subject),
        "public_key": sha256_hex(request.public_key),
        "days": request.days,
        "until": request.until.isoformat() if request.until else None,
    }
    return register.Order(
        attempt_id=request.attempt_id,
        slug=issuer.slug,
        profile=request.profile.name,
        subject=distinguished_name(request.subject).public_bytes(),
        public_key=request.public_key,
        not_before=begin,
        not_after=end.replace(microsecond=0),
        request_digest=sha256_hex(canonical_json(asked)),
    )


def _build(entry: register.Entry, request: Request, issuer: Issuer) -> bytes:
    profile = _placed(request.profile, entry)
    try:
        tbs = build.prepare_certificate(
            profile,
            request.subject,
            entry.public_key,
            issuer.certificate,
            entry.serial,
            entry.not_before,
            entry.not_after,
        )
        lint.lint_tbs(tbs, profile)
    except (lint.LintFailed, UnsupportedKey, ValueError) as error:
        raise _refused(entry, error) from None
    stored = register.store_tbs(entry.attempt_id, tbs).tbs
    return tbs if stored is None else stored


def _placed(profile: Profile, entry: register.Entry, tbs: bytes | None = None) -> Profile:
    """Return the profile with the address of the revocation list that tells of this serial number.

    What was prepared under other settings keeps the address that stands in it.
    """
    if profile.kind not in ("person", "seal"):
        return profile
    address = register.list_address_for(entry.slug, entry.serial)
    if tbs is not None and address.encode() not in tbs:
        known = register.list_addresses(entry.slug, entry.serial)
        address = next((one for one in known if one.encode() in tbs), address)
    return replace(profile, settings=replace(profile.settings, crl_url=address))


def _refused(entry: register.Entry, error: Exception) -> LintRefused:
    findings = [str(finding) for finding in error.findings] if isinstance(error, lint.LintFailed) else [str(error)]
    journal.write("certificate:refused", SYSTEM, {"attempt": entry.attempt_id}, {"findings": findings})
    return LintRefused(findings=findings)


def _assemble(tbs: bytes, issuer: Issuer) -> x509.Certificate:
    signature = issuer.sign(sha256(tbs))
    try:
        return build.assemble_certificate(tbs, signature, issuer.algorithm)
    except ValueError:
        raise SignatureWrong(reason="unreadable") from None


def _compare(certificate: x509.Certificate, tbs: bytes, profile: Profile, issuer: Issuer) -> None:
    try:
        build.compare(certificate, tbs)
        certificate.verify_directly_issued_by(issuer.certificate or certificate)
        lint.lint_certificate(certificate, profile)
    except (build.CompareFailed, InvalidSignature, ValueError, TypeError, lint.LintFailed) as error:
        raise SignatureWrong(reason=type(error).__name__) from None
