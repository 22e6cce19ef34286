"""Somebody appends to what he judged before: only what is new is judged, by the limits of everything before it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pyhanko.sign.fields import MDPPerm

from paraphe.pdf.api import Report, validate
from tests.attacks import updating
from tests.pdf.certifying import certified
from tests.pdf.hands import ALICE, LATER, how, letter, pki
from tests.pdf.launching import launched
from tests.pdf.test_many_signers import by_cms, by_hash
from tests.pdf.verdict.house import sign

COMMENT = updating.annotation("Text")


def after(data: bytes, before: bytes) -> Report:
    """Return the verdict of who judged ``before`` already."""
    assert data.startswith(before)
    return validate(data, replace(how(pki().roots, LATER), judged=len(before)))


@pytest.mark.parametrize("signs", [by_cms, by_hash])
def test_what_is_new_is_judged_as_in_the_whole(signs: Callable[[bytes, int], bytes]) -> None:
    before = launched(letter(), 3)
    for number in range(3):
        now = signs(before, number)
        found, whole = after(now, before), validate(now, how(pki().roots, LATER))
        assert (found.ok, found.judged_before, len(found.signatures)) == (True, number, 1)
        assert found.signatures[0] == whole.signatures[number]
        before = now


@pytest.mark.parametrize("change", [updating.content, updating.annotation("FreeText"), updating.other_pages])
def test_a_change_under_the_new_signature_is_doubted(change: Callable[[updating.Writer], None]) -> None:
    before = by_cms(launched(letter(), 2), 0)
    now = by_cms(updating.updated(change)(before), 1)
    assert not validate(now, how(pki().roots, LATER)).signatures[0].ok
    assert [one.ok for one in after(now, before).signatures] == [False]


def test_what_the_author_forbade_is_doubted() -> None:
    before = certified(letter(), pki(), MDPPerm.FILL_FORMS, ("Client",))
    client = replace(ALICE, field_name="Client", box=None)
    honest, commented = (
        sign(one, settings=client, level="B-LT") for one in (before, updating.updated(COMMENT)(before))
    )
    assert after(honest, before).ok
    assert not validate(commented, how(pki().roots, LATER)).signatures[0].ok
    assert not after(commented, before).ok
