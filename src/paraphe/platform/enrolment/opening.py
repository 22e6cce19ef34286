"""A firm opens, or comes back, by terms that an accountant of his firm signed."""

from datetime import datetime

from paraphe.kernel.actor import Actor
from paraphe.platform.enrolment.models import Enrolment, OpenFirm
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms


def open_firm(firm_id: int, enrolment: Enrolment, *, version: str, sha256: str, now: datetime) -> None:
    """Open the service for a firm; for one that is open nothing changes, one that left comes back."""
    actor = Actor(kind="person", id=str(enrolment.person_id))
    values = {"enrolment": enrolment, "opened_at": now}
    _, opened = OpenFirm.objects.get_or_create(firm_id=firm_id, defaults=values)
    if firms.reopen(actor=actor, firm_id=firm_id) and not opened:
        OpenFirm.objects.filter(firm_id=firm_id).update(**values)
        opened = True
    if opened:
        evidence.record(
            "firm:opened",
            actor=actor,
            subjects={"firm": str(firm_id), "enrolment": str(enrolment.pk)},
            data={"terms_version": version, "terms_sha256": sha256},
        )
