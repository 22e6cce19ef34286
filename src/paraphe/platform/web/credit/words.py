"""What people read for acts and movements."""

from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.platform.credit import api as credit

ACTS = {
    "signature": gettext_lazy("Signature"),
    "seal": gettext_lazy("Cachet du cabinet"),
    "certificate": gettext_lazy("Certificat d'un tiers"),
    "code_sms": gettext_lazy("Code par SMS"),
}


def act_word(act: str) -> str:
    """Return the name of an act; one that has none yet is named by its code."""
    return str(ACTS.get(act, capfirst(act)))


def price_word(cents: int) -> str:
    """Return a price."""
    return credit.euros(cents) if cents else _("Gratuit")


def movement(line: credit.StatementLine) -> tuple[str, str]:
    """Return what happened and, smaller, its details."""
    if line.kind == "topped-up":
        return _("Virement reçu"), line.reference
    count = number_format(line.count, force_grouping=True)
    return act_word(line.act), f"{count}\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}{credit.euros(line.unit_cents)}"
