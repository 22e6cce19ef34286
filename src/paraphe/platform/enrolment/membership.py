"""The membership of firms after the registration: which terms bind them, new versions, further firms."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.errors import BoxesNotTicked, NoFirmChosen, WrongStep
from paraphe.platform.enrolment.models import Adhesion, AdhesionFirm, Enrolment, OpenFirm, TermsInForce
from paraphe.platform.enrolment.opening import open_firm
from paraphe.platform.enrolment.texts import PUBLISHED, legal_text, membership_pdf
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

MEMBERSHIP = "membership"
UNSIGNED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class SignedTerms:
    """Terms that an accountant signed for a firm. ``adhesion`` is None for those of his registration."""

    person: accounts.Person
    version: str
    signed_at: datetime
    adhesion: uuid.UUID | None


@dataclass(frozen=True)
class TermsState:
    """Which terms bind a firm. ``to_accept``: nobody signed those in force; ``blocking``: and the grace is over."""

    version: str
    in_force_since: datetime
    opened_at: datetime | None
    opened_by: accounts.Person | None
    signed: tuple[SignedTerms, ...]
    to_accept: bool
    last_day: date
    blocking: bool


def terms_state(firm: accounts.Firm) -> TermsState:
    """Return which terms bind ``firm``, who signed them, and until when a new version can wait."""
    version = legal_text("terms", "fr").version
    since = in_force_since(version)
    opening = OpenFirm.objects.filter(firm_id=firm.pk).select_related("enrolment__person").first()
    signed = tuple(_signed_for(firm))
    to_accept = opening is not None and version not in {one.version for one in signed}
    last_day = timezone.localdate(since) + timedelta(days=settings.TERMS_GRACE_DAYS)
    return TermsState(
        version=version,
        in_force_since=since,
        opened_at=opening.opened_at if opening else None,
        opened_by=opening.enrolment.person if opening else None,
        signed=signed,
        to_accept=to_accept,
        last_day=last_day,
        blocking=to_accept and timezone.localdate() > last_day,
    )


def in_force_since(version: str) -> datetime:
    """Return since when ``version`` of the terms is in force here: since it was published and this platform has it."""
    row = TermsInForce.objects.filter(version=version).first()
    since = row.since if row else timezone.now()
    return max(since, PUBLISHED.get(version, since))


def note_version() -> None:
    """Remember since when this platform has the present terms: the grace never begins before."""
    version = legal_text("terms", "fr").version
    TermsInForce.objects.get_or_create(version=version, defaults={"since": timezone.now()})


def join(
    *, actor: Actor, person: accounts.Person, terms: bool, policy: bool, firm_ids: Collection[int], locale: str
) -> str:
    """Accept the texts in force for some of one's own firms, and return where the signature is authorised.

    For who finished his registration: a further firm, or a new version. Raises WrongStep (registration not finished),
    BoxesNotTicked, NoFirmChosen, and what ``signing.begin`` raises, BeingSigned among them.
    """
    enrolment = Enrolment.objects.filter(person_id=person.pk, step=Enrolment.Step.DONE).first()
    if enrolment is None:
        raise WrongStep(step="registration")
    if not (terms and policy):
        raise BoxesNotTicked()
    firms = [firm for firm in accounts.own_firms(person) if firm.pk in firm_ids]
    if not firms:
        raise NoFirmChosen()
    _forget_unsigned(person)
    versions = {kind: legal_text(kind, locale).version for kind in ("terms", "privacy")}
    with transaction.atomic():
        adhesion = Adhesion.objects.create(
            enrolment=enrolment,
            terms_version=versions["terms"],
            policy_version=versions["privacy"],
            accepted_at=timezone.now(),
        )
        AdhesionFirm.objects.bulk_create(AdhesionFirm(adhesion=adhesion, firm_id=firm.pk) for firm in firms)
        evidence.record(
            "enrolment:terms-accepted",
            actor=actor,
            subjects={"person": str(person.pk), "enrolment": str(enrolment.pk), "adhesion": str(adhesion.pk)},
            data=dict(versions),
        )
    return _authorisation(actor, person, adhesion, firms, locale)


def settle_membership(outcome: signing.Outcome) -> None:
    """Let signed terms bind their firms; doing it again changes nothing."""
    if outcome.purpose != MEMBERSHIP or outcome.state != "completed":
        return
    result = outcome.results[0]
    now = timezone.now()
    with transaction.atomic():
        taken = Adhesion.objects.filter(pk=uuid.UUID(outcome.reference), signed_at=None)
        if not taken.update(signed_at=now, signed_file=result.file_id):
            return
        adhesion = Adhesion.objects.select_related("enrolment").get(pk=uuid.UUID(outcome.reference))
        for firm_id in adhesion.firms.order_by("firm_id").values_list("firm_id", flat=True):
            open_firm(firm_id, adhesion.enrolment, version=adhesion.terms_version, sha256=result.sha256, now=now)
            evidence.record(
                "firm:terms-signed",
                actor=Actor(kind="person", id=str(outcome.person_id)),
                subjects={"firm": str(firm_id), "adhesion": str(adhesion.pk)},
                data={"terms_version": adhesion.terms_version, "terms_sha256": result.sha256},
            )


def signed_adhesion(person: accounts.Person, adhesion_id: uuid.UUID) -> bytes:
    """Return terms that ``person`` signed after his registration, as PDF. Raises NotFound."""
    mine = Adhesion.objects.filter(pk=adhesion_id, enrolment__person_id=person.pk).exclude(signed_file=None).first()
    if mine is None or mine.signed_file is None:
        raise NotFound(kind="signed terms")
    return files.read(mine.signed_file)


def forget_old() -> None:
    """Remove what was accepted and never signed."""
    Adhesion.objects.filter(signed_at=None, accepted_at__lt=timezone.now() - UNSIGNED_FOR).delete()


def _signed_for(firm: accounts.Firm) -> Sequence[SignedTerms]:
    """Return who signed which terms for ``firm``, the newest first."""
    registered = Enrolment.objects.filter(chosen__firm_id=firm.pk).exclude(signed_terms_file=None)
    found = [
        SignedTerms(one.person, one.terms_version, one.completed_at, None)
        for one in registered.select_related("person")
        if one.completed_at is not None
    ]
    later = Adhesion.objects.filter(firms__firm_id=firm.pk).exclude(signed_at=None)
    for adhesion in later.select_related("enrolment__person"):
        if adhesion.signed_at is not None:
            found.append(
                SignedTerms(adhesion.enrolment.person, adhesion.terms_version, adhesion.signed_at, adhesion.pk)
            )
    return sorted(found, key=lambda one: one.signed_at, reverse=True)


def _authorisation(
    actor: Actor, person: accounts.Person, adhesion: Adhesion, firms: Sequence[accounts.Firm], locale: str
) -> str:
    pdf = membership_pdf(person, firms, locale, timezone.now())
    stored = files.store(pdf.data, purpose=MEMBERSHIP)
    try:
        request_id = signing.begin(
            actor=actor,
            person_id=person.pk,
            documents=[signing.ToSign(label=pdf.title, file_id=stored.id, settings=pdf.appearance)],
            purpose=MEMBERSHIP,
            reference=str(adhesion.pk),
            locale=locale,
        )
    finally:
        # The prepared signature holds the whole document; the unsigned one has no further use.
        files.destroy(stored.id)
    return signing.authorisation_address(request_id, person_id=person.pk)


def _forget_unsigned(person: accounts.Person) -> None:
    """Withdraw what this person accepted before and did not sign. Raises BeingSigned while it is being signed."""
    unsigned = list(Adhesion.objects.filter(enrolment__person_id=person.pk, signed_at=None))
    if any(signing.busy(purpose=MEMBERSHIP, reference=str(one.pk)) for one in unsigned):
        raise signing.BeingSigned()
    for adhesion in unsigned:
        signing.withdraw(purpose=MEMBERSHIP, reference=str(adhesion.pk))
        adhesion.delete()
