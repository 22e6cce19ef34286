"""The deed on the screen, the way to the signature and back. Who has the link may read; only the person can sign."""

from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.remote import api as remote
from paraphe.trust.seals import api as seals


@never_cache
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, deed_id: UUID, token: str) -> HttpResponse:
    """Show the deed; the button leads to the page on which it is signed."""
    deed = _deed(deed_id, token)
    if request.method == "POST":
        try:
            return HttpResponseRedirect(seals.begin_signing(deed.pk))
        except (seals.DeedClosed, remote.CredentialUnusable):
            return _ended(request, deed)
    if deed.state != seals.Deed.State.OPEN:
        return _ended(request, deed)
    with translation.override(deed.responsible.subject.language):
        context = {
            "deed": deed,
            "title": seals.reason(deed),
            "facts": seals.facts(deed),
            "sentences": seals.sentences(deed),
            "client_name": _client_name(deed),
            "token": token,
        }
        return render(request, "seals/read.html", context)


@never_cache
@require_GET
def pdf(request: HttpRequest, deed_id: UUID, token: str) -> HttpResponse:
    """Give the deed as a PDF: signed when it is."""
    deed = _deed(deed_id, token)
    try:
        data = seals.signed(deed) if deed.signed_file else seals.unsigned(deed)
    except seals.DeedClosed:
        raise Http404 from None
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{deed.kind}-{deed.pk}.pdf"'
    return answer


@never_cache
@require_GET
def back(request: HttpRequest, deed_id: UUID) -> HttpResponse:
    """Take the answer of the page of the signature: the deed is signed, or it waits on."""
    code = request.GET.get("code", "")
    try:
        deed = seals.take(deed_id, code)
        seals.finish(deed.pk)
        deed.refresh_from_db()
    except NotFound:
        raise Http404 from None
    except (remote.GrantRefused, remote.ReuseRefused):
        deed = seals.Deed.objects.get(pk=deed_id)
    return _ended(request, deed)


def _ended(request: HttpRequest, deed: seals.Deed) -> HttpResponse:
    parts = urlsplit(deed.return_uri)
    query = urlencode({"request": str(deed.pk), "state": deed.client_state})
    address = urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))
    with translation.override(deed.responsible.subject.language):
        context = {"deed": deed, "title": seals.reason(deed), "return_url": address, "client_name": _client_name(deed)}
        return render(request, "seals/ended.html", context)


def _deed(deed_id: UUID, token: str) -> seals.Deed:
    try:
        return seals.by_link(deed_id, token)
    except NotFound:
        raise Http404 from None


def _client_name(deed: seals.Deed) -> str:
    try:
        return clients.find(deed.client_id).name
    except NotFound:
        return deed.client_id
