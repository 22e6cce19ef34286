"""Revocation lists of the issuing authorities: made anew before they age, and after each change of a status.

Beside the full list there may be parts of it: certificates issued while PARAPHE_CRL_PARTITIONS is above one point to
the list of their own part (RFC 5280 §5.2.5), which stays small when there are a hundred thousand revocations.
"""

from contextlib import suppress
from datetime import timedelta

from cryptography import x509
from django.utils import timezone

from paraphe.pki import crl
from paraphe.pki.keys import checked_key, delegated_key
from paraphe.trust.register import api as register
from paraphe.trust.status.errors import ListUnavailable
from paraphe.trust.vault import api as vault

ISSUING: tuple[register.Slug, ...] = ("natural", "legal")
VALID_FOR = timedelta(days=7)
RENEW_AFTER = timedelta(days=1)


def current_crl(slug: register.Slug, part: str = "") -> bytes:
    """Return the DER of the newest CertificateList of an issuer. Raises ListUnavailable."""
    return current_edition(slug, part).content


def current_edition(slug: register.Slug, part: str = "") -> register.RevocationListEdition:
    """Return the newest list of an issuer, with its times; one that is behind the register is made anew first.

    While the signer is away the last list is given as long as it holds. Raises ListUnavailable.
    """
    if not is_list(slug, part):
        raise ListUnavailable(slug=slug, part=part)
    latest = register.latest_revocation_list(slug, part)
    if slug in ISSUING and (latest is None or _is_behind(slug, latest)):
        # Without a signer the list before is given as long as it holds.
        with suppress(vault.VaultError, register.AuthorityUnknown):
            make_crl(slug, part)
        latest = register.latest_revocation_list(slug, part)
    if latest is None or latest.next_update <= timezone.now():
        raise ListUnavailable(slug=slug, part=part)
    return latest


def is_list(slug: str, part: str) -> bool:
    """Tell whether there can be such a list: the full one of each authority, and the parts of those that issue."""
    return slug in ISSUING and register.is_part(part) if part else slug in ("root", *ISSUING)


def make_crl(slug: register.Slug, part: str = "") -> bytes:
    """Make a new list of an issuing authority and return its DER: number reserved, signed, recorded.

    Raises VaultUnavailable, after which it may be repeated; AuthorityUnknown.
    """
    authority, issuer = register.issuer(slug)
    now = timezone.now().replace(microsecond=0)
    end = min(now + VALID_FOR, issuer.not_valid_after_utc)
    before = register.latest_revocation_list(slug, part)
    number = register.reserve_revocation_list(slug, now, end, part)
    # Read before the statuses: a change in between makes the list old, never young.
    revision = register.status_revision(slug)
    entries = _entries(slug, part, before)
    purpose: vault.Purpose = "natural-ca" if slug == "natural" else "legal-ca"
    algorithm = vault.signature_algorithm(authority.algorithm)
    key = delegated_key(
        checked_key(issuer.public_key()),
        lambda digest: vault.sign(authority.key_id, purpose, [digest], algorithm)[0],
    )
    address = register.list_address(slug, part) if part else ""
    content = crl.build_crl(issuer, key, number, now, end, entries, address)
    register.record_revocation_list(slug, number, content, crl.count(entries), revision=revision, part=part)
    return content


def _entries(slug: register.Slug, part: str, before: register.RevocationListEdition | None) -> bytes:
    """Return the encoded entries: those of the list before with what has changed since; once a day, all anew."""
    if before is None or before.this_update + RENEW_AFTER <= timezone.now():
        return crl.with_changes(
            b"", ((one.serial, _entry(one)) for one in register.revoked(slug) if register.is_in(part, one.serial))
        )
    changes = register.changes_since(slug, before.revision)
    return crl.with_changes(
        crl.entries_of(before.content),
        (
            (one.serial, None if one.revoked is None else _entry(one.revoked))
            for one in changes
            if register.is_in(part, one.serial)
        ),
    )


def _entry(one: register.Revoked) -> crl.RevokedEntry:
    return crl.RevokedEntry(one.serial, one.revoked_at, x509.ReasonFlags[one.reason], one.invalid_since)


def renew_crls() -> None:
    """Make each issuing authority's list anew that is a day old or behind the register. Raises VaultUnavailable."""
    for slug in ISSUING:
        for part in register.parts_of_today():
            latest = register.latest_revocation_list(slug, part)
            if latest is None or _is_behind(slug, latest):
                make_crl(slug, part)


def _is_behind(slug: register.Slug, latest: register.RevocationListEdition) -> bool:
    return latest.this_update + RENEW_AFTER <= timezone.now() or latest.revision != register.status_revision(slug)
