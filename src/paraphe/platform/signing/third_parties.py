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
from paraphe.platform.signing.errors import AnotherSigns, BeingSigned, IdentityNeeded, NoCredential, SignerDiffers
from paraphe.platform.signing.holders import holder_of
from paraphe.platform.signing.invited import PROVIDER, certificate_for, subject_for
from paraphe.platform.signing.models import SigningRequest
from paraphe.platform.signing.records import OPEN_STATES, UNAUTHORISED, end_unauthorised
from paraphe.platform.signing.trust_client import trust
from paraphe.platform.signing.values import Level, Signatory, ToSign

#: Who was sent to the trust site and has not come back after this time lets the next one write.
LEASE = timedelta(minutes=3)


@dataclass(frozen=True)
class Turn:
    """Who is signing a thing at this moment, since when, and whether he authorised already."""

    third_party: str
    since: datetime
    authorised: bool

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
    return Turn(row.third_party, row.changed_at, row.state not in UNAUTHORISED) if row is not None else None


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
    SignerDiffers when his certificate says something else of him, TrustUnavailable, TrustRefused, PdfRefused,
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


def _personal(signatory: Signatory) -> _Personal | None:
    """Return his personal certificate, when he has one that can sign now. Raises SignerDiffers."""
    known = _known(signatory)
    if known is None:
        return None
    provider, subject_id = known
    try:
        return _Personal(provider, subject_id, csc.usable_credential(trust(provider), subject_id))
    except NoCredential:
        return None


def _known(signatory: Signatory) -> tuple[str, str] | None:
    """Return the provider that holds his personal certificate, and who he is there. Raises SignerDiffers."""
    if signatory.person_id is not None:
        try:
            return "", holder_of(signatory.person_id).subject_id
        except NoCredential:
            pass
    certificate = certificate_for(signatory)
    if certificate is None:
        return None
    differing = certificate.differs_from(signatory)
    if differing:
        raise SignerDiffers(fields=differing)
    return PROVIDER, subject_for(signatory)


def _range(data: bytes, document: ToSign) -> pdf.PreparedRange:
    return pdf.prepare_range(data, document.settings, SystemClock(), fill=document.fill)
