"""A document that others signed reaches B-LTA: a document timestamp over everything, checked before anyone sees it."""

from django.utils import timezone

from paraphe.kernel.clock import SystemClock
from paraphe.pdf import api as pdf
from paraphe.platform.signing.errors import SelfCheckFailed
from paraphe.platform.signing.queries import trusted_roots
from paraphe.platform.signing.sources import HttpRevocationSource, HttpTimestampSource
from paraphe.platform.signing.trust_client import trust


def archive(data: bytes, *, least: int, judged: bool = False) -> bytes:
    """Return ``data`` at B-LTA (ETSI EN 319 142-1 §5.5), with at least ``least`` signatures, all of them valid.

    ``judged``: this room judged all of ``data`` when its last signature was made, as the caller has proved.

    Raises TimestampUnavailable, RevocationUnavailable, PdfRefused, SelfCheckFailed.
    """
    client, roots = trust(), trusted_roots()
    timestamps, revocation = HttpTimestampSource(client), HttpRevocationSource(client)
    result = pdf.timestamp_document(data, timestamps, revocation, roots, SystemClock()).whole(data)
    anchors = tuple(pdf.Anchor(one) for one in roots)
    judging = pdf.ValidationSettings(anchors, timezone.now(), compare_pages=False, judged=len(data) if judged else 0)
    report = pdf.validate(result, judging)
    if judged:
        if report.judged_before < least or not report.ok:
            raise SelfCheckFailed(signatures=report.judged_before, archived=0)
        return result
    signatures = [one for one in report.signatures if one.kind != "timestamp"]
    archived = sum(one.level == "B-LTA" for one in signatures)
    if archived < least or not all(one.ok for one in signatures if one.level == "B-LTA"):
        raise SelfCheckFailed(signatures=len(signatures), archived=archived)
    return result
