"""Credentials of one occasion: for somebody invited to sign who has no certificate and wants none.

The client program names the person and asks, like for every credential, to have digests authorised. Only when the code
came back from the person's telephone is the certificate made, for one day, under a policy of its own; when everything
authorised is signed, or the day is over, the key is destroyed. The certificate says what is known: a name as claimed,
an e-mail address to which the client wrote, a telephone that we reached (or that address, where the client says so).
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM, Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.remote.activation import check_presented
from paraphe.trust.remote.credentials import issue_credential, planned
from paraphe.trust.remote.models import Activation, Credential
from paraphe.trust.vault import api as vault

PROFILE = "one-shot"
#: Longer than the certificate lives and than anything authorised may wait.
KEY_LIVES = timedelta(days=1)


def plan_one_shot(client_id: str, attempt_id: UUID, data: ra.SubjectData) -> Credential:
    """Return the credential of this attempt, still without key and certificate; repeating it changes nothing.

    Raises NotFound when the attempt belongs to another client or person.
    """
    known = Credential.objects.select_related("subject").filter(attempt_id=attempt_id).first()
    if known is None:
        with transaction.atomic():
            made = planned(attempt_id, ra.create_subject(client_id, data), client_id, PROFILE)
            subjects = {"credential": str(made.pk), "subject": str(made.subject_id)}
            journal.write("credential:planned", Actor("client", client_id), subjects, {"profile": PROFILE})
        return made
    if known.client_id != client_id or known.profile_name != PROFILE or ra.data_of(known.subject) != data:
        raise NotFound(kind="credential")
    return known


def certified(sad: str, row: Credential, digests: Sequence[bytes]) -> Credential:
    """Return the credential with its certificate, issued now for one of one occasion whose holder said yes.

    Raises ActivationRefused when ``sad`` does not allow to sign ``digests`` with it, and what ``issue_credential``
    raises.
    """
    if row.profile_name != PROFILE or row.status == Credential.Status.ACTIVE:
        return row
    check_presented(sad, credential_id=row.pk, client_id=row.client_id, digests=digests)
    return issue_credential(
        attempt_id=row.attempt_id, subject=row.subject, client_id=row.client_id, profile_name=PROFILE
    )


def end_of_key(row: Credential) -> None:
    """Destroy the key of a credential of one occasion when nothing authorised is left to sign with it.

    Without a signer it is done by ``destroy_spent_keys`` a little later.
    """
    if row.profile_name != PROFILE or _is_needed(row):
        return
    try:
        _destroy(row)
    except vault.VaultError:
        return


def destroy_spent_keys() -> int:
    """Destroy keys of one occasion that signed everything or are a day old; return how many. Raises VaultError."""
    count = 0
    rows = Credential.objects.filter(profile_name=PROFILE, key_destroyed_at=None)
    for row in rows.filter(Q(created_at__lt=timezone.now() - KEY_LIVES) | Q(activations__state="used")).distinct():
        if row.created_at < timezone.now() - KEY_LIVES or not _is_needed(row):
            _destroy(row)
            count += 1
    return count


def _is_needed(row: Credential) -> bool:
    """Tell whether something that the holder authorised may still be signed."""
    states = Activation.State
    waiting = row.activations.filter(state__in=(states.READY, states.CLAIMED), expires_at__gt=timezone.now())
    if waiting.exists():
        return True
    used = row.activations.filter(state=states.USED, expires_at__gt=timezone.now())
    return any(activation.remaining for activation in used)


def _destroy(row: Credential) -> None:
    vault.destroy(row.key_id)
    with transaction.atomic():
        changed = Credential.objects.filter(pk=row.pk, key_destroyed_at=None).update(key_destroyed_at=timezone.now())
        if changed:
            journal.write("key:destroyed", SYSTEM, {"credential": str(row.pk), "key": str(row.key_id)}, {})
