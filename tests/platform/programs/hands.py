"""What the tests of programs share: a firm for which the service is open."""

from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.models import Enrolment, OpenFirm


def opened(firm: accounts.Firm, who: accounts.Person) -> None:
    """Open the service for a firm."""
    now = timezone.now()
    enrolment = Enrolment.objects.create(
        person_id=who.pk, track=accounts.track(who), step="done", started_at=now, changed_at=now
    )
    OpenFirm.objects.get_or_create(firm=firm, defaults={"enrolment": enrolment, "opened_at": now})
