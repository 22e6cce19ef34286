"""Answers to what went wrong, as pages: what happened, and what to do now.

A site may dress them itself with a template ``<site>/error.html``, which receives the same variables.
"""

import logging
import sys
from dataclasses import dataclass

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

Sentence = str | Promise


@dataclass(frozen=True)
class Words:
    """What a person reads: what happened, what it means, what to do."""

    title: Sentence
    text: Sentence
    advice: Sentence


BAD_REQUEST = Words(
    _("Cette demande n'a pas été comprise"),
    _("L'adresse ou les données envoyées sont incomplètes. Rien n'a été modifié."),
    _("Revenez à la page précédente et recommencez. Si vous avez suivi un lien, demandez-en un nouveau."),
)
FORBIDDEN = Words(
    _("Vous n'avez pas accès à cette page"),
    _("Elle demande un droit que votre compte n'a pas."),
    _("Vérifiez le cabinet choisi, ou demandez une délégation à un expert-comptable de votre cabinet."),
)
CSRF = Words(
    _("Cette page avait expiré"),
    _("Pour votre sécurité, le formulaire n'a pas été pris en compte. Rien n'a été signé ni modifié."),
    _("Rechargez la page et envoyez le formulaire de nouveau. Votre navigateur doit accepter les cookies."),
)
NOT_FOUND = Words(
    _("Cette page n'existe pas"),
    _("Elle a été supprimée, ou elle n'est pas visible avec votre compte."),
    _("Vérifiez l'adresse, ou repartez de l'accueil."),
)
NOT_ALLOWED = Words(
    _("Cette adresse ne s'ouvre pas ainsi"),
    _("Elle sert à envoyer un formulaire. Rien n'a été modifié."),
    _("Revenez à la page précédente et utilisez son bouton."),
)
SERVER_ERROR = Words(
    _("Une erreur est survenue de notre côté"),
    _("Elle est enregistrée. Ce que vous aviez déjà validé est gardé, et rien n'est signé à moitié."),
    _("Attendez une minute, puis réessayez."),
)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be understood."""
    return _page(request, 400, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is refused."""
    return _page(request, 403, FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent from elsewhere or after its session ended."""
    return _page(request, 403, CSRF, reload=request.get_full_path())


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for something that is not there, or not for the one who asks."""
    return _page(request, 404, NOT_FOUND)


def not_allowed(request: HttpRequest) -> HttpResponse:
    """Answer a browser that opens an address to which only forms are sent."""
    return _page(request, 405, NOT_ALLOWED)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke on our side, without asking anything of what may be broken.

    Rendered without the request: no session, no message, no database. If even the template or the list of static
    files is unusable, a bare page says the same.
    """
    # A database that is away comes back: programs are told to ask again, as people are.
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    status = 503 if away else 500
    variables = {"site": settings.SITE, **_variables(status, SERVER_ERROR)}
    try:
        body = render_to_string("design/server_error.html", variables)
    except Exception:
        logger.exception("The page for server errors could not be rendered")
        body = format_html(
            '<!doctype html><html lang="fr"><meta charset="utf-8"><title>{title}</title><h1>{title}</h1><p>{text}</p>'
            "<p>{advice}</p></html>",
            title=SERVER_ERROR.title,
            text=SERVER_ERROR.text,
            advice=SERVER_ERROR.advice,
        )
    return HttpResponse(body, status=status, headers={"Retry-After": "10"} if away else {})


def _variables(status: int, words: Words) -> dict[str, object]:
    return {"status": status, "error_title": words.title, "error_text": words.text, "error_advice": words.advice}


def _page(request: HttpRequest, status: int, words: Words, *, reload: str = "") -> HttpResponse:
    names = [f"{settings.SITE}/error.html", "design/error.html"]
    variables = {**_variables(status, words), "reload": reload}
    return HttpResponse(render_to_string(names, variables, request=request), status=status)
