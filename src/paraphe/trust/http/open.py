"""The services that anybody may ask, thousands of times a second: OCSP, lists, issuers' certificates, timestamps.

The same views as elsewhere, without what pages need before them: no session, no language, no cookies, no templates.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

from paraphe.trust.http import bodies, status, timestamp
from paraphe.trust.register import api as register
from paraphe.trust.status.api import ocsp_reply

PREFIXES = ("/ocsp/", "/crl/", "/ca/", "/tsa")
LONGEST_LENGTH = 6
_OCSP_PATHS: dict[str, register.Slug] = {"/ocsp/natural": "natural", "/ocsp/legal": "legal"}
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
urlpatterns: list[URLPattern | URLResolver] = [*status.urlpatterns, *timestamp.urlpatterns]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing, in one line of text."""
    return bodies.plain(404, "There is nothing here.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be read."""
    return bodies.plain(400, "The request cannot be read.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that something is wrong here, and nothing of it."""
    return bodies.plain(500, "The service cannot answer now.")


handler400, handler404, handler500 = bad_request, not_found, server_error


class OpenServices(WSGIHandler):
    """Django's own handler with no middleware, for the addresses of this module only."""

    def load_middleware(self, is_async: bool = False) -> None:
        """Put nothing before the views but the net that turns exceptions into answers."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        self._middleware_chain = convert_exception_to_response(self._respond)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and say how long the answer is: not every client takes it in pieces."""
        answer: HttpResponseBase = super().get_response(request)
        if isinstance(answer, HttpResponse) and answer.status_code != HTTPStatus.NOT_MODIFIED:
            answer["Content-Length"] = str(len(answer.content))
        return answer

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__
        answer: HttpResponseBase = self._get_response(request)  # type: ignore[attr-defined]
        return answer


def application() -> Application:
    """Return the WSGI application of the whole site: open services the short way, everything else as ever."""
    everything, services = get_wsgi_application(), OpenServices()

    def choose(environment: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked = _plain_ocsp(environment)
        if asked is not None:
            return _answer_ocsp(environment, asked, start_response)
        chosen = services if is_open(environment) else everything
        answer: Iterable[bytes] = chosen(environment, start_response)
        return answer

    return choose


def _plain_ocsp(environment: Mapping[str, Any]) -> register.Slug | None:
    """Return the issuer of an OCSP request of the commonest form: a POST of the right type, with its length."""
    slug = _OCSP_PATHS.get(str(environment.get("PATH_INFO")))
    length = str(environment.get("CONTENT_LENGTH", ""))
    if slug is None or environment.get("REQUEST_METHOD") != "POST" or environment.get("CONTENT_TYPE") != status.REQUEST:
        return None
    short = length.isascii() and length.isdigit() and len(length) <= LONGEST_LENGTH and int(length) <= bodies.MAX_BODY
    return slug if short else None


def _answer_ocsp(environment: Mapping[str, Any], slug: register.Slug, start_response: Any) -> Iterable[bytes]:
    """Answer such a request without Django's request and response, which cost more than the answer does."""
    request_started.send(sender=OpenServices)  # Connections to the database are looked after as ever.
    try:
        body = environment["wsgi.input"].read(int(environment["CONTENT_LENGTH"]))
    except OSError:
        body = b""  # It broke off: no parser accepts nothing.
    content = ocsp_reply(body, slug).content
    start_response(
        "200 OK",
        [
            ("Content-Type", status.RESPONSE),
            ("Content-Length", str(len(content))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ],
    )
    return [content]


def is_open(environment: Mapping[str, Any]) -> bool:
    """Tell whether a request is for an open service."""
    return str(environment.get("PATH_INFO", "")).startswith(PREFIXES)
