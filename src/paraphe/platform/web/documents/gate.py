"""The gate of the private space: signed in, registered, acting for a firm for which the service is open."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect, render

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.web.account.access import PersonRequest, current_firm, signed_in
from paraphe.platform.web.answers import not_found


class FirmRequest(PersonRequest):
    """A request of a registered person who acts for ``firm``."""

    firm: accounts.Firm


def in_private_space(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run with ``request.firm``; lead others to sign-in, registration or the choice of a firm."""

    @wraps(view)
    def inside(request: FirmRequest, **words: uuid.UUID | int) -> HttpResponse:
        if not accounts.firms_of(request.person):
            return redirect("no-access")
        if not enrolment.is_done(request.person):
            return redirect("registration")
        firm = current_firm(request)
        if firm is None:
            return redirect("choose-firm")
        if not enrolment.is_open(firm):
            return render(request, "platform_web/documents/not_open.html", {"firm": firm}, status=403)
        request.firm = firm
        try:
            return view(request, **words)
        except NotFound:
            return not_found(request)

    return signed_in(inside)
