"""What is done with the root key: make the hierarchy, renew the root's revocation list.

A ceremony opens the root's own folder of keys in its own process, and closes it. The signer never sees that folder and
the running site works when it is absent, on a medium in a safe. Every step may be the last before a crash: the next
call goes on from there.
"""

import secrets
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.pki import crl
from paraphe.pki.keys import checked_key, delegated_key
from paraphe.trust.ca import issuance, operator, services
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault

ROOT_LIST_DAYS = 365
RENEW_ROOT_LIST_BEFORE = timedelta(days=180)
ISSUING: tuple[register.Slug, ...] = ("natural", "legal")


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


def _ceremony(keys: vault.OfflineKeys) -> None:
    journal.write("ceremony:opened", SYSTEM, {}, {"for": "hierarchy"})
    _make_root(keys)
    for slug in ISSUING:
        _make_issuing(keys, slug)
    if register.latest_revocation_list("root") is None:
        _root_list(keys)
    journal.write("ceremony:closed", SYSTEM, {}, {"for": "hierarchy"})


def _make_root(keys: vault.OfflineKeys) -> None:
    authority = register.authority("root")
    if authority.certificate is None:
        public_key = keys.generate(authority.key_id, authority.algorithm, "root-ca")
        register.record_authority("root", issuance.run(_request(authority, public_key), _root_issuer(keys, None)))


def _make_issuing(keys: vault.OfflineKeys, slug: register.Slug) -> None:
    authority = register.authority(slug)
    if authority.certificate is None:
        public_key = vault.generate(authority.key_id, authority.algorithm, _purpose(slug))
        _, root = register.issuer("root")
        register.record_authority(slug, issuance.run(_request(authority, public_key), _root_issuer(keys, root)))


def _request(authority: register.Authority, public_key: bytes) -> issuance.Request:
    profile = operator.authority_profile(authority.slug)
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
