"""Launching: everything is checked first, paid for, then the documents are frozen and the first people invited."""

import uuid
from contextlib import suppress
from datetime import timedelta

from django.db import transaction
from django.db.models import Sum

from paraphe.floor.jobs import api as jobs
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.envelopes import access, ending, freezing, paying
from paraphe.platform.envelopes.checks import ask_again, problems_of
from paraphe.platform.envelopes.errors import MayNot, NotReady
from paraphe.platform.envelopes.models import Envelope, Field
from paraphe.platform.envelopes.queries import EnvelopeView, get
from paraphe.platform.envelopes.values import Problem
from paraphe.platform.envelopes.work import freeze_documents
from paraphe.platform.firms import api as firms

#: What is no larger is frozen while the person waits; the rest by a job.
AT_ONCE_OCTETS, AT_ONCE_FIELDS = 20_000_000, 200


def launch(
    *, actor: Actor, person: accounts.Person, firm: accounts.Firm, envelope_id: uuid.UUID, at_once: bool = True
) -> EnvelopeView:
    """Launch a draft: right ``launch``, under a mandate of its kind where one is needed.

    Raises NotFound, MayNot, FirmClosed, WrongState, and NotReady with everything that is in the way; nothing is
    reserved, counted or sent then. A second launch of the same draft finds it launched: WrongState.
    """
    access.row(person, firm, envelope_id)
    access.expect_right(person, firm, "launch")
    ask_again(get(person, firm, envelope_id))
    with transaction.atomic():
        envelope = access.row(person, firm, envelope_id, lock=True)
        access.expect_state(envelope, ("draft",))
        if found := problems_of(envelope):
            raise NotReady(found)
        _claim(envelope, actor, person, firm)
        small = at_once and _is_small(envelope)
        # The job is there in each case: it goes on where this process ends in the middle.
        jobs.enqueue(freeze_documents, str(envelope.pk), after=timedelta(seconds=20) if small else None)
    if small:
        with suppress(DomainError):
            freezing.freeze(envelope_id)
    return get(person, firm, envelope_id)


def _claim(envelope: Envelope, actor: Actor, person: accounts.Person, firm: accounts.Firm) -> None:
    """Pay, count, and write down that the launch began; in the caller's transaction."""
    envelope.launches += 1
    kinds = [envelope.kind]
    try:
        by = accounts.authority(person, firm, "launch", kinds=kinds)
        accounts.count(person, firm, "launch", by=by, kinds=kinds, key=ending.mandate_key(envelope))
    except accounts.NotAllowed as error:
        raise MayNot(right="launch") from error
    try:
        paying.reserve(envelope, actor)
    except credit.CreditTooLow as error:
        # Somebody else took it since it was looked at.
        raise NotReady([Problem("credit", params=error.params)]) from error
    own = firms.options(firm)
    envelope.consent_fr, envelope.consent_en = (envelope.consent or own.consent_fr), (
        envelope.consent or own.consent_en
    )  # fmt: skip
    envelope.state, envelope.launched_by, envelope.mandate = Envelope.State.LAUNCHING, person, by.mandate
    envelope.stuck_code, envelope.stuck_at = "", None
    envelope.save()
    access.touch(envelope)
    freezing.names_for(envelope)
    if by.mandate is not None:
        about = {"mandate": str(by.mandate), "person": str(person.pk)}
        access.note(envelope, actor, "mandate:used", about)
    access.note(
        envelope,
        actor,
        "envelope:launch-asked",
        documents={str(one.pk): one.source_sha256 for one in envelope.documents.all()},
        recipients=[str(one.pk) for one in envelope.recipients.all()],
        by=by.source,
    )


def _is_small(envelope: Envelope) -> bool:
    octets = envelope.documents.aggregate(total=Sum("source_size"))["total"] or 0
    fields = Field.objects.filter(document__envelope=envelope).count()
    return octets <= AT_ONCE_OCTETS and fields <= AT_ONCE_FIELDS
