"""The verdict on one signature, and on one document timestamp (ETSI EN 319 102-1 §5.3 to §5.6)."""

from collections.abc import Iterator
from dataclasses import replace

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from paraphe.pdf.values import SignatureReport, Wanted
from paraphe.pdf.verdict import paths, strength
from paraphe.pdf.verdict.case import PADES, Case, Time
from paraphe.pdf.verdict.certificates import Certificate, signer_of
from paraphe.pdf.verdict.entries import RSA_SHA1
from paraphe.pdf.verdict.evidence import Proof
from paraphe.pdf.verdict.integrity import bound, signed_attributes, value
from paraphe.pdf.verdict.message import DATA, Message, Misshapen, digest
from paraphe.pdf.verdict.paths import Path
from paraphe.pdf.verdict.problems import CHAIN, CONSTRAINTS, CRYPTO, FORMAT, HASH, NO_CERTIFICATE, TRY_LATER, Problem
from paraphe.pdf.verdict.reporting import report_of, without_message
from paraphe.pdf.verdict.revocation import TOLERANCE, Standing, standing
from paraphe.pdf.verdict.times import Stamp, Surroundings, judge, judge_token

NOT_FOR_SIGNING = {
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.TIME_STAMPING,
    ExtendedKeyUsageOID.OCSP_SIGNING,
}
ATTRIBUTE_VERDICTS = {"digest_mismatch": HASH}


def judge_signature(case: Case, wanted: list[Wanted]) -> SignatureReport:
    """Return the verdict on one signature; what could be fetched for it is added to ``wanted``."""
    entry, message = case.entry, case.entry.message
    if message is None:
        return without_message(case, tuple(_structure(case)))
    pool = case.around.pool.with_ders(message.certificates)
    around = replace(case.around, pool=pool)
    signer = signer_of(message, pool)
    problems = list(_structure(case))
    broken = [*_integrity(case, message), *_value(case, message, signer)]
    problems += broken
    time = _time(case, message, around, bool(broken))
    for stamp in time.stamps:
        problems += stamp.problems
    problems += _order(time, case)
    if signer is None:
        problems.append(Problem("signer_certificate_missing", NO_CERTIFICATE))
        return report_of(case, message, time, problems, None, None, (), intact=not broken)
    problems += _signer(message, signer, entry.subfilter)
    path = paths.best(signer, pool, around.anchors, time.at, proved=time.proved)
    problems += path.problems
    standings = tuple(
        standing(one, issuer, around.evidence, pool, time.at)
        for one, issuer in zip(path.certificates, path.certificates[1:], strict=False)
    )
    problems += _revocation(path, standings, time)
    problems += _weak(message, signer, time, entry.subfilter)
    for one in ((path, standings), *((stamp.path, stamp.standings) for stamp in time.stamps)):
        _want(one[0], one[1], wanted)
    return report_of(case, message, time, problems, signer, path, standings, intact=not broken)


def judge_timestamp(case: Case, wanted: list[Wanted]) -> tuple[SignatureReport, Proof | None]:
    """Return the verdict on one document timestamp, and what it proves where it is good."""
    entry, message = case.entry, case.entry.message
    if message is None:
        return without_message(case, tuple(_structure(case))), None
    around = replace(case.around, pool=case.around.pool.with_ders(message.certificates))
    try:
        stamp = judge(message, lambda name: entry.covered_digest(case.data, name), around, case.existed)
    except Misshapen as error:
        stamp = Stamp(None, None, None, (), (Problem("timestamp_invalid", FORMAT, {"reason": error.code}),))
    # Here the token is the signature itself: what is wrong with it is not doubt but failure.
    own = [_hardened(one) for one in stamp.problems]
    problems = [*_structure(case), *own]
    _want(stamp.path, stamp.standings, wanted)
    at = stamp.info.gen_time if stamp.info else None
    time = Time(at or case.around.now, stamp.usable, "document_timestamp" if stamp.usable else None)
    report = report_of(case, message, time, problems, stamp.unit, stamp.path, stamp.standings, intact=stamp.intact)
    report = replace(
        report,
        level="timestamp",
        signed_at=at,
        timestamped_at=at,
        timestamped_by=stamp.unit.name if stamp.unit else "",
        algorithm=stamp.algorithm,
    )
    format_failed = any(one.verdict == FORMAT for one in problems)
    proves = stamp.usable and not format_failed and entry.revision >= 0 and at is not None
    return report, Proof(entry.revision, at) if proves and at is not None else None


def _hardened(problem: Problem) -> Problem:
    if problem.code != "timestamp_invalid":
        return problem
    failed = {"imprint": HASH, "digest_mismatch": HASH, "signature": CRYPTO}
    return replace(problem, verdict=failed.get(problem.params.get("reason", ""), FORMAT))


def _structure(case: Case) -> Iterator[Problem]:
    """Yield what the bytes around the signature and the changes since say against it."""
    own, file = case.entry.structure, case.file
    for one in (*own.tricks, *file.tricks):
        yield Problem(one.code, FORMAT, one.params, one.page)
    for one in (*own.doubts, *file.doubts):
        yield Problem(one.code, CONSTRAINTS, one.params, one.page)
    since = case.since
    if since is None:
        yield Problem("changes_not_known", CONSTRAINTS)
        return
    if since.worst == "forbidden":
        yield Problem("changed_after_signing", FORMAT)
    elif since.worst == "suspicious":
        yield Problem("suspicious_changes", CONSTRAINTS)
    if since.unsigned and case.last and not (case.certified and since.worst in ("none", "permitted")):
        yield Problem("unsigned_changes", CONSTRAINTS)


def _integrity(case: Case, message: Message) -> Iterator[Problem]:
    """Yield what is wrong with the digests (ETSI EN 319 102-1 §5.2.7)."""
    subfilter = case.entry.subfilter
    try:
        covered = case.entry.covered_digest(
            case.data, "sha1" if subfilter == "adbe.pkcs7.sha1" else message.digest_name
        )
        if subfilter == "adbe.pkcs7.sha1":
            if message.content != covered:
                yield Problem("digest_mismatch", HASH)
            covered = digest(message.digest_name, message.content or b"")
        elif message.content is not None:
            yield Problem("content_inside", FORMAT)
        if subfilter != RSA_SHA1 and message.content_type != DATA:
            yield Problem("content_type_wrong", FORMAT)
        for code in signed_attributes(message, covered, required=subfilter == PADES):
            yield Problem(code, ATTRIBUTE_VERDICTS.get(code, FORMAT))
    except Misshapen as error:
        yield Problem(error.code, ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE"))


def _value(case: Case, message: Message, signer: Certificate | None) -> Iterator[Problem]:
    if signer is None:
        return
    name = "sha1" if case.entry.subfilter == RSA_SHA1 else message.digest_name
    try:
        content = digest(name, message.content) if message.content is not None else b""
        if not content and message.signed_attributes is None:
            content = case.entry.covered_digest(case.data, name)
        if not value(message, signer, content):
            without = message.signed_attributes is None
            # Without attributes the value is over the document: nobody can tell which of the two was changed.
            yield Problem("digest_mismatch", HASH) if without else Problem("signature_value_wrong", CRYPTO)
    except Misshapen as error:
        mixed = error.code == "mixed_algorithms"
        yield Problem(error.code, FORMAT if mixed else ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE"))


def _time(case: Case, message: Message, around: Surroundings, broken: bool) -> Time:
    """Return the earliest proved time: a timestamp over the signature value, or a document timestamp over the file."""
    stamps = tuple(judge_token(one, message.signature, around, case.existed) for one in message.tokens)
    proved = [one.info.gen_time for one in stamps if one.usable and one.info is not None and not broken]
    first = min(proved, default=None)
    if first is not None and first <= case.existed:
        return Time(first, True, "timestamp", stamps)
    if case.existed < around.now:
        return Time(case.existed, True, "document_timestamp", stamps)
    return Time(around.now, False, "claimed" if case.entry.claimed_at() is not None else None, stamps)


def _order(time: Time, case: Case) -> Iterator[Problem]:
    """Yield a timestamp in the signature that says it is younger than a document timestamp over it (§5.6.3)."""
    for stamp in time.stamps:
        if stamp.usable and stamp.info is not None and stamp.info.gen_time > case.existed + TOLERANCE:
            yield Problem("timestamp_order", ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE"))


def _signer(message: Message, signer: Certificate, subfilter: str) -> Iterator[Problem]:
    """Yield what keeps a certificate from signing documents (ETSI EN 319 102-1 §5.2.3, §5.2.8)."""
    if message.bindings is None and subfilter == PADES:
        yield Problem("signing_certificate_missing", CONSTRAINTS)
    elif not bound(message, signer, required=False):
        yield Problem("signing_certificate_wrong", NO_CERTIFICATE)
    usage = signer.extension(x509.KeyUsage)
    if isinstance(usage, x509.KeyUsage) and not (usage.content_commitment or usage.digital_signature):
        yield Problem("wrong_usage", CHAIN, {"name": signer.name})
    extended = signer.extension(x509.ExtendedKeyUsage)
    if isinstance(extended, x509.ExtendedKeyUsage) and set(extended) <= NOT_FOR_SIGNING:
        yield Problem("wrong_usage", CHAIN, {"name": signer.name})
    limits = signer.extension(x509.BasicConstraints)
    if isinstance(limits, x509.BasicConstraints) and limits.ca:
        yield Problem("signed_by_authority", CHAIN, {"name": signer.name})


def _revocation(path: Path, standings: tuple[Standing, ...], time: Time) -> Iterator[Problem]:
    """Yield what revocation says against the path at the time that counts (§5.2.6.4, §5.5.4)."""
    if path.anchor is None:
        return
    for place, (one, certificate) in enumerate(zip(standings, path.certificates, strict=False)):
        params = {"name": certificate.name}
        if one.state == "revoked" and (one.fact.revoked_at is None or time.at >= one.fact.revoked_at):
            if one.is_on_hold:  # §5.2.6.4 5): whether it is revoked is not decided yet.
                yield Problem("on_hold", TRY_LATER, params)
            elif place:
                yield Problem("authority_revoked", ("INDETERMINATE", "REVOKED_CA_NO_POE"), params)
            else:
                known = ("TOTAL-FAILED", "REVOKED") if time.proved else ("INDETERMINATE", "REVOKED_NO_POE")
                yield Problem("revoked", known, params)  # type: ignore[arg-type]
        elif one.state in ("unknown", "stale"):
            yield Problem("revocation_unknown" if one.state == "unknown" else "revocation_stale", TRY_LATER, params)


def _weak(message: Message, signer: Certificate, time: Time, subfilter: str) -> Iterator[Problem]:
    names = [message.digest_name, "sha1"] if subfilter == "adbe.pkcs7.sha1" else [message.digest_name]
    sub = "CRYPTO_CONSTRAINTS_FAILURE" if time.proved else "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"
    for name in names:
        what = strength.weak(signer.key, name, time.at)
        if what is not None:
            yield Problem("weak_algorithm", ("INDETERMINATE", sub), {"algorithm": what})  # type: ignore[arg-type]
            return


def _want(path: Path | None, standings: tuple[Standing, ...], wanted: list[Wanted]) -> None:
    """Note what could be fetched: the issuer that is missing, or what is not known of a revocation."""
    if path is None:
        return
    last = path.certificates[-1]
    if path.anchor is None and not last.self_issued:
        access = last.extension(x509.AuthorityInformationAccess)
        if isinstance(access, x509.AuthorityInformationAccess) and any(
            one.access_method == AuthorityInformationAccessOID.CA_ISSUERS for one in access
        ):
            wanted.append(Wanted(last.der))
    for one, certificate, issuer in zip(standings, path.certificates, path.certificates[1:], strict=False):
        if one.state in ("unknown", "stale"):
            wanted.append(Wanted(certificate.der, issuer.der))
