"""Step by step: what is kept before the signature is finished by another process, and is the same signature."""

from dataclasses import replace

import pytest

from paraphe.pdf.bulk.steps import Step, Stepper
from paraphe.pdf.errors import NotAPdf, StateBroken
from paraphe.pdf.values import Box, SigningLevel
from tests.pdf.bulk.hands import SEAL, judged
from tests.pdf.bulk.test_sealer import LEVELS
from tests.pdf.hands import CLOCK, NOW, letter, one_page, pki

VISIBLE = replace(SEAL, box=Box(0, 300.0, 700.0, 200.0, 72.0))


def stepper(level: SigningLevel) -> Stepper:
    house = pki()
    seal = house.signer("seal")
    made = Stepper(seal, level, SEAL, house.timestamps, house.revocation, house.roots, CLOCK)
    made.begin()
    return made


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("settings", [None, VISIBLE], ids=["invisible", "visible"])
def test_another_process_finishes_what_was_prepared(level: SigningLevel, settings: object) -> None:
    sources = [letter(), one_page()]
    first = stepper(level)
    steps = [first.prepare(one, NOW, VISIBLE if settings else None) for one in sources]
    values = pki().signer("seal").sign_digests([one.digest_to_sign for one in steps])
    second = stepper(level)
    for source, step, value in zip(sources, steps, values, strict=True):
        whole = source + second.complete(source, Step(step.digest_to_sign, step.state), value)
        assert len(judged(whole)) == (2 if level == "B-LTA" else 1)


def test_what_is_no_pdf_costs_itself() -> None:
    with pytest.raises(NotAPdf):
        stepper("B-T").prepare(b"no pdf at all", NOW)


def test_a_state_for_another_document_is_refused() -> None:
    made = stepper("B-T")
    step = made.prepare(letter(), NOW)
    (value,) = pki().signer("seal").sign_digests([step.digest_to_sign])
    for state in (step.state[:-9], b"F" + b"x" * 40, b"G" + step.state[1:]):
        with pytest.raises(StateBroken):
            made.complete(letter(), Step(step.digest_to_sign, state), value)
    with pytest.raises(StateBroken):
        made.complete(one_page(), step, value)
