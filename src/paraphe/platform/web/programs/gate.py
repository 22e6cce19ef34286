"""Who asks: a token of a program, or nobody. Errors as RFC 9457 problems."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from paraphe.floor.files import api as stored
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.programs import api as programs
from paraphe.platform.sealing import api as sealing

View = Callable[..., HttpResponse]
SCHEME = "Bearer "
STATUS: tuple[tuple[type[DomainError], HTTPStatus], ...] = (
    (programs.TokenRefused, HTTPStatus.UNAUTHORIZED),
    (NotFound, HTTPStatus.NOT_FOUND),
    (sealing.MayNot, HTTPStatus.FORBIDDEN),
    (sealing.WrongBatchState, HTTPStatus.CONFLICT),
    (sealing.NameTaken, HTTPStatus.CONFLICT),
    (sealing.BatchFull, HTTPStatus.CONFLICT),
    (sealing.FileTooLarge, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    (stored.StorageFull, HTTPStatus.SERVICE_UNAVAILABLE),
    (stored.StorageFailed, HTTPStatus.SERVICE_UNAVAILABLE),
)


class FirmNotOpen(DomainError):
    """The service is not open for the firm of this token."""

    code = "firm_not_open"


def for_programs(*methods: str) -> Callable[[View], View]:
    """Give the view the caller whom the token stands for; answer 401 without one, 405 for other methods."""

    def decorated(view: View) -> View:
        @csrf_exempt  # There is no cookie to be misused: only the token counts.
        @wraps(view)
        def asked(request: HttpRequest, **named: object) -> HttpResponse:
            try:
                caller = _caller(request)
                if request.method not in methods:
                    return _problem(HTTPStatus.METHOD_NOT_ALLOWED, "method_not_allowed", {})
                answer = view(request, caller, **named)
            except DomainError as error:
                return problem(error)
            answer["Cache-Control"] = "private, no-store"
            return answer

        return asked

    return decorated


def problem(error: DomainError) -> HttpResponse:
    """Return an error as a problem: 422 for what is wrong with the request itself."""
    status = next((one for kind, one in STATUS if isinstance(error, kind)), HTTPStatus.UNPROCESSABLE_ENTITY)
    status = HTTPStatus.FORBIDDEN if isinstance(error, FirmNotOpen) else status
    return _problem(status, error.code, {name: str(value) for name, value in error.params.items()})


def _caller(request: HttpRequest) -> programs.Caller:
    given = request.headers.get("Authorization", "")
    if not given.startswith(SCHEME):
        raise programs.TokenRefused()
    found = programs.who(
        given.removeprefix(SCHEME).strip(),
        address=request.META.get("REMOTE_ADDR", ""),
        agent=request.headers.get("User-Agent", "")[:200],
    )
    if not enrolment.is_open(found.firm):
        raise FirmNotOpen()
    return found


def _problem(status: HTTPStatus, code: str, params: dict[str, str]) -> HttpResponse:
    body = {"type": "about:blank", "title": status.phrase, "status": status.value, "code": code, "params": params}
    answer = JsonResponse(body, status=status.value, content_type="application/problem+json")
    if status is HTTPStatus.UNAUTHORIZED:
        answer["WWW-Authenticate"] = "Bearer"
    return answer
