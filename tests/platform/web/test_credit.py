"""The page of the credit: what is there, what was paid and used, for those who may see it and nobody else."""

import csv
import io
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pypdfium2 import PdfDocument

from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from paraphe.platform.web.credit.paper import by_day
from tests.platform.conftest import ACTOR
from tests.platform.web.test_every_address import registered
from tests.support import cast

pytestmark = pytest.mark.django_db
NAMES = ("credit", "credit-csv", "credit-pdf")
SPACE = "\N{NO-BREAK SPACE}"


@pytest.fixture(autouse=True)
def priced(settings: Any) -> Any:
    """Let acts cost something; give the settings, that a test may change."""
    settings.PRICES = {"signature": 50, "seal": 10, "certificate": 1500, "code_sms": 0}
    settings.CREDIT_WARNING_EUROS, settings.SUPPORT_EMAIL = 10, "aide@paraphe.example"
    return settings


def pay(firm: accounts.Firm, cents: int, reference: str = "VIR 1") -> None:
    credit.top_up(firm=firm, cents=cents, reference=reference, actor=ACTOR)


def spend(firm: accounts.Firm, count: int, key: str = "batch") -> None:
    credit.reserve(firm=firm, act="signature", count=count, key=key, actor=ACTOR)
    credit.settle(key, done=count)


def shown(client: Client, address: str = "") -> str:
    answer = client.get(address or reverse("credit"))
    assert answer.status_code == 200
    return str(answer.content.decode())


def words(paper: bytes) -> str:
    """Return the text of a PDF."""
    with PdfDocument(paper) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def november() -> tuple[Client, accounts.Firm]:
    """Return Alice's browser and her firm, which paid 1 250 € in November and used 6 €."""
    alice, _ = registered(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    with time_machine.travel("2026-11-23T08:30:00+00:00", tick=False):
        pay(firm, 125_000)
    with time_machine.travel("2026-11-24T09:00:00+00:00", tick=False):
        spend(firm, 12)
    return alice, firm


def test_an_accountant_sees_balance_prices_statement_and_how_to_pay() -> None:
    alice, firm = november()
    credit.reserve(firm=firm, act="seal", count=5, key="under way", actor=ACTOR)
    page = shown(alice, f"{reverse('credit')}?mois=2026-11")
    for text in (
        f"1{SPACE}243,50{SPACE}€",
        f"et 0,50{SPACE}€ réservés",
        f"+1{SPACE}250,00{SPACE}€",
        f"1{SPACE}250,00{SPACE}€ payés, 6,00{SPACE}€ utilisés",
        f"12{SPACE}×{SPACE}0,50{SPACE}€",
        f"\N{MINUS SIGN}6,00{SPACE}€",
        "Relevé\N{NO-BREAK SPACE}: novembre 2026",
        "VIR 1",
        "Cachet du cabinet",
        "Gratuit",
        cast.MARTIN.siren,
        "mailto:aide@paraphe.example",
    ):
        assert text in page, text
    assert "Il est temps de recharger" not in page


def test_low_credit_is_told_on_the_page_and_in_the_private_space(priced: Any) -> None:
    alice, _ = registered(cast.ALICE)
    pay(cast.firm(cast.MARTIN), 999)
    assert "Il est temps de recharger" in shown(alice)
    assert "À recharger" in shown(alice, reverse("private-space"))
    priced.PRICES = dict.fromkeys(priced.PRICES, 0)
    free = shown(alice)
    assert "Il est temps de recharger" not in free
    assert "Tout est gratuit" in free
    assert "Recharger" not in free


def test_the_iban_of_the_operator_is_shown_in_groups(priced: Any) -> None:
    alice, _ = registered(cast.ALICE)
    assert "Pour connaître l'IBAN" in shown(alice)
    priced.CREDIT_IBAN = "FR1420041010050500013M02606"
    assert "FR14 2004 1010 0505 0001 3M02 606" in shown(alice)


@pytest.mark.parametrize("person", [cast.BOB, cast.HUGO], ids=["signs", "launches"])
def test_who_may_launch_or_sign_reads_and_is_not_asked_to_pay(person: cast.CastPerson) -> None:
    accountant, _ = registered(cast.ALICE)
    pay(cast.firm(cast.MARTIN), 5_000)
    colleague, _ = registered(person)
    page = shown(colleague)
    assert f"50,00{SPACE}€" in page
    assert "Un expert-comptable du cabinet recharge" in page
    assert "Référence du virement" not in page
    assert "Crédit du cabinet" in shown(colleague, reverse("private-space"))
    assert "Référence du virement" in shown(accountant)


@pytest.mark.parametrize("person", [cast.CHLOE, cast.INES], ids=["prepares", "seals"])
def test_other_colleagues_do_not_see_it(person: cast.CastPerson) -> None:
    registered(cast.ALICE)
    pay(cast.firm(cast.MARTIN), 5_000)
    colleague, _ = registered(person)
    assert [colleague.get(reverse(name)).status_code for name in NAMES] == [404] * 3
    assert "Crédit du cabinet" not in shown(colleague, reverse("private-space"))


def test_another_firm_sees_its_own_credit_only() -> None:
    november()
    etienne, _ = registered(cast.ETIENNE, cast.OCEAN)
    pay(cast.firm(cast.OCEAN), 7_700, "VIR 9")
    for name in NAMES:
        answer = etienne.get(reverse(name), {"mois": "2026-11"})
        assert b"VIR 1\r" not in answer.content
        assert "1250,00" not in answer.content.decode("utf-8", "replace")
    assert f"77,00{SPACE}€" in shown(etienne)


def test_the_csv_is_what_a_french_spreadsheet_reads() -> None:
    alice, firm = november()
    with time_machine.travel("2026-11-24T10:00:00+00:00", tick=False):
        pay(firm, 100, "=HYPERLINK(1)")
    answer = alice.get(reverse("credit-csv"), {"mois": "2026-11"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="credit-{firm.siren}-2026-11.csv"' in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert answer.content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[1:] for row in rows] == [
        ["Date", "Heure", "Opération", "Référence", "Quantité", "Prix unitaire", "Débit", "Crédit", "Solde"],
        ["01/11/2026", "", "Solde au début du mois", "", "", "", "", "", "0,00"],
        ["23/11/2026", "09:30:00", "Virement reçu", "VIR 1", "", "", "", "1250,00", "1250,00"],
        ["24/11/2026", "10:00:00", "Signature", "", "12", "0,50", "6,00", "", "1244,00"],
        ["24/11/2026", "11:00:00", "Virement reçu", "'=HYPERLINK(1)", "", "", "", "1,00", "1245,00"],
    ]


def test_the_pdf_says_the_same() -> None:
    alice, firm = november()
    answer = alice.get(reverse("credit-pdf"), {"mois": "2026-11"})
    text = words(answer.content)
    for told in (firm.name, firm.siren, "novembre 2026", "VIR 1", "Signature", "n'est pas une facture", "-6,00"):
        assert told in text, told
    empty = alice.get(reverse("credit-pdf"), {"mois": "2026-03"})
    assert "Rien n'a été payé" in words(empty.content)


def test_paper_puts_the_debits_of_a_day_together_and_is_never_below_zero() -> None:
    alice, _ = registered(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    for hour, paid in ((8, 100), (9, 0), (10, 50), (11, 0)):
        with time_machine.travel(f"2026-11-24T{hour:02d}:00:00+00:00", tick=False):
            if paid:
                pay(firm, paid, f"VIR {hour}")
            else:
                spend(firm, 1, str(hour))
    together = by_day(credit.statement(firm, date(2026, 11, 1)))
    assert [(line.kind, line.count, line.cents, line.balance_cents) for line in together] == [
        ("topped-up", 0, 100, 100),
        ("topped-up", 0, 50, 150),
        ("debited", 2, -100, 50),
    ]
    assert "VIR 10" in words(alice.get(reverse("credit-pdf"), {"mois": "2026-11"}).content)


@pytest.mark.parametrize("month", ["", "2026", "2026-13", "2026-00", "1999-12", "2026-11-01", "٢٠٢٦-١١", "x" * 5_000])
@pytest.mark.parametrize("name", NAMES)
def test_a_month_that_is_none_does_not_exist(name: str, month: str) -> None:
    alice, _ = registered(cast.ALICE)
    assert alice.get(reverse(name), {"mois": month}).status_code == 404


def test_a_long_month_shows_its_newest_movements_and_says_where_the_others_are() -> None:
    alice, _ = registered(cast.ALICE)
    firm = cast.firm(cast.MARTIN)
    for number in range(302):
        pay(firm, 1, f"VIR {number}")
    page = shown(alice)
    assert "2 opérations plus anciennes" in page
    assert "VIR 301" in page
    assert page.count("Virement reçu") == 300
