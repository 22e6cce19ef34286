"""The door of enrolments: from the request of a client program to an issued credential."""

from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.floor.files import api as files
from paraphe.trust.enrolment.agreement import accept, ensure_composed, unsigned
from paraphe.trust.enrolment.confirmation import confirm, ensure_sent, send_again
from paraphe.trust.enrolment.documents import (
    add_photograph,
    choose_kind,
    differing_names,
    expire,
    findings,
    follow_case,
    follow_subject,
    hints,
    load,
    photograph,
    steps,
    submit,
)
from paraphe.trust.enrolment.errors import AgreementNotSigned, RenewalRefused
from paraphe.trust.enrolment.issuing import finish
from paraphe.trust.enrolment.models import Enrolment, EnrolmentLink, LinkKind, Status
from paraphe.trust.enrolment.reasons import sentence, sentence_lazy
from paraphe.trust.enrolment.renewal import renew
from paraphe.trust.enrolment.requests import Request, new_link, of_client, peek_link, start, use_link
from paraphe.trust.enrolment.rules import Step, checked_subject, masked
from paraphe.trust.enrolment.sweeping import sweep
from paraphe.trust.remote import api as remote

__all__ = [
    "Enrolment",
    "EnrolmentLink",
    "LinkKind",
    "RenewalRefused",
    "Request",
    "Status",
    "Step",
    "accept",
    "add_photograph",
    "certificate_pem",
    "checked_subject",
    "choose_kind",
    "confirm",
    "differing_names",
    "ensure_composed",
    "ensure_sent",
    "expire",
    "findings",
    "finish",
    "follow_case",
    "follow_subject",
    "hints",
    "load",
    "masked",
    "new_link",
    "of_client",
    "peek_link",
    "photograph",
    "renew",
    "send_again",
    "sentence",
    "sentence_lazy",
    "signed_agreement",
    "start",
    "steps",
    "submit",
    "sweep",
    "unsigned",
    "use_link",
]


def signed_agreement(enrolment: Enrolment) -> bytes:
    """Return the signed subscription agreement, a PDF. Raises AgreementNotSigned before the certificate is issued."""
    if enrolment.signed_file is None:
        raise AgreementNotSigned
    return files.read(enrolment.signed_file)


def certificate_pem(enrolment: Enrolment) -> str | None:
    """Return the issued certificate in PEM, or None before the enrolment is issued."""
    if enrolment.status != Status.ISSUED or enrolment.credential_id is None:
        return None
    credential = remote.credential(enrolment.credential_id)
    return remote.certificate_of(credential).public_bytes(Encoding.PEM).decode()
