"""What nobody waits for on a page: go on with what stopped, follow decisions, end what is too old."""

from django.utils import timezone

from paraphe.trust.enrolment import documents, issuing, rules
from paraphe.trust.enrolment.models import Enrolment, EnrolmentLink, Status


def sweep() -> None:
    """Finish what a dead process left, follow decisions that were not followed, expire, forget old links."""
    for enrolment_id in issuing.unfinished():
        issuing.finish(enrolment_id)
    for enrolment_id in Enrolment.objects.filter(status=Status.REVIEW).values_list("id", flat=True):
        documents.follow_case(enrolment_id)
    late = Enrolment.objects.exclude(status__in=(*rules.FINAL, Status.ISSUING)).filter(expires_at__lte=timezone.now())
    for enrolment_id in late.values_list("id", flat=True):
        documents.expire(enrolment_id)
    EnrolmentLink.objects.filter(expires_at__lt=timezone.now() - rules.LIFETIME).delete()
