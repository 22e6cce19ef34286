"""Alice's identity case, from her first photograph to its destruction."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.ra.errors import (
    AlreadyDecided,
    CaseClosed,
    ChecklistIncomplete,
    KindUnknown,
    PagesMissing,
    ReasonMissing,
    SideUnknown,
)
from tests.trust.conftest import SiteSettings
from tests.trust.ra.people import ALICE, acting, officer, page, submitted_case

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVERYTHING = ra.CHECKLIST


def tags(case: ra.IdentityCase) -> list[str]:
    return [entry.tag for entry in journal.about(case=case.id)]


def test_a_mobile_number_is_sealed() -> None:
    alice = ra.create_subject("platform", ALICE)
    assert b"612345678" not in bytes(alice.mobile_sealed)
    assert ra.mobile_of(alice) == "+33612345678"


def test_a_subject_is_known_to_its_client_only() -> None:
    alice = ra.create_subject("platform", ALICE)
    assert ra.subject("platform", alice.id) == alice
    with pytest.raises(NotFound):
        ra.subject("another", alice.id)


def test_a_case_is_submitted_when_both_sides_are_there() -> None:
    case = ra.open_case(ra.create_subject("platform", ALICE), "identity_card")
    ra.put_page(case.id, "front", page(), [])
    with pytest.raises(PagesMissing):
        ra.submit(case.id)
    ra.put_page(case.id, "back", page(), ["blurred"])
    assert ra.submit(case.id).state == ra.CaseState.SUBMITTED
    with pytest.raises(CaseClosed):
        ra.submit(case.id)
    with pytest.raises(CaseClosed):
        ra.put_page(case.id, "front", page(), [])
    with pytest.raises(CaseClosed):
        ra.open_case(case.subject, "passport")


def test_photographs_are_sealed_and_replaced_ones_are_gone() -> None:
    case = ra.open_case(ra.create_subject("platform", ALICE), "identity_card")
    first = ra.put_page(case.id, "front", page(b"\xff\xd8\xff the first"), []).file_id
    second = ra.put_page(case.id, "front", page(b"\xff\xd8\xff the second"), []).file_id
    assert files.read(second) == page(b"\xff\xd8\xff the second").jpeg
    with pytest.raises(files.FileUnknown):
        files.read(first)
    ra.open_case(case.subject, "passport")
    with pytest.raises(files.FileUnknown):
        files.read(second)


def test_a_passport_has_no_back(settings: SiteSettings) -> None:
    case = ra.open_case(ra.create_subject("platform", ALICE), "passport")
    with pytest.raises(SideUnknown):
        ra.put_page(case.id, "back", page(), [])
    settings.IDENTITY_DOCUMENTS = ["identity_card"]
    with pytest.raises(KindUnknown):
        ra.open_case(case.subject, "passport")


def test_an_officer_approves() -> None:
    odile = officer("Odile")
    case = submitted_case()
    assert list(ra.queue(odile)) == [case]
    with pytest.raises(ChecklistIncomplete):
        ra.decide(acting(odile), odile, case.id, ra.Verdict.APPROVE, checklist=["same_name"])
    decided = ra.decide(acting(odile), odile, case.id, ra.Verdict.APPROVE, checklist=EVERYTHING)
    assert decided.state == ra.CaseState.APPROVED
    assert list(ra.queue(odile)) == []
    assert tags(case) == ["identity:opened", "identity:submitted", "identity:decided", "identity:approved"]
    with pytest.raises(CaseClosed):
        ra.decide(acting(odile), odile, case.id, ra.Verdict.REFUSE, reason="expired")


def test_an_officer_refuses_with_a_reason() -> None:
    odile = officer("Odile")
    case = submitted_case()
    with pytest.raises(ReasonMissing):
        ra.decide(acting(odile), odile, case.id, ra.Verdict.REFUSE)
    decided = ra.decide(acting(odile), odile, case.id, ra.Verdict.REFUSE, reason="expired", note="2019")
    assert (decided.state, decided.reason) == (ra.CaseState.REFUSED, "expired")


def test_another_photograph_is_asked_for_and_looked_at_afresh() -> None:
    odile = officer("Odile")
    case = submitted_case("passport")
    file_id = case.pages.get().file_id
    assert ra.decide(acting(odile), odile, case.id, ra.Verdict.RETAKE, reason="glare").state == ra.CaseState.RETAKE
    with pytest.raises(files.FileUnknown):
        files.read(file_id)
    ra.put_page(case.id, "front", page(), [])
    again = ra.submit(case.id)
    assert (again.round, again.reason) == (2, "")
    assert list(ra.queue(odile)) == [again]


def test_four_eyes_are_two_officers(settings: SiteSettings) -> None:
    settings.FOUR_EYES = True
    odile, oscar = officer("Odile"), officer("Oscar")
    case = submitted_case()
    first = ra.decide(acting(odile), odile, case.id, ra.Verdict.APPROVE, checklist=EVERYTHING)
    assert first.state == ra.CaseState.SUBMITTED
    assert list(ra.queue(odile)) == []
    with pytest.raises(AlreadyDecided):
        ra.decide(acting(odile), odile, case.id, ra.Verdict.APPROVE, checklist=EVERYTHING)
    assert list(ra.queue(oscar)) == [case]
    second = ra.decide(acting(oscar), oscar, case.id, ra.Verdict.APPROVE, checklist=EVERYTHING)
    assert second.state == ra.CaseState.APPROVED


def test_the_oldest_case_is_first() -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        late = submitted_case()
        clock.move_to(NOW - timedelta(hours=1))
        early = submitted_case("passport")
        assert [case.id for case in ra.queue(officer("Odile"))] == [early.id, late.id]


def test_every_look_is_journaled() -> None:
    odile = officer("Odile")
    case = submitted_case()
    ra.case_for(acting(odile), case.id)
    assert ra.page_image_for(acting(odile), case.id, "front") == page().jpeg
    entries = list(journal.about(case=case.id))[-2:]
    assert [entry.tag for entry in entries] == ["identity:viewed", "identity:image-viewed"]
    assert {(entry.actor_kind, entry.actor_id) for entry in entries} == {("officer", str(odile.pk))}


def test_officers_do_not_see_what_was_not_handed_in() -> None:
    odile = officer("Odile")
    case = ra.open_case(ra.create_subject("platform", ALICE), "passport")
    ra.put_page(case.id, "front", page(), [])
    for look in (
        lambda: ra.case_for(acting(odile), case.id),
        lambda: ra.page_image_for(acting(odile), case.id, "front"),
        lambda: ra.case_for(acting(odile), UUID(int=0)),
    ):
        with pytest.raises(NotFound):
            look()


def test_photographs_go_when_their_day_has_come() -> None:
    odile = officer("Odile")
    with time_machine.travel(NOW, tick=False) as clock:
        decided, waiting = submitted_case(), submitted_case("passport")
        ra.decide(acting(odile), odile, decided.id, ra.Verdict.APPROVE, checklist=EVERYTHING)
        abandoned = ra.open_case(ra.create_subject("platform", ALICE), "passport")
        ra.put_page(abandoned.id, "front", page(), [])
        clock.move_to(NOW + timedelta(days=7))
        assert ra.destroy_due_images() == 1
        clock.move_to(NOW + timedelta(days=30))
        assert ra.destroy_due_images() == 2
        assert ra.destroy_due_images() == 0
    assert tags(decided)[-1] == "identity:images-destroyed"
    with pytest.raises(NotFound):
        ra.page_image_for(acting(odile), decided.id, "front")
    assert ra.page_image_for(acting(odile), waiting.id, "front")


def test_an_officer_is_made_once() -> None:
    odile = ra.create_officer("odile.garde@confiance.example", "Odile Garde", "the first password")
    again = ra.create_officer("Odile.Garde@confiance.example", "Somebody", "another password")
    assert again == odile
    assert again.check_password("the first password")
    assert not again.is_staff
