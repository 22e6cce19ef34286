"""Checks of a certificate against its profile and the standards, on the bytes, before and after they are signed."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from asn1crypto import x509 as asn1_x509
from cryptography import x509

from paraphe.kernel.errors import DomainError
from paraphe.pki.errors import UnsupportedKey
from paraphe.pki.keys import public_key_from_der
from paraphe.pki.profiles import Profile

QC_STATEMENTS = {"1.3.6.1.5.5.7.1.3", "qc_statements"}
"""By its number, and by the name that asn1crypto learns when pyHanko is in the same process."""
USAGES = {
    "digital_signature": "digital_signature",
    "content_commitment": "non_repudiation",
    "key_cert_sign": "key_cert_sign",
    "crl_sign": "crl_sign",
}
MAX_VALIDITY = {"tsu": 6 * 366, "ocsp": 400}
"""Days that a ceremony or a renewal may choose; subscribers get what the policy promises (their profile), or less."""
CRITICAL = {"key_usage", "basic_constraints"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a stable code and the clause that it breaks."""

    code: str
    clause: str

    def __str__(self) -> str:
        return f"{self.code} ({self.clause})"


class LintFailed(DomainError):
    """The certificate does not follow its profile; ``findings`` says where."""

    code = "lint_failed"

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__(findings=[str(finding) for finding in findings])


def lint_tbs(tbs: bytes, profile: Profile) -> None:
    """Check a TBSCertificate before its issuer's key touches it. Raises LintFailed."""
    try:
        parsed = asn1_x509.TbsCertificate.load(tbs, strict=True)
        findings = tuple(_findings(parsed, profile))
    except Exception:  # noqa: BLE001 - whatever the parser says of bytes that it cannot read, the answer is the same
        findings = (Finding("unreadable", "RFC 5280 §4.1"),)
    if findings:
        raise LintFailed(findings)


def lint_certificate(certificate: x509.Certificate, profile: Profile) -> None:
    """Check a finished certificate. Raises LintFailed."""
    lint_tbs(certificate.tbs_certificate_bytes, profile)


def _findings(tbs: asn1_x509.TbsCertificate, profile: Profile) -> Iterator[Finding]:
    extensions = {extension["extn_id"].native: extension for extension in tbs["extensions"]}
    yield from _form(tbs)
    yield from _extensions(tbs, extensions)
    yield from _unexpected(extensions, profile)
    yield from _validity(tbs, profile)
    yield from _key(tbs)
    yield from _usage(extensions, profile)
    yield from _addresses(extensions, profile)
    yield from _subject(tbs, profile)
    yield from _letters(tbs)
    yield from _alternative_names(extensions, profile)


def _form(tbs: asn1_x509.TbsCertificate) -> Iterator[Finding]:
    if tbs["version"].native != "v3":
        yield Finding("version_not_3", "RFC 5280 §4.1.2.1")
    serial = tbs["serial_number"].native
    if serial <= 0 or serial.bit_length() > 159:
        yield Finding("serial_out_of_bounds", "RFC 5280 §4.1.2.2")
    if serial.bit_length() < 64:
        yield Finding("serial_not_random_enough", "ETSI EN 319 412-2 §4.2.1, 64 random bits")
    if tbs["signature"]["algorithm"].native not in ("sha256_ecdsa", "sha256_rsa"):
        yield Finding("weak_signature_algorithm", "ETSI TS 119 312 §9.3")


def _extensions(tbs: asn1_x509.TbsCertificate, extensions: dict[str, asn1_x509.Extension]) -> Iterator[Finding]:
    if len(extensions) != len(tbs["extensions"]):
        yield Finding("extension_twice", "RFC 5280 §4.2")
    if QC_STATEMENTS & set(extensions):
        yield Finding("qualified_claim", "ETSI EN 319 412-5 §4: this authority is not qualified")
    for needed in ("key_identifier", "authority_key_identifier", "key_usage"):
        if needed not in extensions:
            yield Finding(f"{needed}_missing", "RFC 5280 §4.2.1")
    for name, extension in extensions.items():
        if name in CRITICAL and not extension["critical"].native:
            yield Finding(f"{name}_not_critical", "RFC 5280 §4.2.1.3, §4.2.1.9")
        if extension["critical"].native and name not in CRITICAL | {"extended_key_usage"}:
            yield Finding(f"{name}_critical", "RFC 5280 §4.2")


def _unexpected(extensions: dict[str, asn1_x509.Extension], profile: Profile) -> Iterator[Finding]:
    allowed = {"key_identifier", "authority_key_identifier", "key_usage"}
    allowed |= {"basic_constraints"} if profile.is_ca else set()
    allowed |= {"certificate_policies"} if profile.policies else set()
    allowed |= {"extended_key_usage"} if profile.extended_key_usage else set()
    allowed |= {"ocsp_no_check"} if profile.no_check else set()
    allowed |= {"subject_alt_name"} if profile.email_in_alternative_name else set()
    allowed |= set() if profile.self_signed else {"authority_information_access"}
    allowed |= set() if profile.self_signed or profile.no_check else {"crl_distribution_points"}
    for name in sorted(set(extensions) - allowed):
        yield Finding(f"{name}_unexpected", "certificate policy: only what the profile names")


def _validity(tbs: asn1_x509.TbsCertificate, profile: Profile) -> Iterator[Finding]:
    begin, end = tbs["validity"]["not_before"].native, tbs["validity"]["not_after"].native
    if end <= begin:
        yield Finding("validity_empty", "RFC 5280 §4.1.2.5")
    slack = 7 if profile.is_ca else 0  # leap days
    limit = MAX_VALIDITY.get(profile.kind, profile.validity_days + slack)
    if end - begin > timedelta(days=limit):
        yield Finding("validity_too_long", "certificate policy: longest validity of this profile")
    for moment in (tbs["validity"]["not_before"], tbs["validity"]["not_after"]):
        if (moment.native.year < 2050) != (moment.name == "utc_time"):
            yield Finding("time_in_wrong_form", "RFC 5280 §4.1.2.5")


def _key(tbs: asn1_x509.TbsCertificate) -> Iterator[Finding]:
    try:
        public_key_from_der(tbs["subject_public_key_info"].dump())
    except UnsupportedKey:
        yield Finding("key_not_accepted", "ETSI TS 119 312 §6: P-256, P-384, RSA 2048 to 4096")


def _usage(extensions: dict[str, asn1_x509.Extension], profile: Profile) -> Iterator[Finding]:
    if "key_usage" in extensions:
        found = set(extensions["key_usage"]["extn_value"].parsed.native)
        if found != {USAGES[usage] for usage in profile.key_usage}:
            yield Finding("key_usage_differs", "ETSI EN 319 412-2 §4.3.2")
    constraints = extensions.get("basic_constraints")
    is_ca = bool(constraints and constraints["extn_value"].parsed["ca"].native)
    if is_ca != profile.is_ca:
        yield Finding("authority_flag_differs", "RFC 5280 §4.2.1.9")
    if constraints and constraints["extn_value"].parsed["path_len_constraint"].native != profile.path_length:
        yield Finding("path_length_differs", "RFC 5280 §4.2.1.9")
    purposes = extensions.get("extended_key_usage")
    found_purposes = tuple(purpose.dotted for purpose in purposes["extn_value"].parsed) if purposes else ()
    if found_purposes != tuple(purpose.dotted_string for purpose in profile.extended_key_usage):
        yield Finding("extended_key_usage_differs", "RFC 5280 §4.2.1.12")
    if purposes and purposes["critical"].native != profile.extended_key_usage_critical:
        yield Finding("extended_key_usage_criticality", "RFC 3161 §2.3")
    if ("ocsp_no_check" in extensions) != profile.no_check:
        yield Finding("no_check_differs", "RFC 6960 §4.2.2.2.1")


def _addresses(extensions: dict[str, asn1_x509.Extension], profile: Profile) -> Iterator[Finding]:
    policies = extensions.get("certificate_policies")
    found = tuple(policy["policy_identifier"].dotted for policy in policies["extn_value"].parsed) if policies else ()
    if found != profile.policies:
        yield Finding("policies_differ", "ETSI EN 319 411-1 §6.6.1")
    if profile.self_signed:
        return
    settings = profile.settings
    expected = {("ca_issuers", settings.aia_url), ("ocsp", "" if profile.no_check else settings.ocsp_url)}
    if _access(extensions) != {(method, url) for method, url in expected if url}:
        yield Finding("authority_information_access_differs", "ETSI EN 319 412-2 §4.4.1")
    if _lists(extensions) != ([settings.crl_url] if settings.crl_url and not profile.no_check else []):
        yield Finding("crl_distribution_point_differs", "ETSI EN 319 412-2 §4.3.11")


def _access(extensions: dict[str, asn1_x509.Extension]) -> set[tuple[str, str]]:
    access = extensions.get("authority_information_access")
    found = access["extn_value"].parsed if access else ()
    return {(one["access_method"].native, one["access_location"].native) for one in found}


def _lists(extensions: dict[str, asn1_x509.Extension]) -> list[str]:
    points = extensions.get("crl_distribution_points")
    found = points["extn_value"].parsed if points else ()
    return [name for point in found for name in point["distribution_point"].native]


def _subject(tbs: asn1_x509.TbsCertificate, profile: Profile) -> Iterator[Finding]:
    present = {attribute["type"].native for relative in tbs["subject"].chosen for attribute in relative}
    needed = {"country_name", "common_name"}
    if profile.kind == "person":
        needed |= {"given_name", "surname", "serial_number"}
    else:
        needed |= {"organization_name", "organization_identifier"}
    for name in sorted(needed - present):
        yield Finding(f"subject_{name}_missing", "ETSI EN 319 412-2 §4.2.4, EN 319 412-3 §4.2.1")
    if profile.self_signed and tbs["subject"] != tbs["issuer"]:
        yield Finding("root_not_its_own_issuer", "RFC 5280 §3.2")


def _letters(tbs: asn1_x509.TbsCertificate) -> Iterator[Finding]:
    """Find what a reader of the name would not see: control, format, private and unassigned characters."""
    for relative in tbs["subject"].chosen:
        for attribute in relative:
            name, value = attribute["type"].native, attribute["value"].native
            if any(unicodedata.category(letter)[0] == "C" for letter in value):
                yield Finding(f"subject_{name}_unseen_character", "ETSI EN 319 412-2 §4.2.4: names that people read")
            if name == "country_name" and not (len(value) == 2 and value.isascii() and value.isupper()):
                yield Finding("subject_country_name_form", "RFC 5280 appendix A.1: ISO 3166-1 alpha-2")


def _alternative_names(extensions: dict[str, asn1_x509.Extension], profile: Profile) -> Iterator[Finding]:
    names = extensions.get("subject_alt_name")
    kinds = [name.name for name in names["extn_value"].parsed] if names else []
    if kinds != (["rfc822_name"] if profile.email_in_alternative_name else []):
        yield Finding("subject_alternative_name_differs", "RFC 5280 §4.2.1.6: one address, of a person only")
