"""Mandates: so many seals, for a purpose, until a moment. Counted when an activation is given, never exceeded."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import rules
from paraphe.trust.seals.errors import MandateRefused
from paraphe.trust.seals.models import Mandate, MandateUse

_PURPOSE = "seals.mandate"
#: After it no activation of a use, extended or not, can sign any more.
SETTLED_AFTER = remote.TRANSACTION_LIFETIME + timedelta(minutes=5)


def authorise(client_id: str, seal_id: UUID, digests: Sequence[bytes], token: str) -> str:
    """Return a SAD for exactly these digests, counted against the mandate of ``token``.

    Raises MandateRefused, NotFound, CredentialUnusable, DigestsRefused. What is refused is journaled.
    """
    try:
        with transaction.atomic():
            mandate = _presented(token)
            now = timezone.now()
            rules.check_use(mandate, client_id=client_id, seal_id=seal_id, count=len(digests), now=now)
            use = MandateUse.objects.create(mandate=mandate, count=len(digests), at=now)
            Mandate.objects.filter(pk=mandate.pk).update(used=F("used") + len(digests))
            sad = remote.activate_by_proof(client_id, seal_id, digests, use.pk)
            left = {"count": len(digests), "left": mandate.most - mandate.used - len(digests)}
            journal.write("mandate:used", Actor("client", client_id), _ids(mandate), {"use": str(use.pk), **left})
    except MandateRefused as error:
        data: dict[str, object] = {"reason": error.params["reason"], "count": len(digests)}
        journal.write("mandate:refused", Actor("client", client_id), {"seal": str(seal_id)}, data)
        raise
    return sad


def withdraw(mandate_id: UUID, actor: Actor) -> None:
    """Withdraw a mandate for ever, with the activations that it gave and nobody used. Repeating changes nothing.

    Whose mandate it is, is the caller's to know. Raises NotFound.
    """
    with transaction.atomic():
        mandate = Mandate.objects.select_for_update().filter(pk=mandate_id).first()
        if mandate is None:
            raise NotFound(kind="mandate")
        if mandate.withdrawn_at is not None:
            return
        Mandate.objects.filter(pk=mandate.pk).update(withdrawn_at=timezone.now())
        for use in mandate.uses.filter(settled=False):
            remote.revoke_of_challenge(use.pk)
        journal.write("mandate:withdrawn", actor, _ids(mandate), {"used": mandate.used})


def of_holder(holder: holders.Holder) -> list[Mandate]:
    """Return the mandates that a person gave, newest first."""
    given = Mandate.objects.select_related("deed", "seal__subject").filter(
        deed__responsible__subject__holding__holder=holder, given_at__isnull=False
    )
    return list(given.order_by("-given_at"))


def settle() -> int:
    """Give back to mandates what of their activations was never signed; return how many seals."""
    given_back = 0
    late = MandateUse.objects.filter(settled=False, at__lt=timezone.now() - SETTLED_AFTER)
    for use_id in late.values_list("pk", flat=True):
        with transaction.atomic():
            use = MandateUse.objects.select_for_update().get(pk=use_id)
            if use.settled:
                continue
            unsigned = min(remote.unsigned_of(use.pk), use.count)
            Mandate.objects.filter(pk=use.mandate_id).update(used=F("used") - unsigned)
            use.settled = True
            use.save(update_fields=["settled"])
            if unsigned:
                data = {"use": str(use.pk), "count": unsigned}
                journal.write("mandate:given-back", SYSTEM, {"deed": str(use.mandate_id)}, data)
            given_back += unsigned
    return given_back


def _presented(token: str) -> Mandate:
    """Return the locked mandate of a token. Raises MandateRefused."""
    mandate = Mandate.objects.select_for_update().filter(token_hash=keyed_hash(token, _PURPOSE)).first()
    if mandate is None:
        raise MandateRefused(reason="unknown")
    return mandate


def _ids(mandate: Mandate) -> dict[str, str]:
    return {"deed": str(mandate.pk), "seal": str(mandate.seal_id)}
