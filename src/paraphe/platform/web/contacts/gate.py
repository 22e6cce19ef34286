"""The gate of the address book: the private space, and a right for which one needs contacts."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import render

from paraphe.platform.contacts import api as contacts
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space


def in_address_book(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run as in the private space; say it plainly to those whose rights do not open the address book."""

    @wraps(view)
    def inside(request: FirmRequest, **words: uuid.UUID) -> HttpResponse:
        try:
            return view(request, **words)
        except contacts.MayNot:
            return render(request, "platform_web/contacts/may_not.html", {"firm": request.firm}, status=403)

    return in_private_space(inside)
