"""What follows when the provider tells less of somebody than before: his certificate no longer says what is true."""

import logging

from paraphe.kernel.actor import SYSTEM
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.models import Enrolment
from paraphe.platform.enrolment.rules import reason_to_revoke
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

logger = logging.getLogger(__name__)


def conclude_departures() -> None:
    """Have the certificates revoked of those who left the roll or the firm; what could not be done is tried again."""
    for person in accounts.departures():
        try:
            _conclude(person)
        except signing.TrustUnavailable as error:
            logger.warning("certificates of people who left wait for the trust site: %s", error)
            return
        except signing.TrustRefused as error:
            # This one alone; it stays on the list, and an operator sees it here each minute.
            logger.error("the trust site does not revoke the certificate of person %s: %s", person.pk, error)


def _conclude(person: accounts.Person) -> None:
    reason = _reason(person)
    if reason and signing.revoke_certificate(person.pk, reason=reason):
        evidence.record(
            "certificate:revoked", actor=SYSTEM, subjects={"person": str(person.pk)}, data={"reason": reason}
        )
    accounts.note_concluded(person)


def _reason(person: accounts.Person) -> str:
    try:
        named = signing.siren_of(person.pk)
    except signing.NoCredential:
        return ""
    track = Enrolment.objects.filter(person_id=person.pk).values_list("certified_as", flat=True).first() or ""
    return reason_to_revoke(
        certified_as=track,
        on_roll=accounts.is_on_roll(person),
        named_siren=named,
        sirens={one.firm.siren for one in accounts.memberships_of(person)},
    )
