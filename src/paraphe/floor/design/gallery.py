"""The page that shows every component, in light and in dark, in both houses; in demonstration only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

#: A4 upright, in points: the size of the pages of the sample letter.
PAGE_WIDTH, PAGE_HEIGHT = 595.0, 842.0
PAGES = 3


class SampleForm(forms.Form):
    """One field of each kind."""

    firm_name = forms.CharField(
        label=gettext_lazy("Nom du cabinet"), help_text=gettext_lazy("Tel qu'il figure au tableau de l'Ordre.")
    )
    mobile = forms.CharField(
        label=gettext_lazy("Numéro de mobile"),
        validators=[RegexValidator(r"^\+?[\d ]{10,}$", gettext_lazy("Ce numéro est trop court : il en faut dix."))],
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Pièce d'identité"),
        choices=[("card", gettext_lazy("Carte nationale d'identité")), ("passport", gettext_lazy("Passeport"))],
    )
    note = forms.CharField(label=gettext_lazy("Message"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Droits délégués"),
        choices=[("sign", gettext_lazy("Signer")), ("prepare", gettext_lazy("Préparer"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    order = forms.ChoiceField(
        label=gettext_lazy("Ordre des signataires"),
        choices=[("one", gettext_lazy("L'un après l'autre")), ("all", gettext_lazy("Tous à la fois"))],
        widget=forms.RadioSelect,
    )
    read = forms.BooleanField(label=gettext_lazy("J'ai lu et j'accepte les conditions"))
    file = forms.FileField(label=gettext_lazy("Document PDF"), help_text=gettext_lazy("50 Mo au plus."))
    code = forms.CharField(label=gettext_lazy("Code reçu par SMS"))


@dataclass(frozen=True)
class SampleChallenge:
    """What the code input shows of a challenge."""

    resend_at: datetime
    expires_at: datetime


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show the components; not found outside demonstration."""
    if not settings.DEMONSTRATION:
        raise Http404
    return render(
        request,
        "design/components.html",
        {
            "looks": [_look("platform", "light"), _look("platform", "dark")],
            "houses": [_look("trust", "light"), _look("trust", "dark")],
            **samples(),
        },
    )


def _look(house: str, appearance: str) -> dict[str, object]:
    """Return one appearance with forms of its own, so that no id is on the page twice."""
    ids = f"{house}_{appearance}_%s"
    values = {"firm_name": "Cabinet Martin", "kind": "card", "rights": ["sign"], "order": "one", "mobile": "06 12"}
    return {
        "house": house,
        "appearance": appearance,
        "dialog": f"{house}-{appearance}-dialog",
        "form": SampleForm(initial=values, auto_id=ids),
        "wrong": SampleForm(values, auto_id=f"wrong_{ids}"),
    }


def samples() -> dict[str, object]:
    """Return a code being waited for, steps, pages and a box, for pages that only show how things look."""
    now = timezone.now()
    return {
        "challenge": SampleChallenge(now + timedelta(seconds=30), now + timedelta(seconds=300)),
        "steps": [
            (_("Vos informations"), "done"),
            (_("Votre mobile"), "done"),
            (_("Votre certificat"), "current"),
            (_("Conditions"), "todo"),
            (_("Signature"), "todo"),
        ],
        "pages": [
            {
                "number": number,
                "url": static(f"design/sample/page-{number}.svg"),
                "width": PAGE_WIDTH,
                "height": PAGE_HEIGHT,
            }
            for number in range(1, PAGES + 1)
        ],
        "box": {"page": PAGES, "x": 335.0, "y": 600.0, "w": 200.0, "h": 72.0},
    }
