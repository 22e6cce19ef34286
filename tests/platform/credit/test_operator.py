"""What the operator types: money written down once, what each firm has, one sentence for each mistake."""

from typing import Any

import pytest

from paraphe.cli import site
from paraphe.cli.main import main
from paraphe.platform.credit import api as credit
from paraphe.platform.credit.models import Account
from tests.platform.credit.conftest import firm_with
from tests.support import cast

pytestmark = pytest.mark.django_db
SIREN = cast.MARTIN.siren


@pytest.fixture(autouse=True)
def on_this_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer on the site under test instead of an installation."""
    monkeypatch.setattr(site, "use_site", lambda name: None)


def add(siren: str = SIREN, euros: str = "100", reference: str = "VIR 1") -> int:
    return main(["platform", "credit", "add", "--siren", siren, "--euros", euros, "--reference", reference])


def test_a_transfer_is_credited_once(capsys: Any) -> None:
    firm = firm_with(0)
    assert add(euros="99,9") == 0
    assert "99.90 EUR credited" in capsys.readouterr().out
    assert add(euros="99.90") == 0
    assert "nothing changed" in capsys.readouterr().out
    assert credit.balance(firm).available_cents == 9_990


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"siren": "000000000"}, "ever signed in"),
        ({"euros": "0"}, "at least 0.01"),
        ({"euros": "1000000.01"}, "at most 1000000"),
        ({"reference": " "}, "bank's own reference"),
        ({"reference": SIREN}, "the next transfer bears it too"),
        ({"reference": "VIR FIRST " + SIREN}, "credited before"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_and_nothing_is_credited(
    changes: dict[str, str], told: str, capsys: Any
) -> None:
    firm = firm_with(500)
    assert add(**changes) == 1
    said = capsys.readouterr().err.strip()
    assert told in said
    assert said.count("\n") == 0
    assert credit.balance(firm).available_cents == 500


@pytest.mark.parametrize("euros", ["-5", "1e3", "12.345", "ten", "", "٣"])
def test_what_is_no_amount_is_a_question_of_usage(euros: str, capsys: Any) -> None:
    firm_with(0)
    with pytest.raises(SystemExit) as ended:
        add(euros=euros)
    assert ended.value.code == 2


def test_the_list_shows_each_firm_and_complains_of_a_balance_that_was_bent(capsys: Any) -> None:
    firm = firm_with(12_345)
    assert main(["platform", "credit", "list"]) == 0
    assert "123.45 EUR" in capsys.readouterr().out
    Account.objects.filter(firm=firm, kind="available").update(cents=1)
    assert main(["platform", "credit", "list"]) == 1
    assert SIREN in capsys.readouterr().err
