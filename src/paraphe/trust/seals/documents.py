"""The words of a deed: as a PDF to be signed, as a line on the page of the code."""

from datetime import datetime

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from paraphe.pdf import api as pdf
from paraphe.trust.seals.models import Deed


def label(deed: Deed) -> str:
    """Return what the person reads where he confirms, and in the SMS."""
    if deed.kind == Deed.Kind.SEAL:
        return _("Demande de cachet de %(firm)s") % {"firm": deed.terms["organisation"][:100]}
    return _("Mandat de cachet : %(count)d documents, %(purpose)s") % {
        "count": deed.terms["count"],
        "purpose": deed.terms["purpose"],
    }


def reason(deed: Deed) -> str:
    """Return the reason that stands in the signature."""
    return _("Demande de cachet") if deed.kind == Deed.Kind.SEAL else _("Mandat de cachet")


def facts(deed: Deed) -> list[tuple[str, str]]:
    """Return what the deed is about, line by line."""
    person, terms = deed.responsible.subject, deed.terms
    rows = [
        (_("Personne morale"), f"{terms['organisation']} (SIREN {terms['siren']})"),
        (_("Responsable"), person.full_name),
        (_("Adresse électronique"), person.email),
    ]
    if deed.kind == Deed.Kind.MANDATE:
        count = int(terms["count"])
        rows += [
            (_("Objet"), terms["purpose"]),
            (_("Nombre"), ngettext("%(n)d cachet au plus", "%(n)d cachets au plus", count) % {"n": count}),
            (_("Début"), _moment(terms["begins_at"]) if terms["begins_at"] else _("à la signature du mandat")),
            (_("Fin"), _moment(terms["ends_at"])),
        ]
        rows += [
            (_("Peut libérer, par code"), f"{one['name']} ({one['mobile']})") for one in terms.get("releasers", ())
        ]
        if terms.get("list_sha256"):
            rows.append((_("Empreinte de la liste"), terms["list_sha256"]))
    return rows


def sentences(deed: Deed) -> list[str]:
    """Return what the person declares by signing."""
    if deed.kind == Deed.Kind.SEAL:
        return [
            _(
                "Je demande qu'un certificat de cachet électronique soit émis au nom de la personne morale ci-dessus, "
                "et déclare avoir le pouvoir de la représenter à cette fin."
            ),
            _(
                "La clé du cachet est créée et conservée par le service de confiance. Elle ne sert qu'avec un code que "
                "je saisis, ou dans les limites d'un mandat que je signe : un objet, un nombre, une durée."
            ),
            _(
                "Le certificat n'est pas qualifié au sens du règlement (UE) n° 910/2014 (eIDAS). Je le ferai révoquer "
                "si une information qu'il contient devient inexacte."
            ),
        ]
    if deed.terms.get("releasers"):
        return [
            _(
                "J'autorise la plateforme qui présente ce mandat à apposer le cachet de la personne morale ci-dessus, "
                "pour l'objet, dans le nombre et pendant la durée indiqués, chaque fois qu'une des personnes nommées "
                "libère un lot par un code reçu sur son téléphone, lié au nombre et à la liste des documents."
            ),
            _("Je peux retirer ce mandat à tout moment ; le retrait prend effet aussitôt."),
        ]
    return [
        _(
            "J'autorise la plateforme qui présente ce mandat à apposer le cachet de la personne morale ci-dessus, sans "
            "autre validation de ma part, pour l'objet, dans le nombre et pendant la durée indiqués, et pas au-delà."
        ),
        _("Je peux retirer ce mandat à tout moment ; le retrait prend effet aussitôt."),
    ]


def compose(deed: Deed) -> bytes:
    """Return the deed as a PDF with a place for the signature, in the language of the person."""
    with translation.override(deed.responsible.subject.language):
        blocks: list[pdf.Block] = [pdf.KeyValues(tuple(facts(deed)))]
        blocks += [pdf.Paragraph(sentence) for sentence in sentences(deed)]
        blocks.append(pdf.SignaturePlace(_("Signature du responsable")))
        return pdf.compose(
            pdf.TextDocument(
                title=reason(deed),
                subtitle=_("Paraphe Confiance, service de confiance non qualifié"),
                language=deed.responsible.subject.language,
                version=str(deed.pk)[:12],
                created=timezone.now(),
                blocks=tuple(blocks),
            )
        )


def _moment(text: str) -> str:
    return date_format(timezone.localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")
