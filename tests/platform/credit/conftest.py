"""Firms with credit, and things that cost something."""

from typing import Any

import pytest

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.credit import api as credit
from tests.support import cast

OPERATOR = Actor("system", "operator")
PRICES = {"signature": 50, "seal": 10, "certificate": 1500, "code_sms": 0}


@pytest.fixture(autouse=True)
def priced(settings: Any) -> Any:
    """Let acts cost something; give the settings, that a test may change."""
    settings.PRICES, settings.CREDIT_WARNING_EUROS = dict(PRICES), 10
    return settings


def firm_with(cents: int, person: cast.CastPerson = cast.ALICE, one: cast.CastFirm = cast.MARTIN) -> accounts.Firm:
    """Return a firm of which ``person`` signed in, with ``cents`` of credit."""
    cast.sign_in(person)
    firm = cast.firm(one)
    if cents:
        credit.top_up(firm=firm, cents=cents, reference=f"VIR FIRST {one.siren}", actor=OPERATOR)
    return firm
