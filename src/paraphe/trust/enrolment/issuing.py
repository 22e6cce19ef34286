"""After the right code: the certificate, the agreement signed with it, its own validation. Resumable at every line.

Each act is idempotent on an attempt id made with the enrolment; what an act gives is recorded before the next one
begins. A page view or the sweeper goes on where a dead process stopped.
"""

import logging
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paraphe.floor import secrets
from paraphe.floor.files import api as files
from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.clock import FixedClock
from paraphe.kernel.digests import sha256_hex
from paraphe.kernel.errors import DomainError
from paraphe.pdf import api as pdf
from paraphe.pki.keys import algorithm_of_certificate
from paraphe.trust.ca import api as ca
from paraphe.trust.enrolment import rules
from paraphe.trust.enrolment.agreement import unsigned
from paraphe.trust.enrolment.errors import OwnSignatureRejected, StepClosed
from paraphe.trust.enrolment.models import Enrolment, Status
from paraphe.trust.enrolment.requests import ids
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from paraphe.trust.status import api as status
from paraphe.trust.tsa import api as tsa

logger = logging.getLogger(__name__)

_ACTIVATION_PURPOSE = "enrolment.activation"
_PREPARED_PURPOSE = "enrolment.prepared"
_SIGNED_PURPOSE = "enrolment.signed"


def finish(enrolment_id: UUID) -> bool:
    """Issue the certificate and sign the agreement; return whether the enrolment is issued now.

    Does nothing while somebody else is at it. Errors that may pass (signer process away, disk full) leave the
    enrolment in ISSUING, to be gone on with later; they are logged, never raised.
    """
    if not _claim(enrolment_id):
        return Enrolment.objects.filter(id=enrolment_id, status=Status.ISSUED).exists()
    try:
        enrolment = Enrolment.objects.select_related("subject").get(id=enrolment_id)
        credential = _credential(enrolment)
        prepared = _prepared(enrolment, credential)
        signature = _signature(enrolment, credential, prepared)
        _record(enrolment, credential, _completed(unsigned(enrolment), prepared, signature))
    except DomainError as error:
        logger.warning("Enrolment %s could not be finished yet: %s", enrolment_id, error.code)
        return False
    finally:
        Enrolment.objects.filter(id=enrolment_id).update(claimed_until=None)
    return True


def unfinished() -> list[UUID]:
    """Return the enrolments in ISSUING that nobody works on."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return list(Enrolment.objects.filter(free, status=Status.ISSUING).values_list("id", flat=True))


def _claim(enrolment_id: UUID) -> bool:
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    claimed = Enrolment.objects.filter(free, id=enrolment_id, status=Status.ISSUING)
    return claimed.update(claimed_until=now + rules.CLAIM) == 1


def _credential(enrolment: Enrolment) -> remote.Credential:
    credential = remote.issue_credential(
        attempt_id=enrolment.issue_attempt,
        subject=enrolment.subject,
        client_id=enrolment.client_id,
        profile_name=rules.PROFILES[enrolment.subject.kind],
    )
    if enrolment.credential_id is None:
        enrolment.credential_id = credential.id
        enrolment.save(update_fields=["credential_id"])
    return credential


def _prepared(enrolment: Enrolment, credential: remote.Credential) -> pdf.Prepared:
    """Return the prepared agreement: the same bytes at each repetition, so that the digest to sign is the same."""
    if enrolment.prepared_file is not None:
        return pdf.Prepared.from_bytes(files.read(enrolment.prepared_file))
    data = unsigned(enrolment)
    certificate = remote.certificate_of(credential)
    chain = ca.chain_of(certificate)
    # Collected before signing, so that the signature covers the whole file and nothing follows it.
    material = pdf.collect(certificate, chain, tsa.LocalTimestampSource(), status.LocalRevocationSource(), [ca.root()])
    clock = FixedClock(timezone.now())
    prepared = pdf.prepare(
        data,
        _appearance(enrolment, data),
        certificate,
        chain,
        clock,
        material,
        algorithm=algorithm_of_certificate(certificate),
    )
    with transaction.atomic():
        enrolment.prepared_file = files.store(prepared.to_bytes(), purpose=_PREPARED_PURPOSE).id
        enrolment.save(update_fields=["prepared_file"])
    return prepared


def _appearance(enrolment: Enrolment, data: bytes) -> pdf.SignatureSettings:
    person = enrolment.subject
    with translation.override(person.language):
        reason = _("Accord de souscription accepté")
    return pdf.SignatureSettings(
        signer_name=person.full_name,
        firm=person.organisation_name,
        reason=reason,
        signed_at=timezone.localtime(),
        language=person.language,
        box=pdf.signature_place(data),
    )


def _signature(enrolment: Enrolment, credential: remote.Credential, prepared: pdf.Prepared) -> bytes:
    """Return the raw signature value; the activation is kept sealed until it is redeemed, so that it can be again."""
    digests = [prepared.digest_to_sign]
    if enrolment.challenge_id is None:
        raise StepClosed
    if enrolment.activation_sealed is None:
        sad = remote.activate(
            credential_id=credential.id,
            client_id=enrolment.client_id,
            digests=digests,
            challenge_id=enrolment.challenge_id,
            labels=[_("Accord de souscription")],
        )
        enrolment.activation_sealed = secrets.seal(sad.encode(), _ACTIVATION_PURPOSE)
        enrolment.save(update_fields=["activation_sealed"])
    try:
        [signature] = remote.sign(
            sad=secrets.unseal(bytes(enrolment.activation_sealed), _ACTIVATION_PURPOSE).decode(),
            credential_id=credential.id,
            client_id=enrolment.client_id,
            digests=digests,
            algorithm=prepared.algorithm,
            attempt_id=str(enrolment.sign_attempt),
        )
    except remote.ActivationExpired:
        # Nobody redeemed it in time: the same confirmed code gives another one for the same digest, next time.
        enrolment.activation_sealed = None
        enrolment.save(update_fields=["activation_sealed"])
        raise
    return signature


def _completed(source: bytes, prepared: pdf.Prepared, signature: bytes) -> bytes:
    """Return the signed agreement at level B-LT. Raises OwnSignatureRejected when we would not accept it ourselves."""
    root = ca.root()
    signed = pdf.finish(source, prepared, signature, tsa.LocalTimestampSource())
    result = pdf.augment(source, signed, status.LocalRevocationSource(), [root]).whole(source)
    report = pdf.validate(result, pdf.ValidationSettings((pdf.Anchor(root),), timezone.now(), compare_pages=False))
    if not report.ok:
        raise OwnSignatureRejected(problems=[list(found.problems) for found in report.signatures])
    return result


def _record(enrolment: Enrolment, credential: remote.Credential, data: bytes) -> None:
    with transaction.atomic():
        enrolment = Enrolment.objects.select_for_update().select_related("subject").get(id=enrolment.id)
        if enrolment.status != Status.ISSUING:
            return
        reference = files.store(data, purpose=_SIGNED_PURPOSE)
        for draft in (enrolment.agreement_file, enrolment.prepared_file):
            if draft is not None:
                files.destroy(draft)
        enrolment.agreement_file = enrolment.prepared_file = enrolment.activation_sealed = None
        enrolment.signed_file = reference.id
        enrolment.signed_sha256 = sha256_hex(data)
        enrolment.status = Status.ISSUED
        enrolment.issued_at = enrolment.changed_at = timezone.now()
        enrolment.save()
        evidence = {"credential": str(credential.id), "agreement_sha256": enrolment.signed_sha256}
        journal.write("enrolment:issued", SYSTEM, ids(enrolment), evidence)
        _tell_issued(enrolment)


def _tell_issued(enrolment: Enrolment) -> None:
    person = enrolment.subject
    messaging.send_template(
        person.email,
        template="enrolment/mail/issued",
        context={
            "name": person.full_name,
            "platform_url": settings.PLATFORM_URL,
            "invited": person.kind == "invited",
        },
        key=f"enrolment-issued:{enrolment.id}",
        language=person.language,
    )
