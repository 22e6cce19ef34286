"""Checks of what was issued before: the same signature and lint, without the addresses, which settings may change."""

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from paraphe.pki import lint
from paraphe.trust.ca import operator
from paraphe.trust.ca.errors import ProfileUnknown
from paraphe.trust.register import api as register

#: They follow the settings of the day on which the certificate was issued.
OF_THEIR_DAY = {"policies_differ", "authority_information_access_differs", "crl_distribution_point_differs"}


def findings_of(entry: register.Entry, issuers: Sequence[register.Authority]) -> list[str]:
    """Return what is wrong with an issued certificate, as stable words; nothing: all is well.

    ``issuers`` are the authorities of the register, read once for many certificates.
    """
    certificate = entry.certificate
    if certificate is None:
        return ["no_certificate"]
    found: list[str] = []
    if certificate.tbs_certificate_bytes != entry.tbs:
        found.append("not_what_was_prepared")
    if certificate.serial_number != entry.serial:
        found.append("other_serial")
    if not _is_signed(entry, issuers):
        found.append("not_signed_by_issuer")
    try:
        lint.lint_certificate(certificate, operator.profile_named(entry.profile, entry.slug))
    except lint.LintFailed as error:
        found += [finding.code for finding in error.findings if finding.code not in OF_THEIR_DAY]
    except ProfileUnknown:
        found.append("profile_unknown")
    return found


def _is_signed(entry: register.Entry, issuers: Sequence[register.Authority]) -> bool:
    # An authority that was certified anew stands there more than once.
    return any(_signed_by(issuer.certificate, entry) for issuer in issuers if issuer.slug == entry.slug)


def _signed_by(issuer: x509.Certificate | None, entry: register.Entry) -> bool:
    if entry.certificate is None:
        return False
    try:
        entry.certificate.verify_directly_issued_by(issuer or entry.certificate)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
