"""The verdict on a file from those on its signatures; a doubt that is found later."""

from collections.abc import Mapping
from dataclasses import replace

from paraphe.pdf.values import Finding, Report, SignatureReport
from paraphe.pdf.verdict.problems import CONSTRAINTS, ORDER, PASSED, TRY_LATER

NOT_YET = "timestamp_in_future"


def of_file(report: Report) -> Report:
    """Give the file the worst verdict of its signatures; a timestamp that did not exist then says nothing of it."""
    if not report.signatures:
        return report
    present = [one for one in report.signatures if not (one.kind == "timestamp" and NOT_YET in one.problems)]
    failed = [(one.indication, one.sub_indication) for one in present or report.signatures if not one.ok]
    indication, sub = min(failed, key=ORDER.index, default=PASSED)
    return replace(report, indication=indication, sub_indication=sub)


def with_problem(
    report: SignatureReport, code: str, *, page: int | None = None, params: Mapping[str, str] | None = None
) -> SignatureReport:
    """Return ``report`` with one more doubt about what is seen: INDETERMINATE at best."""
    changed = replace(
        report,
        findings=(*report.findings, Finding(code, page, dict(params or {}))),
        problems=tuple(dict.fromkeys((*report.problems, code))),
        modifications="suspicious" if report.modifications in ("none", "permitted") else report.modifications,
    )
    if report.indication == "TOTAL-PASSED" or (report.indication, report.sub_indication) == TRY_LATER:
        return replace(changed, indication=CONSTRAINTS[0], sub_indication=CONSTRAINTS[1])
    return changed
