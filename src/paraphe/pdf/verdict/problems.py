"""What keeps a signature from being believed, and what follows for the indication (ETSI EN 319 102-1 §5.1.3)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from paraphe.pdf.values import Finding, Indication, SubIndication

Verdict = tuple[Indication, SubIndication | None]
PASSED: Verdict = ("TOTAL-PASSED", None)
FORMAT: Verdict = ("TOTAL-FAILED", "FORMAT_FAILURE")
HASH: Verdict = ("TOTAL-FAILED", "HASH_FAILURE")
CRYPTO: Verdict = ("TOTAL-FAILED", "SIG_CRYPTO_FAILURE")
REVOKED: Verdict = ("TOTAL-FAILED", "REVOKED")
CONSTRAINTS: Verdict = ("INDETERMINATE", "SIG_CONSTRAINTS_FAILURE")
CHAIN: Verdict = ("INDETERMINATE", "CHAIN_CONSTRAINTS_FAILURE")
NO_CHAIN: Verdict = ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")
NO_CERTIFICATE: Verdict = ("INDETERMINATE", "NO_SIGNING_CERTIFICATE_FOUND")
TRY_LATER: Verdict = ("INDETERMINATE", "TRY_LATER")
ORDER = (
    FORMAT, HASH, CRYPTO, REVOKED, ("TOTAL-FAILED", "NOT_YET_VALID"), NO_CERTIFICATE, NO_CHAIN,
    ("INDETERMINATE", "REVOKED_NO_POE"), ("INDETERMINATE", "REVOKED_CA_NO_POE"), ("INDETERMINATE", "EXPIRED"),
    ("INDETERMINATE", "NOT_YET_VALID"), ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"), CHAIN,
    ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE"), ("INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
    ("INDETERMINATE", "TIMESTAMP_ORDER_FAILURE"), CONSTRAINTS, TRY_LATER,
)  # fmt: skip
"""Worst first: where several things are wrong, the first of these is the indication."""


@dataclass(frozen=True)
class Problem:
    """One reason not to believe, as the code of its finding with what its sentence needs."""

    code: str
    verdict: Verdict
    params: Mapping[str, str] = field(default_factory=dict)
    page: int | None = None

    @property
    def finding(self) -> Finding:
        """Return it as a finding of the report."""
        return Finding(self.code, self.page, dict(self.params))


def worst(problems: Iterable[Problem]) -> Verdict:
    """Return the worst verdict of ``problems``, TOTAL-PASSED for none."""
    return min((one.verdict for one in problems), key=ORDER.index, default=PASSED)


def codes(problems: Iterable[Problem]) -> tuple[str, ...]:
    """Return the code of each, once, in order."""
    return tuple(dict.fromkeys(one.code for one in problems))
