"""The gate of the private space: signed in, registered, acting for a firm for which the service is open."""

import uuid
from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect, render

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import PersonRequest, current_firm, signed_in
from paraphe.platform.web.answers import not_found

# In a firm that left: pages on which something would be added, and what can still be taken away.
ADDING = frozenset(
    {
        "document-add",
        "document-sign",
        "sign-many",
        "my-signature",
        "contact-add",
        "contact-import",
        "mandate-new",
        "mandate-sign",
        "batch-new",
        "batch-add",
        "batch-split",
        "batch-release",
        "seal-ask",
        "standing-new",
    }
)
# Where one signs with his certificate: who needs one is led to it first.
SIGNING = frozenset({"document-sign", "sign-many", "mandate-sign", "seal-ask", "standing-new"})
DELETING = frozenset({"document-delete", "documents-together", "contact-delete", "contact-erase", "mandate-withdraw"})


class FirmRequest(PersonRequest):
    """A request of a registered person who acts for ``firm``; ``without_certificate``: he needs one before he signs."""

    firm: accounts.Firm
    without_certificate: bool


def in_private_space(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Let ``view`` run with ``request.firm``; lead others to sign-in, registration or the choice of a firm."""

    @wraps(view)
    def inside(request: FirmRequest, **words: uuid.UUID | int) -> HttpResponse:
        if not accounts.firms_of(request.person):
            return redirect("no-access")
        standing = enrolment.standing(request.person)
        if standing == "outside" or (standing == "to_certify" and _named(request) in SIGNING):
            return redirect("registration")
        request.without_certificate = standing == "to_certify"
        firm = current_firm(request)
        if firm is None:
            return redirect("choose-firm")
        if (answer := _held_back(request, firm)) is not None:
            return answer
        request.firm = firm
        try:
            return view(request, **words)
        except NotFound:
            return not_found(request)

    return signed_in(inside)


def _held_back(request: FirmRequest, firm: accounts.Firm) -> HttpResponse | None:
    """Return what one reads who cannot go on: the firm left, is not open, or has new terms to sign; else None."""
    accountant = firms.decides(request.person, firm)
    if firms.is_closed(firm):
        return None if _reads(request) else render(request, "platform_web/firm/closed.html", {"firm": firm}, status=403)
    if not enrolment.is_open(firm):
        context = {"firm": firm, "accountant": accountant}
        return render(request, "platform_web/documents/not_open.html", context, status=403)
    terms = enrolment.terms_state(firm)
    if terms.blocking:
        context = {"firm": firm, "accountant": accountant, "terms": terms}
        return render(request, "platform_web/firm/terms_wait.html", context, status=403)
    return None


def _reads(request: FirmRequest) -> bool:
    """Tell whether this is possible in a firm that left: to read, to take away, to delete; never to add or to sign."""
    if request.method in ("GET", "HEAD"):
        return _named(request) not in ADDING
    return _named(request) in DELETING


def _named(request: FirmRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""
