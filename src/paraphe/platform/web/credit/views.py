"""The credit of the firm for which one acts. Everything here is to be read; money comes by bank transfer."""

import re
from datetime import date

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.web.answers import pdf_answer
from paraphe.platform.web.credit.paper import statement_csv, statement_pdf
from paraphe.platform.web.credit.words import act_word, movement, price_word
from paraphe.platform.web.documents.gate import FirmRequest, in_private_space

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")
LINES_SHOWN = 300


@require_GET
@in_private_space
def show(request: FirmRequest) -> HttpResponse:
    """Show what the firm has, what things cost, how to top up, and the statement of a month."""
    statement, firm = _statement(request), request.firm
    held = credit.balance(firm)
    return render(
        request,
        "platform_web/credit/credit.html",
        {
            "firm": firm,
            "available": credit.euros(held.available_cents),
            "reserved": credit.euros(held.reserved_cents) if held.reserved_cents else "",
            "low": credit.is_low(firm),
            "warning": credit.euros(credit.warning_cents()),
            "free": credit.is_free(),
            "prices": [(act_word(act), price_word(cents)) for act, cents in credit.prices().items()],
            "may_pay": firm in accounts.own_firms(request.person),
            "iban": " ".join(re.findall(".{1,4}", settings.CREDIT_IBAN)),
            "support": settings.SUPPORT_EMAIL,
            "months": [(f"{month:%Y-%m}", date_format(month, "F Y")) for month in _choices(firm, statement.month)],
            "statement": _shown(statement),
        },
    )


@require_GET
@in_private_space
def as_csv(request: FirmRequest) -> HttpResponse:
    """Give the statement of a month for spreadsheets."""
    statement = _statement(request)
    answer = HttpResponse(statement_csv(statement), content_type="text/csv; charset=utf-8")
    filename = _filename(request.firm, statement.month, "csv")
    answer["Content-Disposition"] = content_disposition_header(True, filename) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@require_GET
@in_private_space
def as_pdf(request: FirmRequest) -> HttpResponse:
    """Give the statement of a month as a PDF."""
    statement = _statement(request)
    language = "en" if (get_language() or "").startswith("en") else "fr"
    data = statement_pdf(statement, request.firm, timezone.now(), language)
    return pdf_answer(data, _filename(request.firm, statement.month, "pdf"))


def _statement(request: FirmRequest) -> credit.Statement:
    """Return the statement of the month that is asked for, by default the present one. Raises NotFound."""
    if not credit.may_see(request.person, request.firm):
        raise NotFound(kind="credit")
    asked = request.GET.get("mois")
    if asked is None:
        return credit.statement(request.firm, timezone.localdate())
    found = MONTH.fullmatch(asked)
    if found is None:
        raise NotFound(kind="month")
    return credit.statement(request.firm, date(int(found[1]), int(found[2]), 1))


def _choices(firm: accounts.Firm, shown: date) -> list[date]:
    """Return the months to choose from: those with a movement, and the one that is shown."""
    return sorted({*credit.months(firm), shown}, reverse=True)


def _shown(statement: credit.Statement) -> dict[str, object]:
    last = statement.lines[-LINES_SHOWN:]
    return {
        "month": f"{statement.month:%Y-%m}",
        "name": date_format(statement.month, "F Y"),
        "opening": credit.euros(statement.opening_cents),
        "paid": credit.euros(statement.paid_cents),
        "used": credit.euros(statement.used_cents),
        "closing": credit.euros(statement.closing_cents),
        "hidden": len(statement.lines) - len(last),
        # The newest first: it is what people come for.
        "lines": [_shown_line(line) for line in reversed(last)],
    }


def _shown_line(line: credit.StatementLine) -> dict[str, object]:
    what, detail = movement(line)
    return {
        "at": line.at,
        "what": what,
        "detail": detail,
        "amount": credit.euros(line.cents, signed=True),
        "paid": line.cents > 0,
        "balance": credit.euros(line.balance_cents),
    }


def _filename(firm: accounts.Firm, month: date, kind: str) -> str:
    return f"credit-{firm.siren}-{month:%Y-%m}.{kind}"
