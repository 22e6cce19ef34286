"""The last steps: terms and privacy policy are accepted, the terms are signed, the service opens."""

import uuid
from collections.abc import Collection
from contextlib import suppress

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from paraphe.floor.files import api as files
from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.errors import BoxesNotTicked, NoFirmChosen, WrongStep
from paraphe.platform.enrolment.membership import settle_membership
from paraphe.platform.enrolment.models import ChosenFirm, Enrolment
from paraphe.platform.enrolment.opening import open_firm
from paraphe.platform.enrolment.queries import row
from paraphe.platform.enrolment.rules import step_after
from paraphe.platform.enrolment.steps import expect, move, note
from paraphe.platform.enrolment.texts import legal_text, membership_pdf
from paraphe.platform.signing import api as signing

PURPOSE = "terms"


def accept_terms(
    *, actor: Actor, person: accounts.Person, terms: bool, policy: bool, firm_ids: Collection[int], locale: str
) -> None:
    """Record that both texts were read and accepted, and for which firms the terms will be signed.

    Raises BoxesNotTicked, NoFirmChosen (accountants only), WrongStep, and BeingSigned once the terms for the firms
    chosen before are authorised.
    """
    enrolment = row(person)
    expect(enrolment, "terms", "sign")
    if signing.busy(purpose=PURPOSE, reference=str(enrolment.pk)):
        raise signing.BeingSigned()
    if not (terms and policy):
        raise BoxesNotTicked()
    firms = [firm for firm in accounts.own_firms(person) if firm.pk in firm_ids] if enrolment.track == "member" else []
    if enrolment.track == "member" and not firms:
        raise NoFirmChosen()
    signing.withdraw(purpose=PURPOSE, reference=str(enrolment.pk))
    versions = {kind: legal_text(kind, locale).version for kind in ("terms", "privacy")}
    with transaction.atomic():
        enrolment.chosen.all().delete()
        ChosenFirm.objects.bulk_create(ChosenFirm(enrolment=enrolment, firm_id=firm.pk) for firm in firms)
        following = "sign" if enrolment.step == "sign" else step_after(enrolment.track, "terms")
        done = {"completed_at": timezone.now()} if following == "done" else {}
        move(
            enrolment, to=following, accepted_at=timezone.now(), terms_version=versions["terms"],
            policy_version=versions["privacy"], locale=locale, **done,
        )  # fmt: skip
        note(enrolment, actor, "enrolment:terms-accepted", **versions)
        if following == "done":
            _welcome(enrolment, person, [])


def signing_address(*, actor: Actor, person: accounts.Person, locale: str) -> str:
    """Prepare the terms for the chosen firms and return the address where ``person`` authorises his signature.

    Raises WrongStep, NoFirmChosen, NoCredential, BeingSigned, TrustUnavailable, TrustRefused.
    """
    enrolment = row(person)
    expect(enrolment, "sign")
    chosen = set(enrolment.chosen.values_list("firm_id", flat=True))
    firms = [firm for firm in accounts.own_firms(person) if firm.pk in chosen]
    if not firms:
        raise NoFirmChosen()
    # What is not in the document that will be signed is not opened by it either.
    enrolment.chosen.exclude(firm__in=firms).delete()
    pdf = membership_pdf(person, firms, locale, timezone.now())
    stored = files.store(pdf.data, purpose=PURPOSE)
    try:
        request_id = signing.begin(
            actor=actor,
            person_id=person.pk,
            documents=[signing.ToSign(label=pdf.title, file_id=stored.id, settings=pdf.appearance)],
            purpose=PURPOSE,
            reference=str(enrolment.pk),
            locale=locale,
        )
    finally:
        # The prepared signature holds the whole document; the unsigned one has no further use.
        files.destroy(stored.id)
    return signing.authorisation_address(request_id, person_id=person.pk)


def settle(outcome: signing.Outcome) -> None:
    """Open the service when the terms are signed; doing it again changes nothing."""
    settle_membership(outcome)
    if outcome.purpose != PURPOSE or outcome.state != "completed":
        return
    enrolment = Enrolment.objects.filter(pk=uuid.UUID(outcome.reference), step="sign").select_related("person").first()
    if enrolment is None:
        return
    person = accounts.person(enrolment.person_id)
    now = timezone.now()
    with suppress(WrongStep), transaction.atomic():
        firm_ids = list(enrolment.chosen.values_list("firm_id", flat=True))
        move(enrolment, to="done", completed_at=now, signed_terms_file=outcome.results[0].file_id)
        for firm_id in firm_ids:
            open_firm(firm_id, enrolment, version=enrolment.terms_version, sha256=outcome.results[0].sha256, now=now)
        note(enrolment, SYSTEM, "enrolment:completed", terms_sha256=outcome.results[0].sha256)
        _welcome(enrolment, person, [firm.name for firm in accounts.own_firms(person) if firm.pk in firm_ids])


def _welcome(enrolment: Enrolment, person: accounts.Person, firm_names: list[str]) -> None:
    with translation.override(enrolment.locale):
        messaging.send_template(
            to=person.email,
            template="platform_enrolment/mail/welcome",
            context={"person": person, "firms": firm_names, "site_url": settings.SITE_URL},
            key=f"welcome:{enrolment.pk}:{enrolment.accepted_at}",
        )
