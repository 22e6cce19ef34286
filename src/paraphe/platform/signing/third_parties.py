"""Signatures by people who were invited: with a certificate of one occasion, or with a personal one.

Who has a personal certificate always signs with it: the higher level. Nothing ever goes lower than what was asked for.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.kernel.clock import SystemClock
from paraphe.kernel.ids import new_id
from paraphe.pdf import api as pdf
from paraphe.platform.signing import csc
from paraphe.platform.signing.actions import keep, prepare_each, prepared_for
from paraphe.platform.signing.errors import (
    AnotherSigns,
    BeingSigned,
    CertificateSuspended,
    IdentityNeeded,
    NoCredential,
    SignerDiffers,
    TrustRefused,
    TrustUnavailable,
)
from paraphe.platform.signing.holders import note_over, signs_as
from paraphe.platform.signing.invited import PROVIDER, certificate_for, forget_certificate, subject_for
from paraphe.platform.signing.models import SigningRequest
from paraphe.platform.signing.records import OPEN_STATES, UNAUTHORISED, end_unauthorised
from paraphe.platform.signing.trust_client import trust
from paraphe.platform.signing.values import Level, Signatory, ToSign

#: Who was sent to the trust site and has not come back after this time lets the next one write.
LEASE = timedelta(minutes=3)


@dataclass(frozen=True)
class Turn:
    """Who is signing a thing at this moment, since when, whether he authorised already, and what that waits for."""

    third_party: str
    since: datetime
    authorised: bool
    waits_for: str = ""

    @property
    def idle(self) -> bool:
        """Tell whether somebody else may take over."""
        return not self.authorised and timezone.now() - self.since > LEASE


@dataclass(frozen=True)
class Begun:
    """A request that waits for its holder, and the level at which he will sign."""

    id: uuid.UUID
    level: Level


def turn(*, purpose: str, reference: str) -> Turn | None:
    """Return whose turn it is to sign a thing; None while nobody does."""
    row = SigningRequest.objects.filter(purpose=purpose, reference=reference, state__in=OPEN_STATES).first()
    if row is None:
        return None
    return Turn(row.third_party, row.changed_at, row.state not in UNAUTHORISED, row.waits_for)


def begin_for(
    *,
    actor: Actor,
    signatory: Signatory,
    level: Level,
    documents: Sequence[ToSign],
    purpose: str,
    reference: str,
    return_path: str,
) -> Begun:
    """Prepare ``documents`` for a third party and return the request, which is his turn to sign this thing.

    What he began before is withdrawn; so is what another one left idle. Raises AnotherSigns while it is another's turn,
    BeingSigned when his own is being finished, IdentityNeeded for a level that needs a certificate he has not,
    CertificateSuspended while he has one that may come back, SignerDiffers when his certificate says something else of
    him, TrustUnavailable, TrustRefused, PdfRefused,
    DocumentsRefused; then nothing is kept.
    """
    _take_turn(signatory, purpose, reference)
    credential = _personal(signatory)
    row = SigningRequest(
        person_id=signatory.person_id, third_party=signatory.key, signer_name=signatory.name,
        firm=signatory.firm,
        purpose=purpose, reference=reference, locale=signatory.locale, return_path=return_path,
    )  # fmt: skip
    if credential is not None:
        row.provider, row.subject_id = credential.provider, credential.subject_id
        row.credential_id, row.sign_algorithm = credential.found.id, credential.found.sign_algorithm_oid
        prepared = prepared_for(trust(credential.provider), credential.found, documents)
    elif level == "advanced":
        raise IdentityNeeded()
    else:
        planned = csc.plan_one_shot(trust(), signatory, reference=str(new_id()))
        row.manner, row.subject_id, row.credential_id = SigningRequest.Manner.RANGE, planned.subject_id, planned.id
        row.sign_algorithm = planned.sign_algorithm_oid
        prepared = prepare_each(documents, _range)
    begun: Level = "advanced" if credential is not None else "simple"
    try:
        return Begun(keep(row, prepared, actor), begun)
    except BeingSigned as error:
        # Two people at the same moment: the constraint lets one begin.
        other = turn(purpose=purpose, reference=reference)
        raise AnotherSigns(by=other.third_party if other else "") from error


def level_of(signatory: Signatory, wanted: Level) -> Literal["simple", "advanced", "identity_needed"]:
    """Return at which level he would sign now, as far as this platform knows without asking.

    Raises SignerDiffers.
    """
    if _known(signatory) is not None:
        return "advanced"
    return "identity_needed" if wanted == "advanced" else "simple"


@dataclass(frozen=True)
class _Personal:
    provider: str
    subject_id: str
    found: csc.RemoteCredential


def _take_turn(signatory: Signatory, purpose: str, reference: str) -> None:
    open_rows = SigningRequest.objects.filter(purpose=purpose, reference=reference, state__in=OPEN_STATES)
    for row in open_rows:
        mine = row.third_party == signatory.key
        if row.state not in UNAUTHORISED:
            raise BeingSigned() if mine else AnotherSigns(by=row.third_party)
        if not mine and not Turn(row.third_party, row.changed_at, authorised=False).idle:
            raise AnotherSigns(by=row.third_party)
        end_unauthorised(row)


def still_certified(signatory: Signatory) -> bool:
    """Tell whether a certificate known here still stands at its provider; what cannot be asked now stands.

    One that is revoked or expired is forgotten.
    """
    try:
        _personal(signatory)
    except SignerDiffers:
        return True
    except (CertificateSuspended, TrustUnavailable, TrustRefused):
        pass
    return _holding(signatory) is not None


def _personal(signatory: Signatory) -> _Personal | None:
    """Return his personal certificate, when he has one that can sign now. Raises SignerDiffers, CertificateSuspended.

    One that is over is none: he signs at the level that was asked for, and asks for another one where it needs it.
    """
    holding = _holding(signatory)
    if holding is None:
        return None
    provider, subject_id = holding
    try:
        found = csc.usable_credential(trust(provider), subject_id)
    except NoCredential as error:
        if error.params["status"] in ("suspended", "disabled"):
            raise CertificateSuspended() from error
        _note_over(signatory, provider, str(error.params["status"]))
        return None
    _expect_named(signatory, provider)
    return _Personal(provider, subject_id, found)


def _known(signatory: Signatory) -> tuple[str, str] | None:
    """Return the provider that holds his personal certificate, and who he is there. Raises SignerDiffers."""
    holding = _holding(signatory)
    if holding is not None:
        _expect_named(signatory, holding[0])
    return holding


def _holding(signatory: Signatory) -> tuple[str, str] | None:
    if signatory.person_id is not None and (subject_id := signs_as(signatory.person_id)):
        return "", subject_id
    return (PROVIDER, subject_for(signatory)) if certificate_for(signatory) is not None else None


def _note_over(signatory: Signatory, provider: str, status: str) -> None:
    if provider == PROVIDER:
        forget_certificate(signatory, status)
    elif signatory.person_id is not None:
        note_over(signatory.person_id)


def _expect_named(signatory: Signatory, provider: str) -> None:
    certificate = certificate_for(signatory) if provider == PROVIDER else None
    differing = certificate.differs_from(signatory) if certificate is not None else []
    if differing:
        raise SignerDiffers(fields=differing)


def _range(data: bytes, document: ToSign) -> pdf.PreparedRange:
    return pdf.prepare_range(data, document.settings, SystemClock(), fill=document.fill)
