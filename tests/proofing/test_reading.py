"""Real photographs of documents that never existed, read by the real readers in their child process."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import pytest

from paraphe.proofing import observing
from paraphe.proofing.api import Claim, Outcome, Policy, Reason, Verdict, can_read, examine, read_document, sentence
from paraphe.proofing.seals import SealStatus, SealVerifier
from paraphe.proofing.sight.codes import find_codes
from paraphe.proofing.sight.looking import opened
from tests.support.specimens import PRESETS, Alter, Conditions, Holder, Specimen, photographed, seal_signer, specimen

TODAY = date(2026, 11, 23)
ALICE = Holder("MARTIN", ("ALICE", "MARIE"), date(1990, 7, 13), "F")
CLAIM = Claim("Alice", "Martin")


def kept(made: Specimen, side: str, conditions: Conditions) -> bytes:
    intake = examine(photographed(made.sides[side], conditions, 3))
    assert intake.accepted, intake.reasons
    return intake.pages[0].jpeg


def read(made: Specimen, conditions: Conditions = PRESETS["mild"], claim: Claim = CLAIM) -> Verdict:
    sides = [kept(made, side, conditions) for side in made.sides]
    policy = Policy(seal_signers=(seal_signer(),))
    back = sides[1] if len(sides) > 1 else None
    return read_document(sides[0], back, kind=made.kind, claim=claim, today=TODAY, policy=policy)


def test_the_readers_are_installed() -> None:
    assert can_read()


@pytest.mark.parametrize("profile", ["fr_identity_card_2021", "fr_identity_card_1988", "passport"])
def test_a_good_photograph_of_each_french_document_is_read_to_the_letter(profile: str) -> None:
    made = specimen(profile, 4, holder=ALICE)
    verdict = read(made)
    assert verdict.lines == made.mrz
    assert verdict.page_lines == made.mrz
    assert verdict.findings == ()
    assert verdict.outcome is Outcome.ACCEPTED
    assert verdict.data.effective_expiry == made.expires
    assert set(verdict.rectified) == set(made.sides)
    assert all(jpeg.startswith(b"\xff\xd8\xff") for jpeg in verdict.rectified.values())


def test_a_passport_on_its_head_in_bad_light() -> None:
    made = specimen("passport", 6, holder=ALICE)
    verdict = read(made, replace(PRESETS["dim"], quarters=2, tilt=8))
    assert verdict.lines == made.mrz


def test_a_card_whose_print_was_changed_and_whose_seal_says_so() -> None:
    made = specimen(
        "fr_identity_card_2021", 5, holder=ALICE, alter=Alter(printed_surname="BERNARD", seal_surname="PETIT")
    )
    verdict = read(made, replace(PRESETS["clean"], width=2200))
    assert verdict.outcome is Outcome.REVIEW
    assert {Reason.PRINT_DIFFERS, Reason.PRINT_UNREAD} & set(verdict.reasons)
    assert Reason.SEAL_DIFFERS in verdict.reasons
    assert "PETIT" not in sentence(verdict.findings[-1], "fr")


def test_a_seal_with_a_wrong_signature() -> None:
    verifier = SealVerifier((seal_signer(),))
    found = {}
    for name, alter in (("honest", Alter()), ("broken", Alter(break_seal=True))):
        back = specimen("fr_identity_card_2021", 7, holder=ALICE, alter=alter).sides["back"]
        picture = opened(photographed(back, replace(PRESETS["clean"], width=2200), 3))
        [code] = find_codes(picture, picture)
        found[name] = verifier.read(code.data).status
    assert found == {"honest": SealStatus.VALID, "broken": SealStatus.BAD_SIGNATURE}


def test_what_is_not_a_photograph_any_more_goes_to_an_officer() -> None:
    verdict = read_document(b"\xff\xd8\xff nonsense", None, kind="passport", claim=CLAIM, today=TODAY)
    assert verdict.reasons == (Reason.NOT_READ,)


def test_a_child_that_may_use_no_memory_dies_and_an_officer_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "LIMITS", {"cpu_seconds": 90, "memory_bytes": 120_000_000})
    made = specimen("passport", 4, holder=ALICE)
    assert read(made).reasons == (Reason.NOT_READ,)


def test_a_document_that_is_cut_is_said_so_at_once() -> None:
    made = specimen("passport", 4, holder=ALICE)
    intake = examine(photographed(made.sides["front"], replace(PRESETS["clean"], cut=0.35), 3))
    assert Reason.CUT in (*intake.reasons, *intake.hints)


def test_two_sides_on_one_page_become_two() -> None:
    made = specimen("fr_identity_card_2021", 4, holder=ALICE)
    front, back = (made.sides[side] for side in ("front", "back"))
    from PIL import Image

    page = Image.new("RGB", (2000, 2600), (250, 250, 248))
    page.paste(front, (320, 260), front)
    page.paste(back, (320, 1450), back)
    import io

    buffer = io.BytesIO()
    page.save(buffer, "PDF", resolution=200)
    intake = examine(buffer.getvalue(), max_pages=2)
    assert intake.reasons == ()
    assert len(intake.pages) == 2


def test_no_model_is_used_that_was_not_measured() -> None:
    words = (
        "from pathlib import Path\nfrom paraphe.proofing.sight import models\n"
        "models.SHA256[models.LINES] = '00'\n"
        "try:\n    models.folder()\nexcept models.ModelsMissing as e:\n    print('refused', e)"
    )
    done = subprocess.run(
        [sys.executable, "-c", words], capture_output=True, text=True, check=True, env={"PYTHONPATH": "src"}
    )
    assert done.stdout.startswith("refused PP-OCRv6_rec_small.onnx")
