"""Where one stands in the registration: the list shown on each page, and the guard in front of each view."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext_lazy as _

from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.web.account.access import PersonRequest

StepView = Callable[[PersonRequest, enrolment.EnrolmentView], HttpResponse]

LABELS = {
    "confirm": _("Vos informations"),
    "mobile": _("Votre mobile"),
    "identity": _("Votre certificat"),
    "terms": _("Conditions"),
    "sign": _("Signature"),
    "done": _("Terminé"),
}


def address(view: enrolment.EnrolmentView) -> str:
    """Return the page of the step at which the person stands."""
    return resolve_url(f"registration-{view.step}")


def shown(view: enrolment.EnrolmentView) -> list[tuple[str, str]]:
    """Return the steps for the page: label and ``done``, ``current`` or ``todo``."""
    here = view.steps.index(view.step)
    return [
        (str(LABELS[step]), "done" if number < here or view.done else "current" if number == here else "todo")
        for number, step in enumerate(view.steps)
        if step != "done"
    ]


def at(*names: str) -> Callable[[StepView], Callable[[PersonRequest], HttpResponse]]:
    """Let a view run only for a person who stands at one of ``names``; lead any other to where he stands.

    This is what makes a step neither skippable nor repeatable, also with the back button and in a second tab.
    """

    def decorate(view: StepView) -> Callable[[PersonRequest], HttpResponse]:
        @wraps(view)
        def guarded(request: PersonRequest) -> HttpResponse:
            try:
                found = enrolment.current(request.person)
                if found.step not in names:
                    return redirect(address(found))
                return view(request, found)
            except enrolment.NotInvited:
                return redirect("no-access")
            except enrolment.WrongStep:
                return redirect("registration")

        return guarded

    return decorate
