"""Reporting a request: by the link of the message, without signing in, and whether or not the collection still runs."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from paraphe.kernel.actor import Actor
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.account.access import address_of, agent_of
from paraphe.platform.web.ceremony.gate import dead_link

CHOICES = (
    ("unknown_sender", gettext_lazy("Je ne connais pas ce cabinet.")),
    ("unexpected", gettext_lazy("Je connais ce cabinet, mais je n'attendais rien.")),
    ("fraud", gettext_lazy("Je crains une escroquerie.")),
    ("data", gettext_lazy("Je ne veux pas que mes données soient utilisées ainsi.")),
    ("other", gettext_lazy("Autre raison")),
)


class ReportForm(forms.Form):
    """Why a request is reported."""

    reason = forms.ChoiceField(label=gettext_lazy("Pourquoi ?"), choices=CHOICES, widget=forms.RadioSelect)
    text = forms.CharField(
        label=gettext_lazy("Ce que nous devons savoir"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, token: str) -> HttpResponse:
    """Say who asks for what, and take what the reader has against it, once."""
    try:
        found = envelopes.reportable(token)
        form = ReportForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid() and not found.reported:
            # The link names the recipient; the room knows his number.
            actor = Actor("recipient", "", address_of(request), agent_of(request))
            envelopes.report(token, actor, **form.cleaned_data)
            return redirect("report-request", token)
    except envelopes.LinkDead:
        return dead_link(request)
    except envelopes.BadOptions:
        form.add_error("text", gettext_lazy("Ce texte est trop long."))
    status = 422 if form.errors else 200
    return render(request, "operator/report.html", {"asked": found, "form": form}, status=status)
