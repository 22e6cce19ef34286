"""What lies in the file, or was given beside it, to judge certificates by; and since when it is proved to exist.

ISO 32000-2 §12.8.4.3 (DSS), ETSI EN 319 102-1 §5.6.2.1 (proof of existence): what a good document timestamp covers
existed at its time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.pdf.opening import look
from paraphe.pdf.values import ValidationSettings
from paraphe.pdf.verdict.message import Message
from paraphe.pdf.verdict.revocation import Evidence

MAX_ITEMS, MAX_OCTETS = 1000, 20_000_000
PLACES = {"/OCSPs": "ocsp", "/OCSP": "ocsp", "/CRLs": "crl", "/CRL": "crl", "/Certs": "certificate",
          "/Cert": "certificate"}  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """A good document timestamp: everything up to ``revision`` existed at ``at``."""

    revision: int
    at: datetime


@dataclass(frozen=True)
class Item:
    """One value of the DSS, of a signature, or from outside (``revision`` None)."""

    kind: str
    der: bytes
    revision: int | None


class Material:
    """Everything that is known, before any of it is believed."""

    def __init__(self, items: Sequence[Item], now: datetime, *, has_store: bool) -> None:
        self._items = list(dict.fromkeys(items))
        self._now = now
        self.has_store = has_store
        self.certificates = tuple(dict.fromkeys(one.der for one in self._items if one.kind == "certificate"))
        self.inside = frozenset(
            one.der for one in self._items if one.kind == "certificate" and one.revision is not None
        )

    def evidence(self, proofs: Sequence[Proof]) -> list[Evidence]:
        """Return answers and lists, each with the earliest time at which it is proved to have existed."""
        found = []
        for one in self._items:
            if one.kind == "certificate":
                continue
            embedded, revision = one.revision is not None, one.revision or 0
            proved = existed(proofs, revision, self._now) if embedded else self._now
            found.append(Evidence(one.der, one.kind, proved, embedded, revision))
        return found


def existed(proofs: Sequence[Proof], revision: int, now: datetime) -> datetime:
    """Return the earliest time at which what ``revision`` brought is proved to have existed; ``now`` at the latest."""
    return min([one.at for one in proofs if one.revision >= revision], default=now)


def gather(reader: PdfFileReader, messages: Sequence[tuple[Message, int]], settings: ValidationSettings) -> Material:
    """Return what the DSS, the signatures (each with its revision) and the caller give."""
    items: list[Item] = []
    for message, revision in messages:
        items += [Item("certificate", der, revision) for der in message.certificates]
        items += [Item("ocsp", der, revision) for der in message.ocsps]
        items += [Item("crl", der, revision) for der in message.crls]
    store = look(reader.root, "/DSS")
    for item in _store(reader, store):
        items.append(item)
        if len(items) > MAX_ITEMS:
            break
    items += [Item("certificate", der, None) for der in settings.certificates]
    items += [Item("ocsp", der, None) for der in settings.ocsps]
    items += [Item("crl", der, None) for der in settings.crls]
    return Material(items, settings.now, has_store=isinstance(store, generic.DictionaryObject))


def _store(reader: PdfFileReader, store: object) -> Iterator[Item]:
    holders = [store]
    by_signature = look(store, "/VRI")
    if isinstance(by_signature, generic.DictionaryObject):
        holders += [look(by_signature, key) for key in list(by_signature)[:MAX_ITEMS]]
    seen: set[tuple[int, int]] = set()
    for holder in holders:
        for place, kind in PLACES.items():
            values = look(holder, place)
            count = len(values) if isinstance(values, generic.ArrayObject) else 0
            for number in range(min(count, MAX_ITEMS)):
                raw = values.raw_get(number)  # type: ignore[union-attr]
                if isinstance(raw, generic.IndirectObject) and (raw.idnum, raw.generation) not in seen:
                    seen.add((raw.idnum, raw.generation))
                    yield from _item(reader, raw, kind)


def _item(reader: PdfFileReader, raw: generic.IndirectObject, kind: str) -> Iterator[Item]:
    """Yield the value of a stream; one that cannot be read is no proof of anything, and no reason to fail."""
    try:
        value = raw.get_object()
        data = value.data if isinstance(value, generic.StreamObject) else b""
        revision = reader.xrefs.get_last_change(raw.reference)
    except Exception:  # noqa: BLE001 - bytes from outside
        return
    if data and len(data) <= MAX_OCTETS:
        yield Item(kind, bytes(data), revision)
