"""An evidence file judged alone: no server, no network, no Django. What is wrong is named.

The seal is judged like that of any PDF. Then the record inside is taken at its word nowhere: the hash of every event is
computed anew, the chain of the collection from them, and the way from it to each timestamped head of its firm.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

from cryptography import x509

from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.links import GENESIS, Link, commitment, entry_hash
from paraphe.pdf import api as pdf
from paraphe.pki.errors import TimestampInvalid
from paraphe.pki.tsp import TokenInfo, verify_token
from paraphe.platform.proof.errors import NotEvidence

RECORD: Final = "record.json"
FORMAT: Final = "paraphe-evidence"
VERSIONS: Final = (1,)
LARGEST_RECORD: Final = 50_000_000
FaultKind = Literal[
    "missing", "changed", "moved", "undisclosed", "unanchored", "file_changed", "file_missing", "timestamp"
]
Indication = Literal["PASSED", "INDETERMINATE", "FAILED"]


@dataclass(frozen=True)
class Fault:
    """What is wrong with the record. ``position``: of the event, 0 where it is about none; ``what``: tag or file."""

    kind: FaultKind
    position: int = 0
    what: str = ""


@dataclass(frozen=True)
class AnchorView:
    """A timestamp over the chain. ``trusted``: the unit that made it leads to a given root."""

    at: datetime
    position: int
    trusted: bool


@dataclass(frozen=True)
class DocumentView:
    """A document that was given beside: what it is in the collection, and the verdict on its signatures."""

    name: str
    title: str
    made: str
    indication: str


@dataclass(frozen=True)
class Checked:
    """The verdict on an evidence file.

    FAILED: something is not as it was sealed, or a document beside is none of this collection. INDETERMINATE: all is
    whole, but no given root leads to who sealed or timestamped.
    """

    indication: Indication
    record: Mapping[str, Any]
    seal: pdf.Report
    faults: tuple[Fault, ...] = ()
    anchors: tuple[AnchorView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    erased: int = field(default=0)
    """Events whose address and agent had been erased when the file was made."""


def check(source: Path, roots: Sequence[x509.Certificate], now: datetime, documents: Sequence[Path] = ()) -> Checked:
    """Return the verdict on the evidence file ``source``, as of ``now``, and on ``documents`` beside it.

    Raises NotEvidence; a PdfRefused for what cannot be read.
    """
    attached = {one.name: one.data for one in pdf.attached_files(source)}
    record = read_record(attached)
    settings = pdf.ValidationSettings(tuple(pdf.Anchor(one, "given") for one in roots), now, compare_pages=False)
    seal = pdf.validate(source, settings)
    faults, anchors = judge_record(record, attached, roots)
    beside = [_document(record, path, settings) for path in documents]
    return Checked(
        indication=_indication(seal, faults, anchors, beside),
        record=record,
        seal=seal,
        faults=tuple(faults),
        anchors=tuple(anchors),
        documents=tuple(beside),
        erased=sum("committed" in _data(event) and not event.get("disclosed") for event in record["chain"]["events"]),
    )


def read_record(attached: Mapping[str, bytes]) -> dict[str, Any]:
    """Return the record inside. Raises NotEvidence."""
    data = attached.get(RECORD)
    if data is None or len(data) > LARGEST_RECORD:
        raise NotEvidence(reason="record")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise NotEvidence(reason="json") from None
    if not isinstance(found, dict) or found.get("format") != FORMAT or found.get("version") not in VERSIONS:
        raise NotEvidence(reason="version")
    try:
        _shape(found)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NotEvidence(reason="shape") from None
    return found


def judge_record(
    record: Mapping[str, Any], attached: Mapping[str, bytes], roots: Sequence[x509.Certificate]
) -> tuple[list[Fault], list[AnchorView]]:
    """Return what is wrong with a record of known shape and the files beside it, and the timestamps over its chain."""
    faults = _files(record, attached)
    chain = record["chain"]
    inner, found = _events(chain)
    faults += found
    anchors = []
    ways = _Ways(attached, roots)
    for told in chain["anchors"]:
        try:
            anchors.append(ways.judged(chain["firm"], told, inner, chain["events"]))
        except _Broken as broken:
            faults.append(broken.fault)
    last = len(chain["events"])
    if last and not any(one.position == last for one in anchors) and not faults:
        faults.append(Fault("unanchored", last))
    return faults, anchors


class _Broken(Exception):
    """A way to a head that is not one."""

    def __init__(self, kind: FaultKind, position: int, what: str = "") -> None:
        self.fault = Fault(kind, position, what)
        super().__init__(kind)


def _shape(record: Mapping[str, Any]) -> None:
    """Look at everything once that is looked at later. Raises what a wrong shape raises."""
    for one in record["files"]:
        str(one["name"]), str(one["sha256"])
    for one in record["documents"]:
        [str(version["sha256"]) + str(version["made"]) for version in one["versions"]]
        str(one["title"])
    chain = record["chain"]
    str(chain["firm"]), str(chain["collection"])
    for event in chain["events"]:
        int(event["position"]), str(event["entry_hash"]), str(event["link_hash"])
        if "entry" in event:
            entry = event["entry"]
            str(entry["tag"]), dict(entry["data"]), dict(entry["subjects"]), int(entry["sequence"])
        if event.get("disclosed") is not None:
            str(event["disclosed"]["salt"]), dict(event["disclosed"]["values"])
    for anchor in chain["anchors"]:
        int(anchor["first"]), bytes.fromhex(anchor["head"]), str(anchor["token"]), str(anchor["previous"])
        [str(one["entry"]) + str(one["inner"]) for one in anchor["way"]]


def _files(record: Mapping[str, Any], attached: Mapping[str, bytes]) -> list[Fault]:
    faults = []
    for one in record["files"]:
        data = attached.get(one["name"])
        if data is None:
            faults.append(Fault("file_missing", what=str(one["name"])))
        elif sha256_hex(data) != one["sha256"]:
            faults.append(Fault("file_changed", what=str(one["name"])))
    return faults


def _events(chain: Mapping[str, Any]) -> tuple[list[str], list[Fault]]:
    """Return the hash of each link of the collection's chain, computed anew, and the first faults."""
    scope, previous, inner = f"envelope:{chain['collection']}", GENESIS, []
    faults: list[Fault] = []
    for expected, event in enumerate(chain["events"], 1):
        what = str(event["entry"]["tag"]) if "entry" in event else ""
        if event["position"] != expected:
            there = expected in {one["position"] for one in chain["events"]}
            faults.append(Fault("moved", expected, what) if there else Fault("missing", expected))
            break
        if not _intact(event):
            faults.append(Fault("changed", expected, what))
        elif not _opens(event):
            faults.append(Fault("undisclosed", expected, what))
        previous = Link(scope, expected, event["entry_hash"], "", previous).hash
        inner.append(previous)
        if previous != event["link_hash"]:
            faults.append(Fault("changed", expected, what))
            break
    return inner, faults[:1]


def _intact(event: Mapping[str, Any]) -> bool:
    """Tell whether the hash of an event is that of its fields; of somebody else's there is only the hash."""
    entry = event.get("entry")
    return entry is None or (
        entry.get("entry_hash") == event["entry_hash"] and entry_hash(entry) == event["entry_hash"]
    )


def _opens(event: Mapping[str, Any]) -> bool:
    """Tell whether what is disclosed beside an event is what the event committed to; erased is not disclosed."""
    told = event.get("disclosed")
    committed = _data(event).get("committed")
    return told is None or committed == commitment(told["salt"], told["values"])


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return event["entry"]["data"] if "entry" in event else {}


@dataclass
class _Ways:
    """Follows the ways from events to timestamped heads."""

    attached: Mapping[str, bytes]
    roots: Sequence[x509.Certificate]

    def judged(
        self, firm: str, told: Mapping[str, Any], inner: Sequence[str], events: Sequence[Mapping[str, Any]]
    ) -> AnchorView:
        """Return the timestamp at the end of a way. Raises _Broken."""
        place = self._place(told, inner)
        previous = told["previous"]
        if not told["way"] or events[place - 1]["entry_hash"] != told["way"][0]["entry"]:
            raise _Broken("changed", place)
        for position, one in enumerate(told["way"], told["first"]):
            previous = Link(f"firm:{firm}", position, one["entry"], one["inner"], previous).hash
        if previous != told["head"]:
            raise _Broken("changed", place)
        info, trusted = self._token(told, place)
        return AnchorView(info.gen_time, place, trusted)

    def _place(self, told: Mapping[str, Any], inner: Sequence[str]) -> int:
        """Return the position of the event from which a way starts. Raises _Broken: it was cut, or written anew."""
        start = told["way"][0]["inner"] if told["way"] else ""
        if start not in inner:
            raise _Broken("unanchored", len(inner))
        return list(inner).index(start) + 1

    def _token(self, told: Mapping[str, Any], place: int) -> tuple[TokenInfo, bool]:
        token, digest = self.attached.get(told["token"], b""), bytes.fromhex(told["head"])
        authorities = self._authorities()
        for issuers, trusted in ((_led_to(self.roots, authorities), True), (authorities, False)):
            try:
                return verify_token(token, digest, issuers), trusted
            except TimestampInvalid:
                continue
        raise _Broken("timestamp", place, str(told["token"]))

    def _authorities(self) -> list[x509.Certificate]:
        found = list(self.roots)
        for name, data in self.attached.items():
            if name.endswith(".cer"):
                try:
                    found.append(x509.load_der_x509_certificate(data))
                except ValueError:
                    continue
        return [one for one in found if _is_authority(one)]


def _led_to(roots: Sequence[x509.Certificate], pool: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """Return the authorities that a root, or one below it, certified."""
    good, grown = list(roots), True
    while grown:
        grown = False
        for one in pool:
            if one not in good and any(_issued(one, issuer) for issuer in good):
                good.append(one)
                grown = True
    return good


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except Exception:  # noqa: BLE001 - not the issuer, for whatever reason
        return False
    return True


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return bool(certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca)
    except (x509.ExtensionNotFound, ValueError):
        return False


def _document(record: Mapping[str, Any], path: Path, settings: pdf.ValidationSettings) -> DocumentView:
    digest = sha256_hex(path.read_bytes())
    for one in record["documents"]:
        for version in one["versions"]:
            if version["sha256"] == digest:
                report = pdf.validate(path, settings)
                return DocumentView(path.name, str(one["title"]), str(version["made"]), report.indication)
    return DocumentView(path.name, "", "", "UNKNOWN")


def _indication(
    seal: pdf.Report, faults: Sequence[Fault], anchors: Sequence[AnchorView], documents: Sequence[DocumentView]
) -> Indication:
    told = {one.indication for one in documents}
    if faults or seal.indication in ("TOTAL-FAILED", "NO-SIGNATURE") or told & {"UNKNOWN", "TOTAL-FAILED"}:
        return "FAILED"
    sealed = [one for one in seal.signatures if one.kind == "seal"]
    if not sealed or any(one.coverage != "document" or not one.intact for one in sealed):
        return "FAILED"
    doubts = not seal.ok or "INDETERMINATE" in told or not all(one.trusted for one in anchors)
    return "INDETERMINATE" if doubts or sealed[0].level != "B-LTA" else "PASSED"
