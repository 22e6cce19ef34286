"""What follows a signed deed: the seal is issued, or the mandate holds. Resumable at every line."""

import logging
from dataclasses import replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.kernel.errors import DomainError
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import deeds, rules
from paraphe.trust.seals.models import Deed, Mandate

logger = logging.getLogger(__name__)
State = Deed.State


def finish(deed_id: UUID) -> bool:
    """Sign the deed and do what it asks for; return whether it is done now.

    Does nothing while somebody else is at it. What may pass (signer away, disk full) is logged, never raised; the deed
    stays in SIGNING, to be gone on with.
    """
    if not _claim(deed_id):
        return Deed.objects.filter(pk=deed_id, state=State.DONE).exists()
    try:
        deed = Deed.objects.select_related("responsible__subject").get(pk=deed_id)
        data = deeds.signed_bytes(deed)
        seal = _seal_of(deed) if deed.kind == Deed.Kind.SEAL else None
        _record(deed_id, data, seal)
    except (remote.ActivationExpired, remote.ActivationRefused):
        # The code came back and nobody went on in time: nothing was signed, the person may confirm again.
        Deed.objects.filter(pk=deed_id, state=State.SIGNING).update(state=State.OPEN, activation=None)
        return False
    except DomainError as error:
        logger.warning("Deed %s could not be finished yet: %s", deed_id, error.code)
        return False
    finally:
        Deed.objects.filter(pk=deed_id).update(claimed_until=None)
    return True


def unfinished() -> list[UUID]:
    """Return the deeds in SIGNING that nobody works on."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return list(Deed.objects.filter(free, state=State.SIGNING).values_list("pk", flat=True))


def _claim(deed_id: UUID) -> bool:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    rows = Deed.objects.filter(free, pk=deed_id, state=State.SIGNING)
    return rows.update(claimed_until=now + rules.CLAIM) == 1


def _seal_of(deed: Deed) -> remote.Credential:
    """Return the seal's credential, issued once per deed. Its subject is the person as the one responsible for it."""
    known = remote.of_attempt(deed.issue_attempt)
    if known is None:
        firm = {"organisation_name": deed.terms["organisation"], "organisation_siren": deed.terms["siren"]}
        data = replace(ra.data_of(deed.responsible.subject), **firm)
        subject = ra.create_subject(deed.client_id, ra.as_seal(data))
    else:
        subject = known.subject
    return remote.issue_credential(
        attempt_id=deed.issue_attempt,
        subject=subject,
        client_id=deed.client_id,
        profile_name=remote.SEAL_PROFILE,
    )


def _record(deed_id: UUID, data: bytes, seal: remote.Credential | None) -> None:
    with transaction.atomic():
        deed = Deed.objects.select_for_update().get(pk=deed_id)
        if deed.state != State.SIGNING:
            return
        deed.seal = seal or deed.seal
        deeds.record_signed(deed, data)
        if deed.kind == Deed.Kind.MANDATE:
            Mandate.objects.filter(deed=deed).update(given_at=timezone.now())
        tag = "seal:requested" if deed.kind == Deed.Kind.SEAL else "mandate:given"
        journal.write(tag, deeds.person_of(deed), deeds.ids(deed), {"sha256": deed.signed_sha256, **_terms(deed)})


def _terms(deed: Deed) -> dict[str, object]:
    """Return what of the terms the journal keeps: no words of people."""
    return {name: deed.terms[name] for name in ("count", "begins_at", "ends_at") if name in deed.terms}
