"""The API of seals: ask for one, ask for a mandate, learn what became of it, withdraw. Scope ``enrolment``.

JSON over HTTP, errors as in the enrolment API. Sealing itself is the CSC API, with authData ``MANDATE``.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_GET, require_POST

from paraphe.kernel.actor import Actor
from paraphe.trust.clients import api as clients
from paraphe.trust.http.bodies import body
from paraphe.trust.http.csc_parts import EVIDENCE_SCOPE
from paraphe.trust.http.enrolment_api import answering, json_object, text_of
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import api as seals


@answering
@require_POST
def ask_seal(request: HttpRequest, client: clients.Client) -> HttpResponse:
    """Ask for the seal of the firm that a person's certificate names; where it names none, of ``organisation``."""
    given = json_object(body(request))
    deed, link = seals.ask_seal(client.client_id, _asked(client, given), given.get("organisation"))
    return JsonResponse({**_told(deed), "url": link}, status=201)


@answering
@require_POST
def ask_mandate(request: HttpRequest, client: clients.Client) -> HttpResponse:
    """Ask for a mandate: ``purpose``, ``count``, ``begins_at`` (optional), ``ends_at``. Its token is told only now."""
    given = json_object(body(request))
    asked, seal = _asked(client, given), _identifier(given, "seal_id")
    deed, link, token = seals.ask_mandate(client.client_id, asked, seal, given)
    return JsonResponse({**_told(deed), "url": link, "mandate": token}, status=201)


@answering
@require_GET
def show(request: HttpRequest, client: clients.Client, deed_id: UUID) -> HttpResponse:
    """Tell where a deed stands, and which seal it is for."""
    return JsonResponse(_told(seals.of_client(client.client_id, deed_id)))


@answering
@require_GET
def signed(request: HttpRequest, client: clients.Client, deed_id: UUID) -> HttpResponse:
    """Give the signed deed."""
    data = seals.signed(seals.of_client(client.client_id, deed_id))
    return HttpResponse(data, content_type="application/pdf")


@answering
@require_POST
def withdraw(request: HttpRequest, client: clients.Client, deed_id: UUID) -> HttpResponse:
    """Withdraw a mandate."""
    deed = seals.of_client(client.client_id, deed_id)
    seals.withdraw(deed.pk, Actor("client", client.client_id))
    return JsonResponse(_told(deed))


@answering
@require_POST
def ask_release(request: HttpRequest, client: clients.Client, deed_id: UUID) -> HttpResponse:
    """Ask for a release under a standing mandate: ``releaser``, ``purpose``, ``count``, ``list_sha256``.

    Its token is told only now, and is worth nothing before the code.
    """
    given = json_object(body(request))
    clients.check_return_uri(client, text_of(given, "return_uri"))
    release, link, token = seals.ask_release(client.client_id, deed_id, given)
    return JsonResponse({**_told_of_release(release), "url": link, "mandate": token}, status=201)


@answering
@require_GET
def show_release(request: HttpRequest, client: clients.Client, release_id: UUID) -> HttpResponse:
    """Tell where a release stands."""
    return JsonResponse(_told_of_release(seals.release_of(client.client_id, release_id)))


@answering
@require_POST
def close_release(request: HttpRequest, client: clients.Client, release_id: UUID) -> HttpResponse:
    """End a release; what it did not use goes back to the mandate."""
    release = seals.release_of(client.client_id, release_id)
    return JsonResponse(_told_of_release(seals.close_release(release.pk, Actor("client", client.client_id))))


def _told_of_release(release: seals.Release) -> dict[str, object]:
    return {
        "id": str(release.pk),
        "status": release.state,
        "count": release.count,
        "used": release.used,
        "ends_at": release.ends_at.isoformat() if release.ends_at else None,
    }


@answering
@require_GET
def evidence_seal(request: HttpRequest, client: clients.Client) -> HttpResponse:
    """Tell which seal this client uses for evidence; it needs scope ``evidence`` beside."""
    clients.check_scope(client, EVIDENCE_SCOPE)
    row = remote.evidence_seal(client.client_id)
    return JsonResponse({"credential_id": str(row.pk), "subject_id": str(row.subject_id)})


def _asked(client: clients.Client, given: dict[str, Any]) -> seals.Asked:
    address = text_of(given, "return_uri")
    clients.check_return_uri(client, address)
    return seals.Asked(
        reference=text_of(given, "reference"),
        responsible_id=_identifier(given, "responsible_id"),
        return_uri=address,
        state=text_of(given, "state", optional=True),
    )


def _identifier(given: dict[str, Any], field: str) -> UUID:
    try:
        return UUID(text_of(given, field))
    except ValueError:
        raise seals.DeedRefused(field=field) from None


def _told(deed: seals.Deed) -> dict[str, object]:
    told: dict[str, object] = {
        "id": str(deed.pk),
        "kind": deed.kind,
        "status": deed.state,
        "seal_id": str(deed.seal_id) if deed.seal_id else None,
        "subject_id": str(deed.seal.subject_id) if deed.seal else None,
        "expires_at": deed.expires_at.isoformat(),
    }
    mandate = seals.Mandate.objects.filter(deed=deed).first()
    if mandate is not None:
        told |= {"count": mandate.most, "used": mandate.used, "withdrawn": mandate.withdrawn_at is not None}
    return told


urlpatterns = [
    path("enrolment/v1/evidence-seal", evidence_seal, name="seal-api-evidence"),
    path("enrolment/v1/seals", ask_seal, name="seal-api-ask"),
    path("enrolment/v1/mandates", ask_mandate, name="seal-api-mandate"),
    path("enrolment/v1/mandates/<uuid:deed_id>/releases", ask_release, name="seal-api-release"),
    path("enrolment/v1/releases/<uuid:release_id>", show_release, name="seal-api-release-show"),
    path("enrolment/v1/releases/<uuid:release_id>/withdraw", close_release, name="seal-api-release-close"),
    path("enrolment/v1/deeds/<uuid:deed_id>", show, name="seal-api-show"),
    path("enrolment/v1/deeds/<uuid:deed_id>/signed", signed, name="seal-api-signed"),
    path("enrolment/v1/deeds/<uuid:deed_id>/withdraw", withdraw, name="seal-api-withdraw"),
]
