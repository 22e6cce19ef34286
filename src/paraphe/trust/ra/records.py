"""What is kept of a verdict: everything, sealed, as long as the photographs; a proof, as long as the case."""

import json
from typing import Any

from paraphe.floor import secrets
from paraphe.proofing import api as proofing
from paraphe.trust.ra.models import Reading

_PURPOSE = "ra.reading"
#: How the identity was checked. A photograph is not the video that ETSI TS 119 461 asks for even at its baseline
#: (VAL-8.3.3-02X, -04X), and nothing here claims it is.
METHOD = "document_copy_reviewed"


def sealed(verdict: proofing.Verdict) -> bytes:
    """Return all that was read, sealed under the key of the site."""
    return secrets.seal(json.dumps(proofing.verdict_record(verdict)).encode(), _PURPOSE)


def opened(reading: Reading) -> proofing.Verdict | None:
    """Return what was read, or None once it was destroyed with the photographs."""
    if reading.sealed is None:
        return None
    return proofing.verdict_from_record(json.loads(secrets.unseal(bytes(reading.sealed), _PURPOSE)))


def proof_of(verdict: proofing.Verdict) -> dict[str, Any]:
    """Return what stays of ``verdict``: no number, no line of the zone, no name beside the one of the subject."""
    data = verdict.data
    return {
        "method": METHOD,
        "kind": data.kind,
        "profile": data.profile,
        "issuer": data.issuer,
        "number_hash": number_hash(data) if data.number else "",
        "issued_on": data.issued_on.isoformat() if data.issued_on else "",
        "printed_expiry": data.printed_expiry.isoformat() if data.printed_expiry else "",
        "effective_expiry": data.effective_expiry.isoformat() if data.effective_expiry else "",
        "expiry_rule": data.expiry_rule,
        "checks": [
            {"code": check.code, "result": str(check.result)}
            | ({} if check.identifying else {"seen": check.seen, "expected": check.expected})
            for check in verdict.checks
        ],
        "readers": verdict.readers,
        "policy": proofing.Policy().version,
        "seconds": verdict.seconds,
    }


def number_hash(data: proofing.DocumentData) -> str:
    """Return the keyed hash by which this document is known again."""
    return secrets.keyed_hash(f"{data.issuer}|{data.profile}|{data.number}", "ra.document-number")


def folded_hash(data: proofing.DocumentData) -> str:
    """Return the same of the number with the signs made one that check digits cannot tell apart."""
    return secrets.keyed_hash(f"{data.issuer}|{data.profile}|{proofing.fold_number(data.number)}", "ra.folded-number")
