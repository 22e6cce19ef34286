"""What is done with the root key: make the hierarchy, renew the root's revocation list.

A ceremony opens the root's own folder of keys in its own process, and closes it. The signer never sees that folder and
the running site works when it is absent, on a medium in a safe. Every step may be the last before a crash: the next
call goes on from there.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.digests import canonical_json, sha256_hex
from paraphe.pki import crl
from paraphe.pki.keys import checked_key, delegated_key
from paraphe.pki.profiles import DAYS_A_YEAR
from paraphe.trust.ca import issuance, operator, services
from paraphe.trust.ca.plan import CeremonyPlan, PlanRefused
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault

ROOT_LIST_DAYS = 365
RENEW_ROOT_LIST_BEFORE = timedelta(days=180)
ISSUING: tuple[register.Slug, ...] = ("natural", "legal")


@dataclass(frozen=True)
class Minutes:
    """What a ceremony made: fingerprints for the witnesses to copy, shares for the custodians to keep."""

    fingerprints: dict[str, str]
    shares: list[str]
    digest: str
    """SHA-256 of plan, fingerprints and time, as it stands in the journal."""


def hold_ceremony(plan: CeremonyPlan, root_directory: Path) -> Minutes:
    """Make the hierarchy as ``plan`` says, in an installation that has none, and divide the root's key-encryption key.

    The shares are told once and kept nowhere; whoever holds the ceremony removes the key itself from the folder when
    the custodians have theirs. Raises PlanRefused when there is a hierarchy or the folder is in use, StoreRefused,
    VaultUnavailable.
    """
    if register.authorities():
        raise PlanRefused(sentence="This installation has its authorities already: nothing was made.")
    if root_directory.exists() and any(root_directory.iterdir()):
        raise PlanRefused(sentence=f"{root_directory} is not empty: a root's key is made in an empty folder.")
    register.plan_authorities(
        [register.AuthorityPlan(part.slug, part.name, part.algorithm) for part in plan.authorities]
    )
    years = {part.slug: part.years for part in plan.authorities}
    with vault.offline_keys(root_directory, create=True) as keys:
        _ceremony(keys, years)
    services.renew_services()
    found = {one.slug: one.certificate for one in register.authorities() if one.certificate is not None}
    fingerprints: dict[str, str] = {slug: one.fingerprint(hashes.SHA256()).hex() for slug, one in found.items()}
    told = {"plan": plan.sentences(), "fingerprints": fingerprints, "at": timezone.now().isoformat()}
    digest = sha256_hex(canonical_json(told))
    data = {"minutes_sha256": digest, "fingerprints": fingerprints, "shares": plan.shares, "needed": plan.needed}
    journal.write("ceremony:held", SYSTEM, {}, data)
    return Minutes(fingerprints, vault.split(root_directory, plan.needed, plan.shares), digest)


def create_hierarchy(root_directory: Path) -> None:
    """Make what is missing of root, issuing authorities, root revocation list, responders and time-stamping unit.

    Opens ``root_directory`` only when the root key is needed, or when it is at hand and the root's list ends within
    half a year. Raises VaultUnavailable, and StoreRefused with a sentence when the root key is needed and its folder
    cannot be used.
    """
    authorities = register.plan_authorities(_plans())
    if _needs_root(authorities):
        with vault.offline_keys(root_directory, create=_is_unborn(authorities)) as keys:
            _ceremony(keys)
    elif root_crl_ends_within(RENEW_ROOT_LIST_BEFORE) and root_directory.is_dir():
        renew_root_crl(root_directory)
    services.renew_services()


def renew_root_crl(root_directory: Path) -> int:
    """Make a new revocation list of the root, and return its number. Raises StoreRefused, AuthorityUnknown."""
    with vault.offline_keys(root_directory) as keys:
        journal.write("ceremony:opened", SYSTEM, {}, {"for": "root-crl"})
        number = _root_list(keys)
        journal.write("ceremony:closed", SYSTEM, {}, {"for": "root-crl"})
    return number


def root_crl_ends_within(time: timedelta) -> bool:
    """Tell whether the root's revocation list must be renewed by a ceremony within ``time``."""
    latest = register.latest_revocation_list("root")
    return latest is not None and latest.next_update - timezone.now() < time


def _plans() -> list[register.AuthorityPlan]:
    # Names of two installations differ, so that their certificates are not taken for each other in one reader.
    suffix = secrets.token_hex(3).upper()
    algorithm = vault.default_algorithm()
    return [
        register.AuthorityPlan(slug, f"{name} {suffix}", algorithm) for slug, name in operator.AUTHORITY_NAMES.items()
    ]


def _is_unborn(authorities: list[register.Authority]) -> bool:
    return all(authority.certificate is None for authority in authorities)


def _needs_root(authorities: list[register.Authority]) -> bool:
    return any(authority.certificate is None for authority in authorities) or (
        register.latest_revocation_list("root") is None
    )


def _ceremony(keys: vault.OfflineKeys, years: Mapping[register.Slug, int] | None = None) -> None:
    terms = years or {}
    journal.write("ceremony:opened", SYSTEM, {}, {"for": "hierarchy"})
    _make_root(keys, terms.get("root"))
    for slug in ISSUING:
        _make_issuing(keys, slug, terms.get(slug))
    if register.latest_revocation_list("root") is None:
        _root_list(keys)
    journal.write("ceremony:closed", SYSTEM, {}, {"for": "hierarchy"})


def _make_root(keys: vault.OfflineKeys, years: int | None) -> None:
    authority = register.authority("root")
    if authority.certificate is None:
        public_key = keys.generate(authority.key_id, authority.algorithm, "root-ca")
        register.record_authority(
            "root", issuance.run(_request(authority, public_key, years), _root_issuer(keys, None))
        )


def _make_issuing(keys: vault.OfflineKeys, slug: register.Slug, years: int | None) -> None:
    authority = register.authority(slug)
    if authority.certificate is None:
        public_key = vault.generate(authority.key_id, authority.algorithm, _purpose(slug))
        _, root = register.issuer("root")
        register.record_authority(slug, issuance.run(_request(authority, public_key, years), _root_issuer(keys, root)))


def _request(authority: register.Authority, public_key: bytes, years: int | None) -> issuance.Request:
    profile = operator.authority_profile(authority.slug)
    if years is not None:
        profile = replace(profile, validity_days=years * DAYS_A_YEAR)
    return issuance.Request(authority.attempt_id, profile, operator.unit(authority.common_name), public_key)


def _root_issuer(keys: vault.OfflineKeys, certificate: x509.Certificate | None) -> issuance.Issuer:
    authority = register.authority("root")
    algorithm = vault.signature_algorithm(authority.algorithm)

    def sign(digest: bytes) -> bytes:
        return keys.sign(authority.key_id, "root-ca", [digest], algorithm)[0]

    return issuance.Issuer("root", certificate, algorithm, sign)


def _root_list(keys: vault.OfflineKeys) -> int:
    _, root = register.issuer("root")
    now = timezone.now().replace(microsecond=0)
    end = min(now + timedelta(days=ROOT_LIST_DAYS), root.not_valid_after_utc)
    number = register.reserve_revocation_list("root", now, end)
    revoked = register.revoked("root")
    key = delegated_key(checked_key(root.public_key()), _root_issuer(keys, root).sign)
    entries = [crl.RevokedEntry(one.serial, one.revoked_at, x509.ReasonFlags[one.reason]) for one in revoked]
    content = crl.build_crl(root, key, number, now, end, entries)
    register.record_revocation_list("root", number, content, len(revoked))
    return number


def _purpose(slug: register.Slug) -> vault.Purpose:
    return "natural-ca" if slug == "natural" else "legal-ca"
