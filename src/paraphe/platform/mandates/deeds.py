"""The deed as people read and sign it."""

from datetime import date, datetime
from typing import Final

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.mandates.models import Mandate

RIGHTS: Final[dict[str, Promise]] = {
    "sign": gettext_lazy("signer des documents avec son propre certificat, pour le cabinet"),
    "seal": gettext_lazy("apposer le cachet du cabinet"),
    "prepare": gettext_lazy("préparer des documents et des collectes de signatures"),
    "launch": gettext_lazy("lancer des collectes de signatures"),
}
KINDS: Final[dict[str, Promise]] = {
    "engagement_letter": gettext_lazy("lettres de mission"),
    "annual_accounts": gettext_lazy("comptes annuels"),
    "payslip": gettext_lazy("bulletins de paie"),
    "attestation": gettext_lazy("attestations"),
    "other": gettext_lazy("autres documents"),
}


def title_of(mandate: Mandate) -> str:
    """Return the title of a deed."""
    return _("Mandat donné à {name}").format(name=mandate.person.full_name)


def compose(mandate: Mandate, now: datetime) -> bytes:
    """Return the deed of ``mandate`` as PDF, in its language."""
    with translation.override(mandate.language):
        grantor, delegate, firm = mandate.granted_by, mandate.person, mandate.firm
        roll = accounts.roll_of(grantor)
        facts = (
            (_("Mandant"), f"{grantor.full_name}, {firm.name}"),
            (_("Inscription au tableau"), f"{roll.number} ({roll.region})" if roll else "—"),
            (_("Cabinet"), f"{firm.name} (SIREN {firm.siren})"),
            (_("Mandataire"), f"{delegate.full_name} ({delegate.email})"),
            (_("À compter du"), _day(mandate.starts_on)),
            (_("Jusqu'au"), _day(mandate.ends_on) if mandate.ends_on else _("son retrait")),
            (_("Nombre d'actes"), str(mandate.most) if mandate.most else _("sans limite")),
            (_("Référence"), str(mandate.id)),
        )
        kinds = ", ".join(str(KINDS[kind]) for kind in mandate.kinds) or _("tous les documents")
        blocks: tuple[pdf.Block, ...] = (
            pdf.KeyValues(facts),
            pdf.Heading(_("Ce que le mandataire peut faire")),
            pdf.Bullets(tuple(str(RIGHTS[right]) for right in mandate.rights)),
            pdf.Paragraph(_("Documents concernés : {kinds}.").format(kinds=kinds)),
            pdf.Paragraph(
                _(
                    "Le mandant peut retirer ce mandat à tout moment dans son espace privé ; le retrait prend effet "
                    "aussitôt. Ce que le mandataire a signé avant reste valable. Chaque acte fait en vertu de ce "
                    "mandat porte sa référence."
                )
            ),
            pdf.SignaturePlace(_("Signature de {name}").format(name=grantor.full_name)),
        )
        return pdf.compose(
            pdf.TextDocument(
                title=title_of(mandate),
                subtitle=firm.name,
                language=mandate.language[:2],
                version="1",
                created=now,
                blocks=blocks,
            )
        )


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def reason_of(mandate: Mandate) -> str:
    """Return what a signature under ``mandate`` says of it, for every reader of the document."""
    signed = mandate.signed_at or timezone.now()
    return _("Par mandat {reference} de {name} du {day}").format(
        reference=mandate.id, name=mandate.granted_by.full_name, day=_day(timezone.localdate(signed))
    )
