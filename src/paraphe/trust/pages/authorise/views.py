"""The page on which a holder reads what he is asked to sign, types the code of the SMS, or refuses (RFC 6749 §4.1.1).

Whatever the browser does (two tabs, back, reload, a second click), the page shows where the request stands; nothing is
confirmed twice and the way back to the client program is always there.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.floor.messaging.errors import AddressRefused
from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.codes import api as codes
from paraphe.trust.holders import api as holders
from paraphe.trust.pages.authorise import sentences, ways
from paraphe.trust.pages.authorise.access import fetch, hold, holds
from paraphe.trust.remote import api as remote

REQUEST_URI_PREFIX = "urn:ietf:params:oauth:request_uri:"
State = remote.Authorisation.State
View = Callable[[HttpRequest, remote.Authorisation], HttpResponse]


def _held(view: View) -> Callable[..., HttpResponse]:
    """Give the view the request that this browser holds; show where it stands when it waits for something else."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, authorisation_id: UUID) -> HttpResponse:
        try:
            row = fetch(request, authorisation_id)
        except remote.AuthorisationGone:
            return _gone(request)
        try:
            return view(request, row)
        except remote.AuthorisationClosed:
            return _ended(request, remote.load(row.pk))

    return guarded


@never_cache
@require_GET
def arrive(request: HttpRequest) -> HttpResponse:
    """Open a pushed request for this browser, once, and go to its page (RFC 9126 §4)."""
    client_id, request_uri = request.GET.get("client_id", ""), request.GET.get("request_uri", "")
    reference = request_uri.removeprefix(REQUEST_URI_PREFIX)
    if reference == request_uri or "\x00" in client_id + reference:
        return _gone(request)
    try:
        identifier = _opened(request, client_id, reference)
    except remote.AuthorisationGone:
        return _gone(request)
    answer = redirect("authorise", authorisation_id=identifier)
    # The client program knows in which language the holder was reading.
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        remote.load(identifier).locale,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
    return answer


@require_http_methods(["GET", "POST"])
@_held
def authorise(request: HttpRequest, row: remote.Authorisation) -> HttpResponse:
    """Show what is asked and take the proof: a code, an application's code, a passkey.

    The first SMS leaves when the page is first shown for that way.
    """
    if request.method == "POST":
        return _confirm(request, row)
    if row.state != State.OPENED or remote.is_expired(row):
        return _ended(request, row)
    chosen = ways.chosen(request.GET.get("way", ""), ways.of(row))
    return _page(request, row, chosen, chosen.form())


@require_POST
@_held
def resend(request: HttpRequest, row: remote.Authorisation) -> HttpResponse:
    """Send another code."""
    try:
        remote.resend_code(row.pk, _subject(row))
    except (codes.CodeError, remote.CodesNotAllowed) as error:
        messages.warning(request, sentences.not_resent(error))
    else:
        messages.success(request, _("Un nouveau code vous est envoyé. Le précédent n'est plus valable."))
    return redirect(f"{reverse('authorise', args=[row.pk])}?way=sms")


@require_GET
@_held
def delivery(request: HttpRequest, row: remote.Authorisation) -> HttpResponse:
    """Tell whether the code has left, for the page that waits for it."""
    if row.challenge_id is None or row.state != State.OPENED:
        return HttpResponse()
    shown = {"authorisation": row, "challenge": codes.state(row.challenge_id), "was_late": "late" in request.GET}
    return render(request, "authorise/delivery.html", shown)


@require_POST
@_held
def refuse(request: HttpRequest, row: remote.Authorisation) -> HttpResponse:
    """Say no, and tell the client program so."""
    return _back(remote.refuse(row.pk), error="access_denied")


@require_POST
@_held
def resume(request: HttpRequest, row: remote.Authorisation) -> HttpResponse:
    """Go back to the client program with the code of a request that is confirmed: the browser lost the first way."""
    return _back(row, code=remote.grant(row.pk))


def _opened(request: HttpRequest, client_id: str, reference: str) -> UUID:
    """Return the request behind a reference: opened now, or by this same browser before. Raises AuthorisationGone."""
    try:
        identifier = remote.open_request(client_id, reference).pk
    except remote.AuthorisationGone:
        identifier = remote.id_of(client_id, reference)
        if not holds(request, identifier):
            raise
        return identifier
    hold(request, identifier)
    return identifier


def _confirm(request: HttpRequest, row: remote.Authorisation) -> HttpResponse:
    if row.state == State.AUTHORISED:
        # A second click or a second tab: the proof was right, the way back is the same.
        return _back(row, code=remote.grant(row.pk))
    chosen = ways.chosen(request.POST.get("way", ""), ways.of(row))
    form = chosen.form(request.POST)
    if form.is_valid():
        try:
            confirmed = chosen.confirm(request, row, form)
        except (codes.CodeLocked, holders.FactorLocked):
            return _ended(request, remote.load(row.pk))
        except (codes.CodeError, holders.FactorError, remote.CodesNotAllowed) as error:
            form.add_error(None if chosen is ways.PASSKEY else "code", sentences.refused(error, row))
        else:
            return _back(confirmed, code=remote.grant(confirmed.pk))
    return _page(request, row, chosen, form)


def _page(request: HttpRequest, row: remote.Authorisation, chosen: ways.Way, form: Form) -> HttpResponse:
    try:
        shown = chosen.show(request, row, _subject(row))
    except (codes.CodeLimit, AddressRefused) as error:
        return _ended(request, row, sentences.not_sent(error))
    if getattr(shown.get("challenge"), "by_email", False):
        form.fields["code"].label = _("Code reçu par e-mail")
    context = {
        "authorisation": row,
        "client_name": _client_name(row),
        "holder": remote.common_name_of(row.credential),
        # Somebody invited, who has no certificate and need not know what one is.
        "guest": row.credential.profile_name == remote.ONE_SHOT,
        "documents": list(zip(remote.labels_of(row), row.digests, strict=True)),
        "way": chosen.name,
        "other_ways": [way for way in ways.of(row) if way is not chosen],
        "form": form,
        **shown,
    }
    response = render(request, "authorise/authorise.html", context, status=422 if form.errors else 200)
    return _allowing_return(response, row)


def _ended(request: HttpRequest, row: remote.Authorisation, how: sentences.Ending | None = None) -> HttpResponse:
    how = how or sentences.ending(row) or sentences.gone()
    resumable = row.state == State.AUTHORISED and not remote.is_expired(row)
    context = {
        "ending": how,
        "client_name": _client_name(row),
        "authorisation": row if resumable else None,
        "return_url": "" if resumable else _return_url(row),
    }
    return _allowing_return(render(request, "authorise/ended.html", context), row)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "authorise/ended.html", {"ending": sentences.gone()}, status=404)


def _return_url(row: remote.Authorisation) -> str:
    """Return the way back without a code: the site itself when all is done, else the answer that nothing came of it."""
    if row.state == State.REDEEMED:
        parts = urlsplit(row.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}/"
    return _with_query(row.redirect_uri, _answer(row, error="access_denied"))


def _back(row: remote.Authorisation, **values: str) -> HttpResponse:
    """Send the browser back to the client program with the answer and its own state (RFC 6749 §4.1.2)."""
    return _allowing_return(HttpResponseRedirect(_with_query(row.redirect_uri, _answer(row, **values))), row)


def _answer(row: remote.Authorisation, **values: str) -> dict[str, str]:
    # RFC 9207: who answers, so that a client program of several services is not confused.
    return {**values, **({"state": row.client_state} if row.client_state else {}), "iss": settings.SITE_URL}


def _with_query(address: str, values: dict[str, str]) -> str:
    parts = urlsplit(address)
    query = urlencode(values)
    return urlunsplit(parts._replace(query=f"{parts.query}&{query}" if parts.query else query))


def _allowing_return(response: HttpResponse, row: remote.Authorisation) -> HttpResponse:
    """Let forms of this page lead to the client program's site, which browsers count as a target of the form."""
    parts = urlsplit(row.redirect_uri)
    response._csp_update = {"form-action": [f"{parts.scheme}://{parts.netloc}"]}  # type: ignore[attr-defined]
    return response


def _client_name(row: remote.Authorisation) -> str:
    try:
        return clients.find(row.client_id).name
    except NotFound:
        return row.client_id


def _subject(row: remote.Authorisation) -> str:
    with translation.override(row.locale):
        return sentences.subject_of(remote.labels_of(row))
