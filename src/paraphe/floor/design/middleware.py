"""What every answer of the pages passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from paraphe.floor.design.errors import not_allowed


def explain_not_allowed(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Give a browser a page where Django answers 405 with nothing; programs get what they got (RFC 9110 §15.5.6)."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or "text/html" not in request.headers.get("Accept", ""):
            return response
        page = not_allowed(request)
        page["Allow"] = response["Allow"]
        return page

    return answer
