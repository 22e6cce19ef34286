"""The seal with which a client program seals evidence: of the operator, made here, used without a person.

Who sealed by hand could not seal at three in the morning, when the last signer of a collection signs. So the operator
has one seal for each client program that has scope ``evidence``. It names the operator and not a firm, its policy says
"evidence", its key never leaves the vault, every use is bound to digests and journaled; and it expresses nobody's will:
what it adds is that the record is the one that the program made, at the time of the timestamp.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.utils import timezone

from paraphe.kernel.errors import NotFound
from paraphe.trust.ra import api as ra
from paraphe.trust.remote.activation import activate_by_proof
from paraphe.trust.remote.credentials import (
    EVIDENCE_PROFILE,
    certificate_of,
    certificate_status,
    credential_of,
    issue_credential,
)
from paraphe.trust.remote.models import Credential

#: A successor is made this long before the end: what is sealed stays verifiable, what is begun is finished.
RENEWED_BEFORE = timedelta(days=90)


def evidence_seal(client_id: str) -> Credential:
    """Return the newest seal for evidence of a client program. Raises NotFound before it is made."""
    for row in _seals(client_id):
        if certificate_status(row) == "valid":
            return row
    raise NotFound(kind="credential")


def keep_evidence_seal(client_id: str) -> Credential:
    """Return the seal for evidence of a client program, made now where there is none or the last one ends soon.

    Repeat it after any error or death. Raises VaultUnavailable and what ``ca.issue`` raises.
    """
    made = list(_seals(client_id))
    limit = timezone.now() + RENEWED_BEFORE
    if made and certificate_status(made[0]) == "valid" and certificate_of(made[0]).not_valid_after_utc > limit:
        return made[0]
    attempt = uuid5(NAMESPACE_URL, f"{settings.SITE_URL}/evidence-seals/{client_id}/{len(made) + 1}")
    begun = Credential.objects.select_related("subject").filter(attempt_id=attempt).first()
    subject = begun.subject if begun else ra.create_subject(client_id, _operator())
    return issue_credential(attempt_id=attempt, subject=subject, client_id=client_id, profile_name=EVIDENCE_PROFILE)


def authorise_evidence(client_id: str, credential_id: UUID, digests: Sequence[bytes], attempt: str) -> str:
    """Return a SAD for exactly these digests; the same ``attempt`` (a UUID) again gives one for the same digests only.

    That the client may is the caller's to know. Raises NotFound for every other credential, CredentialUnusable,
    DigestsRefused, ReuseRefused.
    """
    row = credential_of(client_id, credential_id)
    if row.profile_name != EVIDENCE_PROFILE:
        raise NotFound(kind="credential")
    try:
        proof = UUID(attempt)
    except ValueError:
        raise NotFound(kind="attempt") from None
    return activate_by_proof(client_id, credential_id, digests, proof)


def renew_evidence_seals() -> None:
    """Make the successors of seals for evidence that end soon. Raises VaultUnavailable."""
    clients = Credential.objects.filter(profile_name=EVIDENCE_PROFILE).values_list("client_id", flat=True)
    for client_id in sorted(set(clients)):
        keep_evidence_seal(client_id)


def _seals(client_id: str) -> list[Credential]:
    rows = Credential.objects.select_related("subject").filter(
        client_id=client_id, profile_name=EVIDENCE_PROFILE, status=Credential.Status.ACTIVE
    )
    return list(rows.order_by("-created_at"))


def _operator() -> ra.SubjectData:
    """Return the operator as a subject: nobody who could be written to or asked for a code."""
    number = settings.OPERATOR_ID
    return ra.SubjectData(
        kind="seal",
        given_name="",
        surname=settings.OPERATOR_NAME[:100],
        email="",
        mobile="",
        organisation_name=settings.OPERATOR_NAME,
        organisation_siren=number.removeprefix("NTRFR-") if number.startswith("NTRFR-") else "",
    )
