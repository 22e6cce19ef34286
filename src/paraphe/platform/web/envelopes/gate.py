"""The gate of collections: the private space, and right ``prepare`` or ``launch``."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.firms import api as firms
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space
from paraphe.platform.web.envelopes.sentences import sentence


def in_envelopes(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run as in the private space, for those who prepare or launch; tell others which right they lack.

    What a verb refuses because of rights or of the state of the collection is told on the page of the collection.
    """

    @wraps(view)
    def inside(request: FirmRequest, **words: Any) -> HttpResponse:
        if not accounts.rights(request.person, request.firm) & {"prepare", "launch"}:
            return render(request, "web_envelopes/may_not.html", {"firm": request.firm}, status=403)
        try:
            return view(request, **words)
        except (envelopes.MayNot, envelopes.WrongState, firms.FirmClosed) as error:
            messages.error(request, sentence(error))
            # A draft of a firm that left has no page that could say so.
            if "envelope_id" in words and not isinstance(error, firms.FirmClosed):
                return redirect("envelope", envelope_id=words["envelope_id"])
            return redirect("envelopes")

    return in_private_space(inside)
