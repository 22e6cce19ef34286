"""What happens when the browser does not come back."""

from datetime import timedelta

from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.errors import DomainError
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.departures import conclude_departures
from paraphe.platform.enrolment.identity import refresh
from paraphe.platform.enrolment.membership import MEMBERSHIP, forget_old, note_version
from paraphe.platform.enrolment.models import Enrolment
from paraphe.platform.enrolment.terms import PURPOSE, settle
from paraphe.platform.signing import api as signing

ASKED_FOR = timedelta(days=30)


def sweep() -> None:
    """Read certificates issued and settle terms signed meanwhile; note the terms in force, forget what was given up."""
    now = timezone.now()
    waiting = Enrolment.objects.filter(step="identity", changed_at__gt=now - ASKED_FOR).exclude(trust_request="")
    for enrolment in waiting.exclude(trust_status__in=["refused", "expired"]):
        try:
            refresh(actor=SYSTEM, person=accounts.person(enrolment.person_id))
        except signing.TrustUnavailable:
            break
        except DomainError:
            # This one alone: refused there, or no longer invited here. The others go on.
            continue
    for purpose in (PURPOSE, MEMBERSHIP):
        for outcome in signing.completed_since(now - timedelta(days=2), purpose):
            settle(outcome)
    conclude_departures()
    note_version()
    forget_old()
