"""How many invitations leave in a day: of a firm, and to one address from everybody. Against abuse, not for billing."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from paraphe.floor.messaging import api as messaging
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes.messages import INVITED_KEY
from paraphe.platform.envelopes.models import Recipient
from paraphe.platform.envelopes.queries import EnvelopeView
from paraphe.platform.envelopes.values import Problem

DAY = timedelta(days=1)


def problems(envelope: EnvelopeView, firm: accounts.Firm) -> Iterator[Problem]:
    """Yield what a launch now would exceed: ``too_many_today`` of the firm, ``written_to_too_often`` of a recipient."""
    since = timezone.now() - DAY
    yield from of_firm(firm, len(envelope.acting))
    for one in envelope.acting:
        written = messaging.sent_since(one.email, since=since, prefix=INVITED_KEY) if one.email else 0
        if written >= settings.INVITATIONS_PER_RECIPIENT:
            limit = settings.INVITATIONS_PER_RECIPIENT
            yield Problem("written_to_too_often", recipient=one.id, params={"limit": limit})


def of_firm(firm: accounts.Firm, invitations: int) -> Iterator[Problem]:
    """Yield ``too_many_today`` where ``invitations`` more of the firm would exceed what it may send in a day."""
    asked = Recipient.objects.filter(envelope__firm_id=firm.pk, invited_at__gte=timezone.now() - DAY).count()
    if asked + invitations > settings.INVITATIONS_PER_DAY:
        yield Problem("too_many_today", params={"limit": settings.INVITATIONS_PER_DAY})
