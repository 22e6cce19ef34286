"""Certificate revocation lists, RFC 5280 §5. Written by splicing: a hundred thousand entries are no burden."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from cryptography import x509
from cryptography.x509 import ReasonFlags

from paraphe.pki import der
from paraphe.pki.keys import PrivateKey, checked_key
from paraphe.pki.signed import (
    INVALIDITY_DATE,
    REASON_CODES,
    algorithm_of,
    extension,
    generalized_time,
    signature_of,
    time,
)

VERSION_2 = der.integer(1)
_CRL_NUMBER, _ISSUING_POINT = bytes.fromhex("0603551d14"), bytes.fromhex("0603551d1c")
_REASON_CODE, _AUTHORITY_KEY = bytes.fromhex("0603551d15"), bytes.fromhex("0603551d23")
_URI = 0x86


@dataclass(frozen=True)
class RevokedEntry:
    """One revoked certificate: since when, and why where that may be said."""

    serial: int
    revoked_at: datetime
    reason: ReasonFlags | None = None
    invalid_since: datetime | None = None


def build_crl(
    issuer: x509.Certificate,
    key: PrivateKey,
    number: int,
    this_update: datetime,
    next_update: datetime,
    entries: Iterable[RevokedEntry] | bytes,
    part_address: str = "",
) -> bytes:
    """Return the DER of a list of ``issuer``, version 2, with number and authority key identifier (§5.2).

    ``entries`` may be encoded already, as ``entries_of`` and ``with_changes`` give them. With ``part_address`` it is
    the list of one part only, the one whose certificates name that address: a critical issuing distribution point says
    so (§5.2.5).
    """
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(checked_key(issuer.public_key())).public_bytes()
    extensions = [extension(_AUTHORITY_KEY, identifier), extension(_CRL_NUMBER, der.integer(number))]
    if part_address:
        name = der.explicit(0, der.explicit(0, der.tlv(_URI, part_address.encode("ascii"))))
        extensions.append(extension(_ISSUING_POINT, der.sequence(name), critical=True))
    revoked = entries if isinstance(entries, bytes) else b"".join(map(_entry, entries))
    tbs = der.sequence(
        VERSION_2,
        algorithm_of(key),
        issuer.subject.public_bytes(),
        time(this_update),
        time(next_update),
        der.sequence(revoked) if revoked else b"",
        der.explicit(0, der.sequence(*extensions)),
    )
    return der.sequence(tbs, algorithm_of(key), signature_of(key, tbs))


def entries_of(content: bytes) -> bytes:
    """Return the encoded entries of a list that ``build_crl`` wrote. Raises NotDer for anything else."""
    tbs = der.Reader(content).inside(der.SEQUENCE).inside(der.SEQUENCE)
    for tag in (der.INTEGER, der.SEQUENCE, der.SEQUENCE):
        tbs.take(tag)
    for _ in range(2):
        tbs.take(der.UTC_TIME if tbs.tag == der.UTC_TIME else der.GENERALIZED_TIME)
    return tbs.take(der.SEQUENCE) if tbs.tag == der.SEQUENCE else b""


def with_changes(entries: bytes, changes: Iterable[tuple[int, RevokedEntry | None]]) -> bytes:
    """Return the encoded entries with some serial numbers changed: what was said of each goes, what is new comes last.

    What does not change is not written anew: this costs a copy, however many entries there are.
    """
    new = []
    for serial, entry in changes:
        entries = _without(entries, serial)
        if entry is not None:
            new.append(_entry(entry))
    return b"".join([entries, *new])


def count(entries: bytes) -> int:
    """Return how many encoded entries there are."""
    at = found = 0
    while at < len(entries):
        at += 2 + entries[at + 1]
        found += 1
    return found


def _without(entries: bytes, serial: int) -> bytes:
    number = der.integer(serial)
    at = entries.find(number)
    while at != -1:
        # Entries are shorter than 128 octets, so that two octets come before the number.
        start = at - 2
        if start >= 0 and entries[start] == der.SEQUENCE:
            end = at + entries[start + 1]
            return entries[:start] + entries[end:]
        at = entries.find(number, at + 1)
    return entries


def _entry(entry: RevokedEntry) -> bytes:
    code = REASON_CODES.get(entry.reason) if entry.reason is not None else None
    more = b"" if code is None else _reason(code)
    if entry.invalid_since is not None:
        more += extension(INVALIDITY_DATE, generalized_time(entry.invalid_since))
    return der.sequence(der.integer(entry.serial), time(entry.revoked_at), der.sequence(more) if more else b"")


@lru_cache(maxsize=16)
def _reason(code: int) -> bytes:
    return extension(_REASON_CODE, der.tlv(der.ENUMERATED, bytes((code,))))
