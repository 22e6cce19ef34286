"""Everything that was issued, against the journal: each certificate has its lines, each line its certificate."""

from collections.abc import Iterator
from dataclasses import dataclass

from paraphe.kernel.actor import SYSTEM
from paraphe.trust.audit.told import Lines, Told, told
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register

MOST_TOLD = 50
MOST_KEPT = 10_000

Finding = tuple[str, str]


@dataclass(frozen=True)
class CertificatesReport:
    """What was found: how many certificates were looked at, how much is wrong, and the first of it: serial and why."""

    checked: int
    wrong: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Tell whether everything agrees."""
        return not self.wrong


def check_certificates() -> CertificatesReport:
    """Check every certificate of the register, and every line of the journal that tells of one; write the result down.

    A certificate must be over the bytes that the journal announced, once, be the one that it recorded, be signed by its
    issuer and still pass the lint; a line of a certificate that is not in the register must be of one that had ended
    long enough to be forgotten. Takes the same memory for ten certificates and for a hundred thousand.
    """
    checked, wrong, kept = 0, 0, list[Finding]()
    issuers = register.authorities()
    with told() as lines:
        for entry in register.all_issued():
            checked += 1
            serial = f"{entry.serial:x}"
            for why in _wrong(entry, lines.take(serial), issuers):
                wrong += 1
                kept += [(serial, why)] if len(kept) < MOST_KEPT else []
        for finding in _missing(lines):
            wrong += 1
            kept += [finding] if len(kept) < MOST_KEPT else []
    report = CertificatesReport(checked, wrong, tuple(kept))
    data = {"checked": checked, "wrong": wrong, "first": [f"{serial} {why}" for serial, why in kept[:MOST_TOLD]]}
    journal.write("certificates:checked", SYSTEM, {}, data)
    return report


def _wrong(entry: register.Entry, lines: Lines, issuers: list[register.Authority]) -> Iterator[str]:
    if lines.tbs != entry.tbs_sha256:
        yield "not_announced"
    if lines.certificate != entry.certificate_sha256:
        yield "not_recorded"
    if lines.again:
        yield "announced_twice"
    yield from ca.findings_of(entry, issuers)


def _missing(lines: Told) -> Iterator[Finding]:
    """Yield what the journal tells of, and is neither in the register nor was forgotten on its day."""
    for line in lines.left():
        # Moments of the journal have one shape: their order is that of their letters.
        if not line.not_after or line.not_after >= lines.forgotten_before:
            yield line.serial, "not_in_register"
