"""The legal texts, each version a file of this room, shown and signed as PDF."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment.errors import UnknownText

KINDS = ("terms", "privacy")
LOCALES = ("fr", "en")
# The day on which a text of a version was published; a PDF of it says so and never changes.
PUBLISHED = {"2026-11": datetime(2026, 11, 1, tzinfo=timezone.get_fixed_timezone(60))}


@dataclass(frozen=True)
class LegalText:
    """One legal text in one language and version."""

    kind: str
    locale: str
    version: str
    title: str
    subtitle: str
    blocks: tuple[pdf.Block, ...]


@dataclass(frozen=True)
class MembershipPdf:
    """The document that opens the service: parties, firms, the whole terms, the place of the signature."""

    title: str
    data: bytes
    appearance: pdf.SignatureSettings


@cache
def legal_text(kind: str, locale: str) -> LegalText:
    """Return the version of ``kind`` that is in force, in ``locale`` (French where there is no such language)."""
    if kind not in KINDS:
        raise UnknownText(kind=kind)
    language = locale[:2] if locale[:2] in LOCALES else "fr"
    source = files("paraphe.platform.enrolment").joinpath("legal", f"{kind}.{language}.txt").read_text("utf-8")
    head, _separator, body = source.partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return LegalText(kind, language, fields["version"], fields["title"], fields["subtitle"], _blocks(body))


def legal_texts(locale: str) -> Sequence[LegalText]:
    """Return the texts in force."""
    return [legal_text(kind, locale) for kind in KINDS]


@cache
def legal_pdf(kind: str, locale: str, version: str) -> bytes:
    """Return version ``version`` of a text as PDF; the same bytes at every call. Raises UnknownText."""
    text = legal_text(kind, locale)
    if version != text.version:
        raise UnknownText(kind=kind, version=version)
    return pdf.compose(_document(text, text.title, text.subtitle, text.blocks, PUBLISHED[version]))


def membership_pdf(
    person: accounts.Person, firms: Sequence[accounts.Firm], locale: str, now: datetime
) -> MembershipPdf:
    """Return the terms for ``firms`` as ``person`` signs them."""
    text = legal_text("terms", locale)
    with translation.override(text.locale):
        roll = accounts.roll_of(person)
        title = _("Adhésion au service Paraphe")
        parties = pdf.KeyValues(
            (
                (_("Signataire"), f"{person.given_name} {person.family_name}"),
                (_("Adresse électronique"), person.email),
                (_("Inscription au tableau"), f"{roll.number} ({roll.region})" if roll else "—"),
                (_("Date"), date_format(timezone.localtime(now), "j F Y")),
                (_("Version des conditions"), text.version),
            )
        )
        table = pdf.Table(
            (_("Cabinet"), _("SIREN"), _("Adresse")),
            tuple((firm.name, firm.siren, firm.address) for firm in firms),
        )
        blocks = (
            pdf.Paragraph(
                _(
                    "En signant ce document, le signataire accepte les conditions générales d'utilisation qui suivent "
                    "et ouvre le service aux cabinets désignés ci-dessous et à leurs collaborateurs ayant délégation."
                )
            ),
            parties,
            pdf.Heading(_("Cabinets pour lesquels le service est ouvert")),
            table,
            pdf.Heading(text.title),
            *text.blocks,
            pdf.SignaturePlace(_("Signature de {name}").format(name=f"{person.given_name} {person.family_name}")),
        )
        data = pdf.compose(_document(text, title, text.subtitle, blocks, now))
    appearance = pdf.SignatureSettings(
        box=pdf.signature_place(data),
        signer_name=f"{person.given_name} {person.family_name}",
        language=text.locale,
        reason=title,
    )
    return MembershipPdf(title, data, appearance)


def _document(
    text: LegalText, title: str, subtitle: str, blocks: Sequence[pdf.Block], created: datetime
) -> pdf.TextDocument:
    return pdf.TextDocument(
        title=title,
        subtitle=subtitle,
        language=text.locale,
        version=text.version,
        created=created,
        blocks=tuple(blocks),
    )


def _blocks(body: str) -> tuple[pdf.Block, ...]:
    """Read the small markup of the sources: ``## heading``, ``- item``, everything else a paragraph."""
    blocks: list[pdf.Block] = []
    for part in body.strip().split("\n\n"):
        lines = part.splitlines()
        if part.startswith("## "):
            blocks.append(pdf.Heading(part[3:]))
        elif all(line.startswith("- ") for line in lines):
            blocks.append(pdf.Bullets(tuple(line[2:] for line in lines)))
        else:
            blocks.append(pdf.Paragraph(" ".join(lines)))
    return tuple(blocks)
