"""Answers to what went wrong, as pages."""

from django.http import HttpRequest, HttpResponse


def _page(status: int) -> HttpResponse:
    return HttpResponse(status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that cannot be understood."""
    return _page(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that is refused."""
    return _page(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was sent from elsewhere or after its session ended."""
    return _page(403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for something that is not there, or not for the one who asks."""
    return _page(404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke on our side."""
    return _page(500)
