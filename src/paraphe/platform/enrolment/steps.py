"""How a registration moves: one conditional UPDATE per step, so that two tabs never both take it."""

from typing import Any

from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.platform.enrolment.errors import WrongStep
from paraphe.platform.enrolment.models import Enrolment
from paraphe.platform.evidence import api as evidence


def expect(enrolment: Enrolment, *steps: str) -> None:
    """Raise WrongStep unless ``enrolment`` stands at one of ``steps``."""
    if enrolment.step not in steps:
        raise WrongStep(step=enrolment.step)


def move(enrolment: Enrolment, *, to: str, **changes: Any) -> None:
    """Move from the step that ``enrolment`` was read at to ``to``. Raises WrongStep when another tab was faster."""
    now = timezone.now()
    moved = Enrolment.objects.filter(pk=enrolment.pk, step=enrolment.step).update(step=to, changed_at=now, **changes)
    if not moved:
        raise WrongStep(step=Enrolment.objects.get(pk=enrolment.pk).step)
    enrolment.refresh_from_db()


def note(enrolment: Enrolment, actor: Actor, tag: str, **data: object) -> None:
    """Write event ``tag`` of this registration into the evidence."""
    evidence.record(
        tag,
        actor=actor,
        subjects={"person": str(enrolment.person_id), "enrolment": str(enrolment.pk)},
        data=dict(data),
    )
