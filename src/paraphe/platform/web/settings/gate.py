"""The gate of one's own account: signed in, and nothing more."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse

from paraphe.kernel.errors import NotFound
from paraphe.platform.web.account.access import PersonRequest, current_firm, signed_in
from paraphe.platform.web.answers import not_found


def for_oneself(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run for whoever is signed in, about himself; the header still names the firm he acts for."""

    @wraps(view)
    def inside(request: PersonRequest, **words: uuid.UUID) -> HttpResponse:
        firm = current_firm(request)
        if firm is not None:
            request.firm = firm  # type: ignore[attr-defined]
        try:
            return view(request, **words)
        except NotFound:
            return not_found(request)

    return signed_in(inside)
