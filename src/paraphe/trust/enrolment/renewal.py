"""Renewal: a new key and certificate for the same person, before the old certificate ends.

The person reads and signs the agreement again; the identity is not checked again while its check is young enough. The
old certificate stays until it ends: what waits for it can still be signed (ETSI EN 319 411-1 §6.3.6, §6.3.7).
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.trust.enrolment import rules
from paraphe.trust.enrolment.errors import RenewalRefused
from paraphe.trust.enrolment.models import Enrolment, Status
from paraphe.trust.enrolment.requests import ids
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote

#: A photograph-based check carries one renewal of a certificate of three years, no more.
IDENTITY_HOLDS = timedelta(days=6 * 365)


def renew(credential_id: UUID) -> Enrolment:
    """Return the renewal of this credential, begun now or before and not ended. Whose it is, is the caller's to know.

    Raises RenewalRefused: ``params["reason"]`` is ``state`` (not valid, too early, renewed already) or ``identity``
    (checked too long ago).
    """
    credential = remote.credential(credential_id)
    with transaction.atomic():
        # The row of the subject orders two clicks that come at once.
        person = ra.locked_subject(credential.subject_id)
        known = Enrolment.objects.filter(renews=credential_id).exclude(status__in=rules.FINAL).first()
        if known is not None and known.expires_at > timezone.now():
            return known
        if not remote.is_renewable(credential):
            raise RenewalRefused(reason="state")
        case = ra.case_of(person)
        now = timezone.now()
        if case is None or case.decided_at is None or now - case.decided_at > IDENTITY_HOLDS:
            raise RenewalRefused(reason="identity")
        enrolment = Enrolment.objects.create(
            client_id=credential.client_id,
            reference=f"renewal:{credential_id}:{Enrolment.objects.filter(renews=credential_id).count()}",
            fingerprint="",
            subject=person,
            renews=credential_id,
            status=Status.AGREEMENT,
            return_uri=f"{settings.SITE_URL}/holder/",
            created_at=now,
            changed_at=now,
            expires_at=now + rules.LIFETIME,
        )
        subjects = {**ids(enrolment), "credential": credential_id}
        journal.write("enrolment:renewal-begun", Actor("person", str(person.pk)), subjects, {})
    return enrolment
