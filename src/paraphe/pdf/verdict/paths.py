"""From a certificate to an anchor: building the path and checking it (RFC 5280 §6.1).

Policies: none is asked for, so that only a path that itself requires one (policyConstraints) can fail for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from paraphe.pdf.values import Anchor
from paraphe.pdf.verdict import certificates, strength
from paraphe.pdf.verdict.certificates import Certificate, Pool
from paraphe.pdf.verdict.names import Names
from paraphe.pdf.verdict.problems import CHAIN, NO_CHAIN, Problem, Verdict

MAX_LENGTH, MAX_TRIES, MAX_PATHS = 10, 100, 12
KNOWN = {
    ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.KEY_USAGE, ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.CERTIFICATE_POLICIES, ExtensionOID.POLICY_CONSTRAINTS, ExtensionOID.POLICY_MAPPINGS,
    ExtensionOID.INHIBIT_ANY_POLICY, ExtensionOID.NAME_CONSTRAINTS, ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.ISSUER_ALTERNATIVE_NAME, ExtensionOID.CRL_DISTRIBUTION_POINTS,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS, ExtensionOID.SUBJECT_KEY_IDENTIFIER,
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER, ExtensionOID.OCSP_NO_CHECK, certificates.QC_STATEMENTS,
}  # fmt: skip
"""Extensions that are looked at or may be passed over; any other that is critical ends the path (§4.2)."""
POLICY_MAPPINGS = ExtensionOID.POLICY_MAPPINGS
ANY_POLICY = x509.ObjectIdentifier("2.5.29.32.0")


@dataclass(frozen=True)
class Path:
    """Certificates from the one that is judged to the anchor, what is wrong with them, whether the anchor is known."""

    certificates: tuple[Certificate, ...]
    anchor: Anchor | None
    problems: tuple[Problem, ...]

    @property
    def trusted(self) -> bool:
        """Tell whether it leads to an anchor and every rule holds."""
        return self.anchor is not None and not self.problems


class Anchors:
    """The anchors of one validation, found by name."""

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._by_subject: dict[bytes, list[tuple[Certificate, Anchor]]] = {}
        for anchor in anchors:
            found = certificates.of(anchor.certificate)
            if found is not None:
                self._by_subject.setdefault(found.subject, []).append((found, anchor))

    def named(self, subject: bytes) -> list[tuple[Certificate, Anchor]]:
        """Return those with this subject."""
        return self._by_subject.get(subject, [])

    def __iter__(self) -> Iterator[Certificate]:
        return iter([one for found in self._by_subject.values() for one, _ in found])


def best(leaf: Certificate, pool: Pool, anchors: Anchors, at: datetime, *, proved: bool) -> Path:
    """Return the path of ``leaf`` with which least is wrong at ``at``; ``proved``: whether that time is proved."""
    found = None
    for count, (path, anchor) in enumerate(_search(leaf, pool, anchors)):
        judged = Path(path, anchor, tuple(_problems(path, anchor, at, proved=proved)))
        if judged.trusted:
            return judged
        if found is None or len(judged.problems) < len(found.problems):
            found = judged
        if count >= MAX_PATHS:
            break
    if found is not None:
        return found
    path = _partial(leaf, pool)
    params = {"name": path[-1].name}
    return Path(path, None, (Problem("not_trusted", NO_CHAIN, params), *_false_authorities(path)))


def _search(leaf: Certificate, pool: Pool, anchors: Anchors) -> Iterator[tuple[tuple[Certificate, ...], Anchor]]:
    """Yield every path to an anchor, nearest first; so many signatures are tried and no more."""
    tries = 0
    waiting: list[tuple[Certificate, ...]] = [(leaf,)]
    for certificate, anchor in anchors.named(leaf.subject):
        if certificate.der == leaf.der:
            yield (leaf,), anchor
    while waiting:
        path = waiting.pop(0)
        for issuer, anchor in anchors.named(path[-1].issuer):
            tries += 1
            if issuer.der != path[-1].der and certificates.issued_by(path[-1].der, issuer.der):
                yield (*path, issuer), anchor
        for issuer in pool.named(path[-1].issuer):
            tries += 1
            if tries > MAX_TRIES:
                return
            if issuer not in path and len(path) < MAX_LENGTH and certificates.issued_by(path[-1].der, issuer.der):
                waiting.append((*path, issuer))


def _partial(leaf: Certificate, pool: Pool) -> tuple[Certificate, ...]:
    """Return as much of a path as there is, for people to see where it ends."""
    path = [leaf]
    while len(path) < MAX_LENGTH:
        above = [
            one
            for one in pool.named(path[-1].issuer)[:MAX_LENGTH]
            if one not in path and certificates.issued_by(path[-1].der, one.der)
        ]
        if not above:
            break
        path.append(above[0])
    return tuple(path)


def _false_authorities(path: tuple[Certificate, ...]) -> Iterator[Problem]:
    for one in path[1:]:
        if not _is_authority(one):
            yield Problem("issuer_is_no_authority", CHAIN, {"name": one.name})


def _is_authority(certificate: Certificate) -> bool:
    """Tell whether a certificate may issue others (§6.1.4 k, n); a root of version 1 could not say it."""
    limits = certificate.extension(x509.BasicConstraints)
    if limits is None:
        return certificate.parsed.version is x509.Version.v1 and certificate.self_issued
    usage = certificate.extension(x509.KeyUsage)
    signs = not isinstance(usage, x509.KeyUsage) or usage.key_cert_sign
    return isinstance(limits, x509.BasicConstraints) and limits.ca and signs


def _problems(path: tuple[Certificate, ...], anchor: Anchor, at: datetime, *, proved: bool) -> Iterator[Problem]:
    yield from _anchored(anchor, at)
    yield from _false_authorities(path)
    yield from _lengths(path)
    yield from _named(path)
    yield from _policies(path)
    issuers = path[1:]
    # The anchor is believed because it was given: only those below it are judged, but nothing outlives it.
    for one in path:
        yield from window(one, at, proved=proved)
    for one, issuer in zip(path, issuers, strict=False):
        for extension in one.extensions:
            if extension.critical and extension.oid not in KNOWN:
                yield Problem("critical_extension", CHAIN, {"name": one.name, "oid": extension.oid.dotted_string})
        hashed = one.parsed.signature_hash_algorithm
        name = hashed.name.replace("-", "_") if hashed is not None else "sha512"
        what = strength.weak(issuer.key, name, at)
        if what is not None:
            sub: Verdict = (
                "INDETERMINATE",
                "CRYPTO_CONSTRAINTS_FAILURE" if proved else "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            )
            yield Problem("weak_certificate", sub, {"name": one.name, "algorithm": what})


def _anchored(anchor: Anchor, at: datetime) -> Iterator[Problem]:
    if (anchor.since is not None and at < anchor.since) or (anchor.until is not None and at > anchor.until):
        yield Problem("anchor_not_in_force", NO_CHAIN, {"name": anchor.name})


def window(certificate: Certificate, at: datetime, *, proved: bool) -> Iterator[Problem]:
    """Yield what is wrong with ``at`` for the validity of ``certificate`` (§6.1.3 a 2)."""
    params = {"name": certificate.name}
    if at > certificate.parsed.not_valid_after_utc:
        yield Problem("expired", ("INDETERMINATE", "EXPIRED" if proved else "OUT_OF_BOUNDS_NO_POE"), params)
    elif at < certificate.parsed.not_valid_before_utc:
        yield Problem("not_yet_valid", ("TOTAL-FAILED" if proved else "INDETERMINATE", "NOT_YET_VALID"), params)


def _lengths(path: tuple[Certificate, ...]) -> Iterator[Problem]:
    """Yield where more authorities follow than one allows (§4.2.1.9): those that issue to themselves do not count."""
    for place, one in enumerate(path[1:], 1):
        limits = one.extension(x509.BasicConstraints)
        below = sum(not between.self_issued for between in path[1:place])
        if isinstance(limits, x509.BasicConstraints) and limits.path_length is not None and below > limits.path_length:
            yield Problem("path_length", CHAIN, {"name": one.name})


def _named(path: tuple[Certificate, ...]) -> Iterator[Problem]:
    """Yield names that an authority above may not certify (§6.1.3 b, c)."""
    for place, one in enumerate(path):
        if one.self_issued and place:
            continue
        for above in path[place + 1 :]:
            limits = above.extension(x509.NameConstraints)
            if isinstance(limits, x509.NameConstraints) and not Names(one).allowed(limits):
                yield Problem("name_constraints", CHAIN, {"name": one.name})


def _policies(path: tuple[Certificate, ...]) -> Iterator[Problem]:
    """Yield a required policy that is not there (§6.1.3 d to f, with inhibitAnyPolicy, without mappings)."""
    valid: set[x509.ObjectIdentifier] | None = None
    explicit, inhibit = len(path) + 1, len(path) + 1
    for place, one in enumerate(reversed(path[:-1]), 1):
        final = place == len(path) - 1
        found = one.extension(x509.CertificatePolicies)
        own = {info.policy_identifier for info in found} if isinstance(found, x509.CertificatePolicies) else set()
        takes_any = ANY_POLICY in own and (inhibit > 0 or (one.self_issued and not final))
        if not takes_any:
            named = own - {ANY_POLICY}
            valid = named if valid is None else valid & named
        mapped = any(extension.oid == POLICY_MAPPINGS for extension in one.extensions)
        if explicit <= 0 and (mapped or valid == set()):
            yield Problem("policy_required", CHAIN, {"name": one.name})
            return
        explicit, inhibit = _counted(one, explicit, inhibit)
        if final and explicit <= 0 and valid == set():
            yield Problem("policy_required", CHAIN, {"name": one.name})


def _counted(one: Certificate, explicit: int, inhibit: int) -> tuple[int, int]:
    """Return after how many certificates a policy is required and anyPolicy no longer counts (§6.1.4 h to j)."""
    if not one.self_issued:
        explicit, inhibit = explicit - 1, inhibit - 1
    limits = one.extension(x509.PolicyConstraints)
    if isinstance(limits, x509.PolicyConstraints) and limits.require_explicit_policy is not None:
        explicit = min(explicit, limits.require_explicit_policy)
    ended = one.extension(x509.InhibitAnyPolicy)
    if isinstance(ended, x509.InhibitAnyPolicy):
        inhibit = min(inhibit, ended.skip_certs)
    return explicit, inhibit
