"""The steps at the trust site: the request, the way there and back, the certificate."""

from typing import Any

from cryptography import x509
from django.conf import settings
from django.db import transaction

from paraphe.floor.secrets import keyed_hash, same, unseal_text
from paraphe.kernel.actor import Actor
from paraphe.kernel.ids import new_id, new_token
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.actions import MOBILE_PURPOSE
from paraphe.platform.enrolment.errors import ReturnMismatch, WrongStep
from paraphe.platform.enrolment.models import Enrolment
from paraphe.platform.enrolment.queries import EnrolmentView, current, row
from paraphe.platform.enrolment.rules import step_after_identity
from paraphe.platform.enrolment.steps import expect, move, note
from paraphe.platform.signing import api as signing

RETURN_PATH = "/enregistrement/retour/"
RETURN_PURPOSE = "enrolment.return"
ENDED = ("refused", "expired")


def trust_address(*, actor: Actor, person: accounts.Person, locale: str) -> str:
    """Return the address at the trust site where ``person`` goes on with his certificate.

    The request is made once (the reference makes it idempotent); after that each call gives a new one-time link.
    Raises WrongStep, TrustUnavailable, TrustRefused.
    """
    enrolment = row(person)
    expect(enrolment, "identity")
    client = signing.trust()
    token = client.token("enrolment")
    if enrolment.trust_request:
        answer = client.post_json(f"/enrolment/v1/requests/{enrolment.trust_request}/link", {}, token=token)
        return signing.text_of(answer, "url")
    state = new_token()
    answer = client.post_json("/enrolment/v1/requests", _request(enrolment, person, state, locale), token=token)
    url, number, status = (signing.text_of(answer, name) for name in ("url", "id", "status"))
    with transaction.atomic():
        Enrolment.objects.filter(pk=enrolment.pk, step="identity").update(
            trust_request=number,
            trust_status=status,
            trust_reason=None,
            return_state_hash=keyed_hash(state, RETURN_PURPOSE),
        )
        note(enrolment, actor, "enrolment:sent-to-trust", request=number)
    return url


def returned(*, actor: Actor, person: accounts.Person, request: str, state: str) -> EnrolmentView:
    """Take the browser back from the trust site and read the result there. Raises ReturnMismatch for a foreign one."""
    enrolment = row(person)
    known = enrolment.return_state_hash
    if not known or request != enrolment.trust_request or not same(keyed_hash(state, RETURN_PURPOSE), known):
        raise ReturnMismatch()
    if enrolment.step == "identity":
        note(enrolment, actor, "enrolment:returned", request=request)
    return refresh(actor=actor, person=person)


def refresh(*, actor: Actor, person: accounts.Person) -> EnrolmentView:
    """Read at the trust site how far the certificate is, and go on when it is issued. Raises TrustUnavailable."""
    enrolment = row(person)
    if enrolment.step == "identity" and enrolment.trust_request:
        client = signing.trust()
        answer = client.get_json(f"/enrolment/v1/requests/{enrolment.trust_request}", token=client.token("enrolment"))
        try:
            _take(enrolment, answer, actor)
        except WrongStep:
            # Another tab, or the worker, read the same answer first: it is taken, once.
            return current(person)
    return current(person)


def restart_identity(*, actor: Actor, person: accounts.Person) -> None:
    """Begin again at the mobile number after the trust site refused or the request ended there. Raises WrongStep."""
    enrolment = row(person)
    expect(enrolment, "identity")
    if enrolment.trust_status not in ENDED:
        expect(enrolment, "mobile")
    with transaction.atomic():
        move(
            enrolment, to="mobile", trust_request="", trust_status="", trust_reason=None, trust_reference=new_id(),
            return_state_hash="",
        )  # fmt: skip
        note(enrolment, actor, "enrolment:started", track=enrolment.track, again=True)


def _request(enrolment: Enrolment, person: accounts.Person, state: str, locale: str) -> dict[str, Any]:
    roll = accounts.roll_of(person)
    firms = accounts.firms_of(person)
    # A certificate names one organisation or none; who acts for several firms signs for each with the same one.
    firm = firms[0] if len(firms) == 1 else None
    return {
        "reference": str(enrolment.trust_reference),
        "kind": "member" if enrolment.track == "member" else "collaborator",
        "subject": {
            "given_name": person.given_name,
            "surname": person.family_name,
            "email": person.email,
            "roll_number": roll.number if roll else None,
            "region": roll.region if roll else None,
            "organisation": {"name": firm.name, "siren": firm.siren} if firm else None,
        },
        "mobile": unseal_text(bytes(enrolment.sealed_mobile), MOBILE_PURPOSE),
        "return_uri": settings.SITE_URL + RETURN_PATH,
        "state": state,
        "locale": locale,
    }


def _take(enrolment: Enrolment, answer: dict[str, Any], actor: Actor) -> None:
    status = str(answer.get("status", ""))
    if status == "issued":
        subject_id, credential_id = signing.text_of(answer, "subject_id"), signing.text_of(answer, "credential_id")
        try:
            certificate = x509.load_pem_x509_certificate(signing.text_of(answer, "certificate").encode())
        except ValueError:
            raise signing.TrustUnavailable(reason="certificate cannot be read") from None
        with transaction.atomic():
            signing.remember_holder(
                person_id=enrolment.person_id,
                subject_id=subject_id,
                credential_id=credential_id,
                certificate=certificate,
            )
            following = step_after_identity(
                enrolment.track,
                completed=enrolment.completed_at is not None,
                has_signed_terms=enrolment.signed_terms_file is not None,
            )
            move(
                enrolment, to=following, trust_status=status, sealed_mobile=b"", return_state_hash="",
                certified_as=enrolment.track,
            )  # fmt: skip
            note(
                enrolment, actor, "enrolment:certificate-received", serial=f"{certificate.serial_number:x}",
                credential=credential_id,
            )  # fmt: skip
        return
    if status != enrolment.trust_status:
        given = answer.get("reason") if status in ENDED else None
        reason = given if isinstance(given, dict) else None
        with transaction.atomic():
            Enrolment.objects.filter(pk=enrolment.pk, step="identity").update(trust_status=status, trust_reason=reason)
            if status == "refused":
                note(enrolment, actor, "enrolment:identity-refused", code=(reason or {}).get("code", ""))
