"""The statement of a month to take away: a table for spreadsheets, and a PDF."""

import csv
import io
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from paraphe.pdf import api as pdf
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.web.credit.words import act_word, movement

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
# A cell that begins like this is a formula to a spreadsheet; a reference comes from whoever made the transfer.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def statement_csv(statement: credit.Statement) -> bytes:
    """Return a statement for spreadsheets set to French: UTF-8 with BOM, semicolons, decimal commas."""
    target = io.StringIO()
    sheet = csv.writer(target, delimiter=";", lineterminator="\r\n")
    head = (_("Numéro"), _("Date"), _("Heure"), _("Opération"), _("Référence"), _("Quantité"), _("Prix unitaire"))
    sheet.writerow([*head, _("Débit"), _("Crédit"), _("Solde")])
    opening = [_("Solde au début du mois"), *[""] * 5, _decimal(statement.opening_cents)]
    sheet.writerow(["", f"{statement.month:%d/%m/%Y}", "", *opening])
    for line in statement.lines:
        sheet.writerow(_row(line))
    return (BOM + target.getvalue()).encode()


def statement_pdf(statement: credit.Statement, firm: accounts.Firm, at: datetime, language: str) -> bytes:
    """Return a statement as a PDF, in the language that is active, which ``language`` names."""
    facts = (
        (_("Cabinet"), firm.name),
        (_("SIREN"), firm.siren),
        (_("Mois"), date_format(statement.month, "F Y")),
        (_("Solde au début du mois"), credit.euros(statement.opening_cents)),
        (_("Payé"), credit.euros(statement.paid_cents)),
        (_("Utilisé"), credit.euros(statement.used_cents)),
        (_("Solde à la fin du mois"), credit.euros(statement.closing_cents)),
    )
    blocks: list[pdf.Block] = [pdf.KeyValues(facts)]
    if statement.lines:
        rows = tuple(_cells(line) for line in by_day(statement))
        blocks.append(pdf.Table((_("Date"), _("Opération"), _("Détail"), _("Montant"), _("Solde")), rows))
    else:
        blocks.append(pdf.Paragraph(_("Rien n'a été payé ni utilisé ce mois-ci.")))
    blocks.append(pdf.Paragraph(_("Les débits d'un jour sont réunis par acte. Ce relevé n'est pas une facture.")))
    return pdf.compose(pdf.TextDocument(_("Relevé de crédit"), firm.name, language, "1", at, tuple(blocks)))


def by_day(statement: credit.Statement) -> list[credit.StatementLine]:
    """Return the lines of a statement with the debits of a day put together by act and price, payments before them.

    So paper stays short however much was done, and no balance on it is below zero.
    """
    found: dict[tuple[object, ...], credit.StatementLine] = {}
    for line in statement.lines:
        paid = line.kind == "topped-up"
        day = timezone.localdate(line.at)
        key = (day, not paid, line.number if paid else 0, line.act, line.unit_cents)
        before = found.get(key, replace(line, count=0, cents=0))
        found[key] = replace(line, count=line.count + before.count, cents=line.cents + before.cents)
    running, together = statement.opening_cents, []
    for line in sorted(found.values(), key=lambda one: (timezone.localdate(one.at), one.kind != "topped-up")):
        running += line.cents
        together.append(replace(line, balance_cents=running))
    return together


def _row(line: credit.StatementLine) -> list[str]:
    at, paid = timezone.localtime(line.at), line.kind == "topped-up"
    what = _("Virement reçu") if paid else act_word(line.act)
    detail = ["", ""] if paid else [str(line.count), _decimal(line.unit_cents)]
    amounts = ["", _decimal(line.cents)] if paid else [_decimal(-line.cents), ""]
    when = [str(line.number), f"{at:%d/%m/%Y}", f"{at:%H:%M:%S}"]
    return [*when, what, _plain(line.reference), *detail, *amounts, _decimal(line.balance_cents)]


def _cells(line: credit.StatementLine) -> tuple[str, ...]:
    what, detail = movement(line)
    day = date_format(timezone.localtime(line.at), "j N Y")
    # The font of our documents has no minus sign.
    amount = credit.euros(line.cents, signed=True).replace("\N{MINUS SIGN}", "-")
    return day, what, detail, amount, credit.euros(line.balance_cents)


def _decimal(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
