"""The services that anybody may ask, thousands of times a second: OCSP, lists, issuers' certificates, timestamps.

The same views as elsewhere, without what pages need before them: no session, no language, no cookies, no templates.
"""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver

from paraphe.trust.http import bodies, status, timestamp

PREFIXES = ("/ocsp/", "/crl/", "/ca/", "/tsa")
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
        chosen = services if is_open(environment) else everything
        answer: Iterable[bytes] = chosen(environment, start_response)
        return answer

    return choose


def is_open(environment: Mapping[str, Any]) -> bool:
    """Tell whether a request is for an open service."""
    return str(environment.get("PATH_INFO", "")).startswith(PREFIXES)
