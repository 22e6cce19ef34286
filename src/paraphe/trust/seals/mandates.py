"""Mandates: so many seals, for a purpose, until a moment. Counted when an activation is given, never exceeded."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from paraphe.floor.secrets import keyed_hash
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import releases, rules
from paraphe.trust.seals.errors import MandateRefused
from paraphe.trust.seals.models import Mandate, MandateUse, Release
from paraphe.trust.seals.uses import end_use

_PURPOSE = "seals.mandate"
#: After it no activation of a use, extended or not, can sign any more.
SETTLED_AFTER = remote.TRANSACTION_LIFETIME + timedelta(minutes=5)


def authorise(client_id: str, seal_id: UUID, digests: Sequence[bytes], token: str, attempt: str = "") -> str:
    """Return a SAD for exactly these digests, counted against the mandate or the release of ``token``.

    The same ``attempt`` with the same digests, not signed yet, gets a new SAD and is counted once. Raises
    MandateRefused, NotFound, CredentialUnusable, DigestsRefused, ReuseRefused. What is refused is journaled.
    """
    try:
        with transaction.atomic():
            mandate, release = _presented(token)
            use = _known(mandate, release, attempt)
            if use is None:
                use = _counted(mandate, release, client_id, seal_id, len(digests), attempt)
            sad = remote.activate_by_proof(client_id, seal_id, digests, use.pk)
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
            given_back += end_use(use)
    return given_back


def _presented(token: str) -> tuple[Mandate, Release | None]:
    """Return the locked mandate of a token, and the release where it is the token of one. Raises MandateRefused."""
    mandate = Mandate.objects.select_for_update().filter(token_hash=keyed_hash(token, _PURPOSE)).first()
    if mandate is not None:
        return mandate, None
    found = Release.objects.filter(token_hash=keyed_hash(token, releases.TOKEN)).first()
    if found is None:
        raise MandateRefused(reason="unknown")
    mandate = Mandate.objects.select_for_update().get(pk=found.mandate_id)
    return mandate, Release.objects.select_for_update().get(pk=found.pk)


def _known(mandate: Mandate, release: Release | None, attempt: str) -> MandateUse | None:
    """Return what this attempt was counted as before, while the mandate still stands."""
    if not attempt or mandate.withdrawn_at is not None:
        return None
    return MandateUse.objects.filter(mandate=mandate, release=release, attempt=attempt, settled=False).first()


def _counted(
    mandate: Mandate, release: Release | None, client_id: str, seal_id: UUID, count: int, attempt: str
) -> MandateUse:
    now = timezone.now()
    if release is not None:
        rules.check_use_of_release(release, mandate, client_id=client_id, seal_id=seal_id, count=count, now=now)
        Release.objects.filter(pk=release.pk).update(used=F("used") + count)
        left = release.count - release.used - count
    else:
        standing = mandate.releasers.exists()
        rules.check_use(mandate, client_id=client_id, seal_id=seal_id, count=count, now=now, standing=standing)
        Mandate.objects.filter(pk=mandate.pk).update(used=F("used") + count)
        left = mandate.most - mandate.used - count
    if attempt and MandateUse.objects.filter(mandate=mandate, attempt=attempt).exists():
        raise MandateRefused(reason="attempt")
    use = MandateUse.objects.create(mandate=mandate, release=release, attempt=attempt, count=count, at=now)
    ids = _ids(mandate) if release is None else {**_ids(mandate), "release": str(release.pk)}
    journal.write("mandate:used", Actor("client", client_id), ids, {"use": str(use.pk), "count": count, "left": left})
    return use


def _ids(mandate: Mandate) -> dict[str, str]:
    return {"deed": str(mandate.pk), "seal": str(mandate.seal_id)}
