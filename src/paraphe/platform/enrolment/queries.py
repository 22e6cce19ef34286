"""What can be read of registrations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.errors import NotInvited
from paraphe.platform.enrolment.models import Enrolment, OpenFirm
from paraphe.platform.enrolment.rules import may_work, step_on_other_track, steps_of
from paraphe.platform.firms import api as firms
from paraphe.platform.signing import api as signing

#: ``to_certify``: registered before, and without the certificate that he needs to sign.
Standing = Literal["outside", "to_certify", "registered"]


@dataclass(frozen=True)
class EnrolmentView:
    """Where a person stands. ``reason`` says why the trust site refused, in both languages, when it did."""

    track: str
    step: str
    steps: tuple[str, ...]
    trust_status: str
    reason: Mapping[str, str] | None
    has_certificate: bool
    chosen_firm_ids: tuple[int, ...]
    completed_at: datetime | None

    @property
    def done(self) -> bool:
        """Tell whether the registration is finished."""
        return self.step == Enrolment.Step.DONE


def current(person: accounts.Person) -> EnrolmentView:
    """Return the registration of ``person``, begun now if it was not. Raises NotInvited."""
    enrolment = row(person)
    return EnrolmentView(
        track=enrolment.track,
        step=enrolment.step,
        steps=steps_of(enrolment.track),
        trust_status=enrolment.trust_status,
        reason=enrolment.trust_reason,
        has_certificate=has_certificate(person),
        chosen_firm_ids=tuple(enrolment.chosen.values_list("firm_id", flat=True)),
        completed_at=enrolment.completed_at,
    )


def is_done(person: accounts.Person) -> bool:
    """Tell whether ``person`` finished the registration, on the track that he has today."""
    try:
        return row(person).step == Enrolment.Step.DONE
    except NotInvited:
        return False


def standing(person: accounts.Person) -> Standing:
    """Tell whether ``person`` may work here, and whether he is to get a certificate before he signs."""
    try:
        found = row(person)
    except NotInvited:
        return "outside"
    completed, signed = found.completed_at is not None, found.signed_terms_file is not None
    if found.step == Enrolment.Step.DONE:
        return "registered"
    return (
        "to_certify" if may_work(found.track, found.step, completed=completed, has_signed_terms=signed) else "outside"
    )


def is_open(firm: accounts.Firm) -> bool:
    """Tell whether the service is open for ``firm``: opened by signed terms, and not left since."""
    return OpenFirm.objects.filter(firm_id=firm.pk).exists() and not firms.is_closed(firm)


def signed_terms(person: accounts.Person) -> bytes:
    """Return the terms that ``person`` signed, as PDF. Raises NotFound when he did not."""
    enrolment = Enrolment.objects.filter(person_id=person.pk).exclude(signed_terms_file=None).first()
    if enrolment is None or enrolment.signed_terms_file is None:
        raise NotFound(kind="signed terms")
    return files.read(enrolment.signed_terms_file)


def has_certificate(person: accounts.Person) -> bool:
    """Tell whether the trust site issued a certificate to ``person``."""
    try:
        signing.holder_of(person.pk)
    except signing.NoCredential:
        return False
    return True


def row(person: accounts.Person) -> Enrolment:
    """Return the row of ``person``, created at his first visit, moved when his track changed. Raises NotInvited."""
    track = accounts.track(person)
    steps_of(track)
    now = timezone.now()
    enrolment, _ = Enrolment.objects.get_or_create(
        person_id=person.pk, defaults={"track": track, "started_at": now, "changed_at": now}
    )
    if enrolment.track != track:
        enrolment.step = step_on_other_track(
            enrolment.track,
            track,
            enrolment.step,
            has_certificate=has_certificate(person),
            has_signed_terms=enrolment.signed_terms_file is not None,
            completed=enrolment.completed_at is not None,
        )
        enrolment.track = track
        enrolment.changed_at = now
        enrolment.save(update_fields=["track", "step", "changed_at"])
    return enrolment
