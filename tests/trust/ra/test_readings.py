"""Alice's card is read by the machine: what becomes of her case, what is kept, and what is forgotten."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine

from paraphe.floor.files import api as files
from paraphe.floor.jobs.errors import GiveUp
from paraphe.kernel.errors import NotFound
from paraphe.proofing.api import Finding, Outcome, Reason, Verdict, upper_bound
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.ra import reading, rules
from paraphe.trust.ra.models import Reading
from tests.support import jobs, readers
from tests.trust.conftest import SiteSettings
from tests.trust.ra.people import ALICE, acting, officer, page

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
MALLORY = replace(ALICE, given_name="Mallory", surname="Noir", email="mallory@example.org")


@pytest.fixture(autouse=True)
def read_by_machine(settings: SiteSettings) -> None:
    settings.IDENTITY_READER = readers.READER


def submitted(person: ra.SubjectData = ALICE) -> ra.IdentityCase:
    case = ra.open_case(ra.create_subject("platform", person), "identity_card")
    return handed_in(case)


def handed_in(case: ra.IdentityCase) -> ra.IdentityCase:
    present = {known.side for known in case.pages.all()}
    for side in ra.sides_of(case.kind):
        if side not in present:
            ra.put_page(case.id, side, page(f"\xff {uuid4()}".encode()), [])
    return ra.submit(case.id)


def read(case: ra.IdentityCase, *verdicts: Verdict) -> ra.IdentityCase:
    readers.says(*verdicts)
    reading.read_document.func(str(case.id), case.round)
    case.refresh_from_db()
    return case


def allow(profile: str = readers.CARD.profile, share: int = 10) -> None:
    bob = officer("Bob")
    ra.set_acceptance(acting(bob), bob, profile, enabled=True, share=share)


def tags(case: ra.IdentityCase) -> list[str]:
    return [entry.tag for entry in journal.about(case=case.id)]


def test_a_submitted_case_waits_for_the_machine_and_its_job_is_written_with_it() -> None:
    case = submitted()
    assert case.state == ra.CaseState.READING
    assert any(path.endswith("read_document") for path in jobs.waiting())
    assert not ra.queue(officer("Bob")).exists()


def test_what_could_be_accepted_goes_to_an_officer_as_long_as_nobody_decided_otherwise() -> None:
    case = read(submitted(), readers.ACCEPTED)
    assert case.state == ra.CaseState.SUBMITTED
    found = ra.reading_of(case)
    assert found is not None
    assert found.outcome == Outcome.ACCEPTED
    assert found.verdict is not None
    assert found.verdict.data == readers.CARD
    assert set(found.flat_sides) == {"front", "back"}
    bob = acting(officer("Bob"))
    assert ra.flat_image_for(bob, case.id, "front") == readers.ACCEPTED.rectified["front"]
    assert "identity:image-viewed" in tags(case)


def test_the_machine_accepts_what_two_officers_let_it(monkeypatch: pytest.MonkeyPatch) -> None:
    allow()
    monkeypatch.setattr("secrets.randbelow", lambda _bound: 50)
    case = read(submitted(), readers.ACCEPTED)
    assert case.state == ra.CaseState.APPROVED
    assert case.by_machine
    assert not case.decisions.exists()
    assert "identity:accepted-by-machine" in tags(case)


def test_a_share_drawn_at_random_goes_to_officers_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    allow()
    monkeypatch.setattr("secrets.randbelow", lambda _bound: 9)
    case = read(submitted(), readers.ACCEPTED)
    assert case.state == ra.CaseState.SUBMITTED
    found = ra.reading_of(case)
    assert found is not None
    assert found.reasons == (Reason.SAMPLED,)
    assert found.outcome == Outcome.ACCEPTED  # what it would have done counts in the figures


def test_one_doubt_is_enough_for_an_officer_even_when_acceptance_is_on() -> None:
    allow()
    doubtful = readers.ACCEPTED.with_findings([Finding(Reason.READERS_DISAGREE, "back")])
    assert read(submitted(), doubtful).state == ra.CaseState.SUBMITTED


def test_only_the_side_that_was_cut_is_asked_for_again_and_three_times_at_most() -> None:
    case = submitted()
    for _again in range(rules.MOST_RETAKES):
        front = case.pages.get(side="front").file_id
        case = read(case, readers.CUT_BACK)
        assert case.state == ra.CaseState.RETAKE
        assert case.reason == Reason.CUT
        assert [known.side for known in case.pages.all()] == ["front"]
        assert case.pages.get(side="front").file_id == front
        case = handed_in(case)
    case = read(case, readers.CUT_BACK)
    assert case.state == ra.CaseState.SUBMITTED
    found = ra.reading_of(case)
    assert found is not None
    assert found.reasons == (Reason.CUT, Reason.RETAKES_USED_UP)
    assert found.outcome == Outcome.REVIEW


def test_another_document_is_asked_for_when_this_one_has_expired() -> None:
    case = read(submitted(), readers.EXPIRED)
    assert case.state == ra.CaseState.RETAKE
    assert not case.pages.exists()


def test_the_same_document_shown_by_somebody_else() -> None:
    read(submitted(), readers.ACCEPTED)
    again = read(submitted(), readers.ACCEPTED)
    found = ra.reading_of(again)
    assert found is not None
    assert found.reasons == ()  # Alice may show her card twice
    mallorys = read(submitted(MALLORY), replace(readers.ACCEPTED, fingerprints={}))
    seen = ra.reading_of(mallorys)
    assert seen is not None
    assert seen.reasons == (Reason.NUMBER_SEEN,)
    similar = ra.similar_cases(acting(officer("Bob")), mallorys.id)
    assert {each.why for each in similar} == {"number"}
    assert len(similar) == 2


def test_who_has_his_name_corrected_shows_the_same_document_again_without_suspicion() -> None:
    misspelt = submitted(replace(ALICE, surname="Martine"))
    read(misspelt, readers.ACCEPTED.with_findings([Finding(Reason.NAME_MISMATCH, "back")]))
    assert misspelt.state == ra.CaseState.RETAKE
    again = read(submitted(), readers.ACCEPTED)
    assert again.readings.get().reasons == []
    other = read(submitted(replace(ALICE, email="mallory@example.org")), readers.ACCEPTED)
    assert str(Reason.NUMBER_SEEN) in other.readings.get().reasons


def test_a_number_read_one_blind_sign_apart_and_the_same_upload() -> None:
    read(submitted(), readers.ACCEPTED)
    near = replace(readers.ACCEPTED, data=replace(readers.CARD, number="C816L5KC4"))
    found = ra.reading_of(read(submitted(MALLORY), near))
    assert found is not None
    assert found.reasons == (Reason.NUMBER_NEAR_SEEN, Reason.IMAGE_SEEN)


def test_a_job_that_runs_twice_reads_once() -> None:
    case = read(submitted(), readers.ACCEPTED)
    read(case, readers.EXPIRED)
    case.refresh_from_db()
    assert case.state == ra.CaseState.SUBMITTED
    assert Reading.objects.filter(case=case).count() == 1


def test_what_nobody_reads_goes_to_an_officer_after_ten_minutes() -> None:
    with time_machine.travel(NOW, tick=False):
        case = submitted()
        readers.says()
        with pytest.raises((RuntimeError, GiveUp)):
            reading.read_document.func(str(case.id), case.round)
    with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
        assert ra.give_to_officers() == 0
    with time_machine.travel(NOW + timedelta(minutes=11), tick=False):
        assert ra.give_to_officers() == 1
    case.refresh_from_db()
    assert case.state == ra.CaseState.SUBMITTED
    found = ra.reading_of(case)
    assert found is not None
    assert found.reasons == (Reason.NOT_READ,)


def test_sides_in_the_wrong_order_are_exchanged() -> None:
    case = submitted()
    before = {known.side: known.sha256 for known in case.pages.all()}
    read(case, replace(readers.ACCEPTED, swapped=True))
    after = {known.side: known.sha256 for known in case.pages.all()}
    assert after == {"front": before["back"], "back": before["front"]}


def test_what_was_read_goes_with_the_photographs_and_the_proof_stays() -> None:
    with time_machine.travel(NOW, tick=False):
        case = read(submitted(), readers.ACCEPTED)
        flats = [known.flat_file_id for known in case.pages.all() if known.flat_file_id]
        bob = officer("Bob")
        ra.decide(acting(bob), bob, case.id, ra.Verdict.APPROVE, checklist=ra.CHECKLIST)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        assert ra.destroy_due_images() == 2
    found = ra.reading_of(case)
    assert found is not None
    assert found.verdict is None
    assert found.flat_sides == ()
    for flat in flats:
        with pytest.raises(NotFound):
            files.read(flat)
    kept = json.dumps(found.proof)
    assert "C81GL5KC4" not in kept
    assert found.proof["effective_expiry"] == "2032-05-11"
    assert found.proof["method"] == "document_copy_reviewed"
    assert {"code": "digit_number", "result": "pass", "seen": "", "expected": ""} in found.proof["checks"]
    assert len(found.proof["number_hash"]) == 64


def test_what_was_read_goes_too_when_mallory_never_brings_the_other_photographs() -> None:
    with time_machine.travel(NOW, tick=False):
        case = read(submitted(MALLORY), readers.EXPIRED)
    assert not case.pages.exists()
    with time_machine.travel(NOW + timedelta(days=6), tick=False):
        ra.destroy_due_images()
        assert case.readings.filter(sealed__isnull=False).exists()
    with time_machine.travel(NOW + timedelta(days=8), tick=False):
        ra.destroy_due_images()
    assert not case.readings.filter(sealed__isnull=False).exists()
    assert case.readings.get().proof["method"] == "document_copy_reviewed"


def test_no_number_stands_in_clear_anywhere() -> None:
    case = read(submitted(), readers.ACCEPTED)
    row = Reading.objects.get(case=case)
    assert b"C81GL5KC4" not in bytes(row.sealed or b"")
    assert "C81GL5KC4" not in json.dumps([entry.data for entry in journal.about(case=case.id)], default=str)


def test_figures_set_the_machine_beside_the_officers() -> None:
    bob = officer("Bob")
    first, second = read(submitted(), readers.ACCEPTED), read(submitted(), readers.ACCEPTED)
    ra.decide(acting(bob), bob, first.id, ra.Verdict.APPROVE, checklist=ra.CHECKLIST)
    ra.decide(acting(bob), bob, second.id, ra.Verdict.REFUSE, reason="document_doubtful")
    (card,) = [each for each in ra.figures() if each.profile == readers.CARD.profile]
    assert (card.decisions, card.acceptable, card.wrong) == (2, 2, 1)
    assert card.agreement == {("accepted", "approve"): 1, ("accepted", "refuse"): 1}
    assert card.bound == pytest.approx(0.987, abs=0.001)
    assert not card.enough


@pytest.mark.parametrize(
    ("wrong", "cases", "bound"), [(0, 0, 1.0), (0, 300, 0.0122), (1, 237, 0.0233), (5, 100, 0.1128), (3, 3, 1.0)]
)
def test_the_upper_bound_is_that_of_clopper_and_pearson(wrong: int, cases: int, bound: float) -> None:
    assert upper_bound(wrong, cases) == pytest.approx(bound, abs=0.0005)


def test_acceptance_is_off_and_only_two_operators_switch_it_on() -> None:
    assert not any(policy.enabled for policy in ra.acceptance().values())
    carl = ra.create_officer("carl@confiance.example", "Carl", "a long password for tests", ["operator"])
    dora = ra.create_officer("dora@confiance.example", "Dora", "a long password for tests", ["operator"])
    bob = officer("Bob")
    payload = {"profile": readers.CARD.profile, "enabled": True, "share": 20}
    with pytest.raises(ra.ProposalRefused):
        ra.propose(acting(bob), bob, "acceptance", payload)
    made = ra.propose(acting(carl), carl, "acceptance", payload)
    with pytest.raises(ra.ProposalRefused):
        ra.settle(acting(carl), carl, made.id, confirmed=True)
    assert not ra.acceptance()[readers.CARD.profile].enabled
    ra.settle(acting(dora), dora, made.id, confirmed=True)
    policy = ra.acceptance()[readers.CARD.profile]
    assert (policy.enabled, policy.share, policy.changed_by) == (True, 20, "Dora")


@pytest.mark.parametrize(
    "payload",
    [
        {"profile": "driving_licence", "share": 10},
        {"profile": "unknown", "share": 10},
        {"profile": "passport", "share": 5},
    ],
)
def test_some_policies_cannot_be(payload: dict[str, object]) -> None:
    carl = ra.create_officer("carl@confiance.example", "Carl", "a long password for tests", ["operator"])
    with pytest.raises(ra.AcceptanceRefused):
        ra.propose(acting(carl), carl, "acceptance", {"enabled": True, **payload})
