"""The gate of the firm's own pages: for its accountants, also before it is open, after it left, without new terms."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import current_firm, signed_in
from paraphe.platform.web.answers import not_found
from paraphe.platform.web.documents.gate import FirmRequest


def for_accountants(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run with ``request.firm`` for an accountant of the firm; for others there is no such page.

    Nobody is held back here: neither terms that wait nor a firm that is not open or left keep him from leaving.
    """

    @wraps(view)
    def inside(request: FirmRequest, **words: uuid.UUID) -> HttpResponse:
        if not accounts.firms_of(request.person):
            return redirect("no-access")
        if enrolment.standing(request.person) == "outside":
            return redirect("registration")
        firm = current_firm(request)
        if firm is None:
            return redirect("choose-firm")
        if not firms.decides(request.person, firm):
            return not_found(request)
        request.firm = firm
        try:
            return view(request, **words)
        except NotFound:
            return not_found(request)

    return signed_in(inside)
