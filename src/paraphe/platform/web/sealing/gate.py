"""Who comes to these pages: people with right ``seal`` or ``prepare`` in the firm for which they act."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render

from paraphe.platform.accounts import api as accounts
from paraphe.platform.sealing import api as sealing
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space

View = Callable[..., HttpResponse]


def with_batches(view: View) -> View:
    """Let ``view`` run for who may prepare or seal; tell others whom to ask."""

    @wraps(view)
    def inside(request: FirmRequest, **words: uuid.UUID | int | str) -> HttpResponse:
        if not accounts.rights(request.person, request.firm) & sealing.RIGHTS:
            return render(request, "web_sealing/may_not.html", {"firm": request.firm}, status=403)
        return view(request, **words)

    return in_private_space(inside)


def may_seal(request: FirmRequest) -> bool:
    """Tell whether the person may release and steer batches."""
    return "seal" in accounts.rights(request.person, request.firm)


def is_accountant(request: FirmRequest) -> bool:
    """Tell whether the person is an accountant of the firm."""
    return request.firm.pk in {one.pk for one in accounts.own_firms(request.person)}
