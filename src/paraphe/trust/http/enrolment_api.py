"""The enrolment API: how a client program brings a person to be enrolled and learns what became of it.

JSON over HTTP with a bearer token of scope ``enrolment`` (OAuth 2 client credentials). Errors are
``{"error": code, "error_description": sentence}`` as in RFC 6749 §5.2; a request of another client does not exist.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any
from uuid import UUID, uuid5

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from paraphe.floor.messaging import api as messaging
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment.errors import AgreementNotSigned, ReferenceReused, RequestInvalid
from paraphe.trust.http.auth import client_of
from paraphe.trust.http.bodies import body
from paraphe.trust.http.csc_answers import ECDSA_SHA256, RSA_SHA256
from paraphe.trust.ra.api import Kind, SubjectData
from paraphe.trust.register.api import Reason
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import api as seals
from paraphe.trust.tsa import api as tsa
from paraphe.trust.vault import api as vault

SCOPE = "enrolment"
_STATUS_OF: dict[type[DomainError], tuple[int, str]] = {
    NotFound: (404, "There is no such request."),
    ReferenceReused: (409, "This reference was used with other data."),
    AgreementNotSigned: (409, "The agreement is not signed yet."),
    RequestInvalid: (400, "A field of the request is missing or wrong."),
    seals.DeedRefused: (400, "A field of the request is missing or wrong."),
    seals.DeedClosed: (409, "This deed is not in a state for that."),
    seals.MandateRefused: (409, "The mandate does not allow this."),
    clients.ReturnUriRefused: (400, "This return address is not registered."),
}
View = Callable[..., HttpResponse]

#: Under it, references of clients become attempt ids.
_ONE_SHOTS = UUID("3e6f2c1e-2f0b-4d6e-9a53-6f3a5f7c1d20")
#: What a client program may know of, and which reason of RFC 5280 §5.3.1 it is.
_REASONS: dict[str, Reason] = {
    "left_the_roll": "privilege_withdrawn",
    "left_the_firm": "affiliation_changed",
    "death": "cessation_of_operation",
    "data_changed": "affiliation_changed",
    "compromise": "key_compromise",
}
_KINDS: dict[str, Kind] = {"member": "member", "collaborator": "collaborator", "invited": "invited"}


def answering(view: View) -> View:
    """Find the client, run ``view`` and turn typed errors into answers."""

    @csrf_exempt
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, client_of(request, SCOPE), **kwargs)
        except clients.ClientRefused:
            response = _error(401, "invalid_token", "A valid bearer token of scope enrolment is needed.")
            response["WWW-Authenticate"] = f'Bearer error="invalid_token", scope="{SCOPE}"'
        except DomainError as error:
            status, sentence = _STATUS_OF.get(type(error), (400, "The request cannot be served."))
            field = error.params.get("field")
            response = _error(status, error.code, f"{sentence} Field: {field}." if field else sentence)
        response["Cache-Control"] = "no-store"
        return response

    return answer


@answering
@require_POST
def create(request: HttpRequest, client: clients.Client) -> HttpResponse:
    """Start an enrolment, or find the one that this reference started before."""
    asked = _asked(body(request))
    clients.check_return_uri(client, asked.return_uri)
    found = enrolment.start(client.client_id, asked)
    url = enrolment.new_link(found, enrolment.LinkKind.BROWSER)
    answer = {"id": str(found.id), "subject_id": str(found.subject_id), "url": url, "status": found.status}
    return JsonResponse(answer, status=201)


@answering
@require_GET
def show(request: HttpRequest, client: clients.Client, enrolment_id: UUID) -> HttpResponse:
    """Tell where the enrolment stands."""
    enrolment.of_client(client.client_id, enrolment_id)
    found = enrolment.load(enrolment_id)
    reason = {
        "code": found.reason,
        "sentence_fr": enrolment.sentence(found.reason, "fr"),
        "sentence_en": enrolment.sentence(found.reason, "en"),
        "fields": enrolment.differing_names(found),
    }
    return JsonResponse(
        {
            "id": str(found.id),
            "status": found.status,
            "reason": reason if found.reason else None,
            "subject_id": str(found.subject_id),
            "credential_id": str(found.credential_id) if found.status == enrolment.Status.ISSUED else None,
            "certificate": enrolment.certificate_pem(found),
        }
    )


@answering
@require_POST
def link(request: HttpRequest, client: clients.Client, enrolment_id: UUID) -> HttpResponse:
    """Give a new one-time link, with which the person goes on."""
    found = enrolment.of_client(client.client_id, enrolment_id)
    return JsonResponse({"url": enrolment.new_link(found, enrolment.LinkKind.BROWSER)})


@answering
@require_GET
def agreement(request: HttpRequest, client: clients.Client, enrolment_id: UUID) -> HttpResponse:
    """Give the signed subscription agreement."""
    data = enrolment.signed_agreement(enrolment.of_client(client.client_id, enrolment_id))
    return HttpResponse(data, content_type="application/pdf")


@answering
@require_POST
def one_shot(request: HttpRequest, client: clients.Client) -> HttpResponse:
    """Name somebody invited to sign, for whom a certificate of one day is made once he authorises something."""
    asked = json_object(body(request))
    subject = _mapping(asked, "subject")
    # The client program takes it upon itself: link and code then go to the same place.
    by_email = text_of(asked, "code_by", optional=True) == "email"
    data = SubjectData(
        kind="invited",
        given_name=text_of(subject, "given_name"),
        surname=text_of(subject, "surname"),
        email=text_of(subject, "email"),
        mobile=text_of(asked, "mobile", optional=by_email),
        language="en" if text_of(asked, "locale", optional=True).lower().startswith("en") else "fr",
    )
    reference = text_of(asked, "reference")
    if len(reference) > 120:
        raise RequestInvalid(field="reference")
    attempt = uuid5(_ONE_SHOTS, f"{client.client_id}:{reference}")
    made = remote.plan_one_shot(client.client_id, attempt, enrolment.checked_subject(data, mobile_needed=not by_email))
    algorithm = ECDSA_SHA256 if made.key_algorithm.startswith("P-") else RSA_SHA256
    answer = {"credential_id": str(made.pk), "subject_id": str(made.subject_id), "sign_algo": algorithm}
    return JsonResponse(answer, status=201)


@answering
@require_GET
def service(_request: HttpRequest, _client: clients.Client) -> HttpResponse:
    """Tell what does not work at this moment of what holders need: their codes, the keys, timestamps."""
    since = messaging.urgent_trouble()
    keys = True
    try:
        vault.ping()
    except vault.VaultError:
        keys = False
    return JsonResponse(
        {
            "codes": {"delayed_since": since.isoformat() if since else None},
            "keys": {"available": keys},
            "timestamps": {"available": keys and not tsa.watch()},
        }
    )


@answering
@require_POST
def revoke(request: HttpRequest, client: clients.Client, credential_id: UUID) -> HttpResponse:
    """Revoke the certificate of somebody whom this client brought: gone from the roll, from the firm, or dead."""
    reason = _REASONS.get(text_of(json_object(body(request)), "reason"))
    if reason is None:
        raise RequestInvalid(field="reason")
    row = remote.credential_of(client.client_id, credential_id)
    remote.revoke_credential(row, reason, Actor("client", client.client_id))
    return JsonResponse({"status": remote.certificate_status(row)})


def _error(status: int, code: str, sentence: str) -> JsonResponse:
    return JsonResponse({"error": code, "error_description": sentence}, status=status)


def _asked(data: bytes) -> enrolment.Request:
    """Read the body of a request. Raises RequestInvalid with the field that is missing or of a wrong type."""
    asked = json_object(data)
    subject = _mapping(asked, "subject")
    organisation = _mapping(subject, "organisation", optional=True)
    kind = _KINDS.get(text_of(asked, "kind"))
    if kind is None:
        raise RequestInvalid(field="kind")
    return enrolment.Request(
        reference=text_of(asked, "reference"),
        subject=SubjectData(
            kind=kind,
            given_name=text_of(subject, "given_name"),
            surname=text_of(subject, "surname"),
            email=text_of(subject, "email"),
            mobile=text_of(asked, "mobile"),
            language="en" if text_of(asked, "locale", optional=True).lower().startswith("en") else "fr",
            roll_number=text_of(subject, "roll_number", optional=True),
            region=text_of(subject, "region", optional=True),
            organisation_name=text_of(organisation, "name", optional=not organisation),
            organisation_siren=text_of(organisation, "siren", optional=not organisation),
            usage_name=text_of(subject, "usage_name", optional=True),
            birth_date=_day(subject, "birth_date"),
        ),
        return_uri=text_of(asked, "return_uri"),
        state=text_of(asked, "state", optional=True),
    )


def _day(values: Mapping[str, Any], field: str) -> date | None:
    """Return a day of the body written as 1990-07-13, None when it has none. Raises RequestInvalid with the field."""
    text = text_of(values, field, optional=True)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RequestInvalid(field=field) from None


def json_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises RequestInvalid."""
    try:
        asked = json.loads(data)
    except (ValueError, RecursionError):  # the first also for what is not UTF-8
        raise RequestInvalid(field="body") from None
    if not isinstance(asked, dict):
        raise RequestInvalid(field="body")
    return asked


def text_of(values: Mapping[str, Any], field: str, *, optional: bool = False) -> str:
    """Return a text of the body without spaces around it. Raises RequestInvalid with the field."""
    value = values.get(field)
    if optional and value is None:
        return ""
    if not isinstance(value, str) or (not optional and not value.strip()) or "\x00" in value:
        raise RequestInvalid(field=field)
    return value.strip()


def _mapping(values: Mapping[str, Any], field: str, *, optional: bool = False) -> Mapping[str, Any]:
    value = values.get(field)
    if optional and value is None:
        return {}
    if not isinstance(value, dict):
        raise RequestInvalid(field=field)
    return value


urlpatterns = [
    path("enrolment/v1/service", service, name="enrolment-api-service"),
    path("enrolment/v1/one-shots", one_shot, name="enrolment-api-one-shot"),
    path("enrolment/v1/credentials/<uuid:credential_id>/revoke", revoke, name="enrolment-api-revoke"),
    path("enrolment/v1/requests", create, name="enrolment-api-create"),
    path("enrolment/v1/requests/<uuid:enrolment_id>", show, name="enrolment-api-show"),
    path("enrolment/v1/requests/<uuid:enrolment_id>/link", link, name="enrolment-api-link"),
    path("enrolment/v1/requests/<uuid:enrolment_id>/agreement", agreement, name="enrolment-api-agreement"),
]
