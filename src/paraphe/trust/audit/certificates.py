"""Everything that was issued, against the journal: each certificate has its lines, each line its certificate."""

from collections.abc import Iterator
from dataclasses import dataclass

from paraphe.kernel.actor import SYSTEM
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register

MOST_TOLD = 50


@dataclass(frozen=True)
class Lines:
    """What the journal says of one serial number: digests of what was to be signed and of what was issued."""

    tbs: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class CertificatesReport:
    """What was found: how many certificates were looked at, and for each that is wrong its serial and why."""

    checked: int
    findings: tuple[tuple[str, str], ...]

    @property
    def ok(self) -> bool:
        """Tell whether everything agrees."""
        return not self.findings


def check_certificates() -> CertificatesReport:
    """Check every certificate of the register, and every line of the journal that tells of one; write the result down.

    A certificate must be over the bytes that the journal announced, be the one that it recorded, be signed by its
    issuer and still pass the lint; a line of a certificate that is not in the register must be of one that the register
    has forgotten on its day. Memory grows by some hundred octets a certificate.
    """
    told, forgotten = _told()
    checked, findings = 0, []
    for entry in register.all_issued():
        checked += 1
        lines = told.pop(f"{entry.serial:x}", Lines())
        findings += [(f"{entry.serial:x}", why) for why in _wrong(entry, lines)]
    left = [serial for serial, lines in told.items() if lines.certificate]
    if len(left) > forgotten:
        findings += [(serial, "not_in_register") for serial in left[: MOST_TOLD + forgotten]]
    report = CertificatesReport(checked, tuple(findings))
    data = {"checked": checked, "wrong": len(findings), "first": [f"{s} {why}" for s, why in findings[:MOST_TOLD]]}
    journal.write("certificates:checked", SYSTEM, {}, data)
    return report


def _wrong(entry: register.Entry, lines: Lines) -> Iterator[str]:
    if lines.tbs != entry.tbs_sha256:
        yield "not_announced"
    if lines.certificate != entry.certificate_sha256:
        yield "not_recorded"
    yield from ca.findings_of(entry)


def _told() -> tuple[dict[str, Lines], int]:
    """Return what the journal says of each serial number, and how many certificates were forgotten since."""
    told: dict[str, Lines] = {}
    forgotten = 0
    tags = ("certificate:signing", "certificate:issued", "certificate:forgotten")
    rows = journal.JournalEntry.rows().filter(tag__in=tags).order_by("sequence")
    for tag, subjects, data in rows.values_list("tag", "subjects", "data").iterator(chunk_size=1000):
        if tag == "certificate:forgotten":
            forgotten += int(data["count"])
            continue
        known = told.get(subjects["serial"], Lines())
        if tag == "certificate:signing":
            told[subjects["serial"]] = Lines(data["tbs_sha256"], known.certificate)
        else:
            told[subjects["serial"]] = Lines(known.tbs, data["certificate_sha256"])
    return told, forgotten
