"""Settings that would make wrong certificates are told before any is made."""

import pytest

from paraphe.trust.ca.checks import check_operator
from tests.trust.conftest import SiteSettings


def _found(settings: SiteSettings, **changes: object) -> list[str | None]:
    for name, value in changes.items():
        setattr(settings, name, value)
    return [message.id for message in check_operator(None)]


def test_the_settings_of_the_demonstration_are_right(settings: SiteSettings) -> None:
    assert _found(settings) == []


@pytest.mark.parametrize("number", ["732829320", "ntrfr-732829320", "NTRFR732829320", "NTRFR-", ""])
def test_a_registration_number_says_where_it_is_from(settings: SiteSettings, number: str) -> None:
    assert _found(settings, OPERATOR_ID=number) == ["ca.E001"]


@pytest.mark.parametrize("arc", ["paraphe", "1", "3.1", "1..2", "1.02", ""])
def test_an_arc_is_an_object_identifier(settings: SiteSettings, arc: str) -> None:
    assert _found(settings, POLICY_OID_ARC=arc) == ["ca.E002"]


def test_in_production_the_operator_is_somebody(settings: SiteSettings) -> None:
    assert _found(settings, DEMONSTRATION=False) == ["ca.W001"]
    assert _found(settings, DEMONSTRATION=False, OPERATOR_ID="NTRFR-732829320") == []
