"""Arriving by the link, reading the pages, and what is shown before one's turn and after it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from paraphe.kernel.errors import NotFound
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.ceremony.gate import GuestRequest, after_code, ceremony, dead_link, hold, in_ceremony, verify
from paraphe.platform.web.ceremony.marks import marks_of
from paraphe.platform.web.ceremony.sentences import CODE_PROBLEMS
from paraphe.platform.web.ceremony.steps import context_of, next_step

VIEW_WIDTH = 900
PAGE_SECONDS = 600


@dataclass(frozen=True)
class Leaf:
    """One page among all pages of all documents, counted from 1."""

    number: int
    document: envelopes.DocumentView
    page: int

    @property
    def size(self) -> tuple[float, float]:
        """Return width and height in points."""
        return self.document.pages[self.page]


@require_GET
def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """Take the link: this browser holds the ceremony from now on, at an address without the secret."""
    try:
        who = ceremony.open_link(token)
    except envelopes.LinkDead:
        return dead_link(request)
    view = ceremony.look(who)
    hold(request, who)
    # Who was sent to show his identity document finds where that stands, and the document one press away.
    waits = view.identity and view.wait_code in envelopes.IDENTITY_WAITS
    answer = redirect("ceremony-identity" if waits else "ceremony", recipient_id=who.recipient)
    answer["Referrer-Policy"] = "no-referrer"
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            view.locale,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    add_never_cache_headers(answer)
    return answer


@require_http_methods(["GET", "POST"])
@in_ceremony
def show(request: GuestRequest) -> HttpResponse:
    """Show what is asked of the recipient and the pages, or where the collection stands; take which were seen."""
    view = ceremony.look(request.guest)
    if view.phase != "turn":
        ready = {"attested": ceremony.attested(request.guest) if view.available else ()}
        return render(request, "ceremony/state.html", {**context_of(request, view), **ready})
    if request.method == "POST":
        return _went_on(request, view)
    ceremony.note_opened(request.guest, request.actor)
    pages = [
        {
            "number": leaf.number,
            "url": _image_url(view, leaf),
            "width": leaf.size[0],
            "height": leaf.size[1],
            "marks": list(marks_of(view, leaf.document, leaf.page)),
        }
        for leaf in leaves(view)
    ]
    context = {
        **context_of(request, view),
        "pages": pages,
        "parts": list(_parts(view)),
        "asked": sum(one.to_sign for one in view.documents),
        "first_url": pages[0]["url"],
    }
    return render(request, "ceremony/read.html", context)


@require_http_methods(["GET", "POST"])
@in_ceremony
def one_page(request: GuestRequest, number: int) -> HttpResponse:
    """Show one page at a time: without script, on a slow line, with a screen reader. Showing it is its being seen."""
    view = ceremony.look(request.guest)
    leaf = next((one for one in leaves(view) if one.number == number), None)
    if leaf is None:
        raise NotFound(kind="page")
    left = view.unseen
    if view.phase == "turn":
        ceremony.note_opened(request.guest, request.actor)
        left = ceremony.note_pages_seen(request.guest, request.actor, leaf.document.id, [leaf.page])
    context = {
        **context_of(request, view),
        "leaf": leaf,
        "page": {
            "width": leaf.size[0],
            "height": leaf.size[1],
            "marks": list(marks_of(view, leaf.document, leaf.page)),
        },
        "url": _image_url(view, leaf),
        "total": view.pages,
        "left": left,
        "next": number + 1 if number < view.pages else None,
        "previous": number - 1 if number > 1 else None,
        "go_on": next_step(view),
    }
    return render(request, "ceremony/one_page.html", context)


@require_GET
@in_ceremony
@after_code
def page(request: GuestRequest, document_id: uuid.UUID, page: int, width: int) -> HttpResponse:
    """Give one page as an image; the address names the page from 1."""
    try:
        image = ceremony.page_image(request.guest, document_id, page - 1, width)
    except envelopes.PdfRefused:
        return HttpResponse(status=503)
    answer = HttpResponse(image, content_type="image/png")
    answer["Cache-Control"] = f"private, max-age={PAGE_SECONDS}"
    return answer


@require_GET
@in_ceremony
@after_code
def document(request: GuestRequest, document_id: uuid.UUID) -> HttpResponse:
    """Give a document as it stands: to read it with another program, and at the end to keep it."""
    view = ceremony.look(request.guest)
    found, data = ceremony.content(request.guest, document_id)
    ceremony.note_download(request.guest, request.actor, document_id)
    suffix = f" - {_('signé')}" if view.available and found.to_sign else ""
    return pdf_answer(data, f"{found.title}{suffix}.pdf")


@require_GET
@in_ceremony
@after_code
def attestation(request: GuestRequest, document_id: uuid.UUID) -> HttpResponse:
    """Give the attestation of the recipient's own signature of a document."""
    view = ceremony.look(request.guest)
    data = ceremony.attestation(request.guest, document_id)
    title = next((one.title for one in view.documents if one.id == document_id), "")
    return pdf_answer(data, f"{title} - {_('attestation')}.pdf")


@require_http_methods(["GET", "POST"])
@in_ceremony
def code(request: GuestRequest) -> HttpResponse:
    """Send a code, and take it, before what was signed at the advanced level is given away."""
    view = ceremony.look(request.guest)
    if not view.code_to_download:
        return redirect("ceremony", recipient_id=view.recipient)
    problem = ""
    if request.method == "POST":
        typed = request.POST.get("code", "")[:20]
        try:
            if not typed:
                ceremony.send_download_code(request.guest, request.actor)
                return redirect("ceremony-code", recipient_id=view.recipient)
            ceremony.check_download_code(request.guest, request.actor, typed)
        except envelopes.CodeRefused as error:
            problem = str(CODE_PROBLEMS[str(error.params["reason"])])
        else:
            verify(request)
            return redirect("ceremony", recipient_id=view.recipient)
    waits = view.code_sent and ceremony.download_code_waits(request.guest)
    context = {**context_of(request, view), "problem": problem, "waits": waits}
    return render(request, "ceremony/code.html", context, status=422 if problem else 200)


@require_GET
@in_ceremony
def logo(request: GuestRequest) -> HttpResponse:
    """Give the logo of the firm that asks."""
    answer = HttpResponse(ceremony.logo(request.guest), content_type="image/png")
    answer["Cache-Control"] = f"private, max-age={PAGE_SECONDS}"
    return answer


def leaves(view: envelopes.ceremony.CeremonyView) -> Iterator[Leaf]:
    """Yield every page of every document."""
    number = 0
    for one in view.documents:
        for index in range(len(one.pages)):
            number += 1
            yield Leaf(number, one, index)


def _went_on(request: GuestRequest, view: envelopes.ceremony.CeremonyView) -> HttpResponse:
    seen = {int(part) for part in request.POST.get("pages_seen", "")[:60_000].split(",") if part.strip().isdecimal()}
    by_document: dict[uuid.UUID, list[int]] = {}
    for leaf in leaves(view):
        if leaf.number in seen:
            by_document.setdefault(leaf.document.id, []).append(leaf.page)
    for document_id, pages in by_document.items():
        ceremony.note_pages_seen(request.guest, request.actor, document_id, pages)
    view = ceremony.look(request.guest)
    if view.read_all_pages and view.unseen:
        first = next(one for one in leaves(view) if one.page not in view.seen.get(one.document.id, ()))
        messages.info(request, _("Il reste des pages à voir avant de continuer."))
        return redirect("ceremony-read", recipient_id=view.recipient, number=first.number)
    return redirect(next_step(view), recipient_id=view.recipient)


def _parts(view: envelopes.ceremony.CeremonyView) -> Iterator[dict[str, object]]:
    """Yield each document with the numbers of its first and last page."""
    begin = 1
    for one in view.documents:
        yield {"document": one, "first": begin, "last": begin + len(one.pages) - 1}
        begin += len(one.pages)


def _image_url(view: envelopes.ceremony.CeremonyView, leaf: Leaf) -> str:
    return reverse("ceremony-page", args=[view.recipient, leaf.document.id, leaf.page + 1, VIEW_WIDTH])
