"""The registration: no step skipped, none done twice, each resumed; every track."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from paraphe.floor.files import api as files
from paraphe.kernel.phones import mobile_number
from paraphe.pdf import api as pdf
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.enrolment.models import Enrolment, OpenFirm
from paraphe.platform.enrolment.rules import STEPS, may_work, step_after, step_on_other_track
from paraphe.platform.signing import api as signing
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR
from tests.support import cast
from tests.support.outbox import messages_to
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def _to_identity(person: Any, mobile: str = "06 12 34 56 78") -> None:
    enrolment.confirm(actor=ACTOR, person=person)
    enrolment.give_mobile(actor=ACTOR, person=person, typed=mobile)


def _to_terms(person: Any, trust: SmallTrust) -> None:
    _to_identity(person)
    enrolment.trust_address(actor=ACTOR, person=person, locale="fr")
    trust.issue(list(trust.enrolments)[-1])
    assert enrolment.refresh(actor=ACTOR, person=person).step == "terms"


def _accept(person: Any, firms: list[int]) -> None:
    enrolment.accept_terms(actor=ACTOR, person=person, terms=True, policy=True, firm_ids=firms, locale="fr")


def test_alice_goes_all_the_way(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_terms(alice, trust)
    firm = cast.firm(cast.MARTIN)
    _accept(alice, [firm.pk])
    assert not enrolment.is_open(firm)
    address = enrolment.signing_address(actor=ACTOR, person=alice, locale="fr")
    outcome = signing.complete_authorisation(
        state=trust.state_of(address), code=trust.approve(address), person_id=alice.pk, actor=ACTOR
    )
    enrolment.settle(outcome)
    enrolment.settle(outcome)
    assert enrolment.is_open(firm)
    assert enrolment.is_done(alice)
    report = judged(enrolment.signed_terms(alice), signing.trusted_roots(), outcome.changed_at)
    assert report.ok
    assert len(messages_to(alice.email)) == 1


def test_a_step_is_neither_skipped_nor_done_twice(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    for early in (
        lambda: enrolment.give_mobile(actor=ACTOR, person=alice, typed="06 12 34 56 78"),
        lambda: enrolment.trust_address(actor=ACTOR, person=alice, locale="fr"),
        lambda: _accept(alice, []),
        lambda: enrolment.signing_address(actor=ACTOR, person=alice, locale="fr"),
        lambda: enrolment.restart_identity(actor=ACTOR, person=alice),
    ):
        with pytest.raises(enrolment.WrongStep):
            early()
    enrolment.confirm(actor=ACTOR, person=alice)
    with pytest.raises(enrolment.WrongStep):
        enrolment.confirm(actor=ACTOR, person=alice)


def test_the_way_to_the_trust_site_can_be_taken_again(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_identity(alice)
    first = enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    second = enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    assert second != first
    assert len(trust.enrolments) == 1
    sent = next(iter(trust.enrolments.values()))
    assert sent["mobile"] == "+33612345678"
    assert sent["subject"]["organisation"]["siren"] == cast.MARTIN.siren
    with pytest.raises(enrolment.WrongStep):
        enrolment.give_mobile(actor=ACTOR, person=alice, typed="06 99 99 99 99")


def test_etienne_with_three_firms_gets_a_certificate_that_names_none(trust: SmallTrust) -> None:
    etienne = cast.sign_in(cast.ETIENNE)
    _to_identity(etienne)
    enrolment.trust_address(actor=ACTOR, person=etienne, locale="en")
    assert next(iter(trust.enrolments.values()))["subject"]["organisation"] is None


@pytest.mark.parametrize(("request_id", "state"), [("request-0", "foreign"), ("request-9", None), ("", "")])
def test_a_foreign_return_is_refused(trust: SmallTrust, request_id: str, state: str | None) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_identity(alice)
    enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    sent = next(iter(trust.enrolments.values()))
    with pytest.raises(enrolment.ReturnMismatch):
        enrolment.returned(actor=ACTOR, person=alice, request=request_id, state=state or sent["state"])
    view = enrolment.returned(actor=ACTOR, person=alice, request="request-0", state=sent["state"])
    assert view.step == "identity"


def test_a_refusal_is_shown_with_its_reason_and_can_be_begun_again(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_identity(alice)
    enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    reason = {"code": "expired", "sentence_fr": "Expirée.", "sentence_en": "Expired."}
    trust.enrolments["request-0"] |= {"status": "refused", "reason": reason}
    view = enrolment.refresh(actor=ACTOR, person=alice)
    assert view.reason == reason
    enrolment.restart_identity(actor=ACTOR, person=alice)
    assert enrolment.current(alice).step == "mobile"
    enrolment.give_mobile(actor=ACTOR, person=alice, typed="06 12 34 56 78")
    enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    assert len(trust.enrolments) == 2


def test_a_sweep_reads_what_happened_while_the_browser_was_closed(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_identity(alice)
    enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    trust.issue("request-0")
    enrolment.sweep()
    assert enrolment.current(alice).step == "terms"
    assert bytes(Enrolment.objects.get().sealed_mobile) == b""


def test_a_provider_that_is_away_loses_nothing(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_identity(alice)
    trust.faults["/enrolment/v1/requests"] = "down"
    with pytest.raises(signing.TrustUnavailable):
        enrolment.trust_address(actor=ACTOR, person=alice, locale="fr")
    trust.faults.clear()
    assert enrolment.trust_address(actor=ACTOR, person=alice, locale="fr").startswith(trust.url)


@pytest.mark.parametrize("ticked", [(True, False), (False, True), (False, False)])
def test_both_boxes_are_needed(trust: SmallTrust, ticked: tuple[bool, bool]) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_terms(alice, trust)
    with pytest.raises(enrolment.BoxesNotTicked):
        enrolment.accept_terms(
            actor=ACTOR,
            person=alice,
            terms=ticked[0],
            policy=ticked[1],
            firm_ids=[cast.firm(cast.MARTIN).pk],
            locale="fr",
        )


def test_only_ones_own_firms_can_be_opened(trust: SmallTrust) -> None:
    cast.sign_in(cast.ETIENNE)
    alice = cast.sign_in(cast.ALICE)
    _to_terms(alice, trust)
    with pytest.raises(enrolment.NoFirmChosen):
        _accept(alice, [cast.firm(cast.LE_GALL).pk])


def test_bob_gets_a_certificate_and_signs_no_terms(trust: SmallTrust) -> None:
    bob = cast.sign_in(cast.BOB)
    _to_terms(bob, trust)
    _accept(bob, [])
    assert enrolment.is_done(bob)
    assert not OpenFirm.objects.exists()


@pytest.mark.parametrize("person", [cast.CHLOE, cast.HUGO, cast.INES], ids=["Chloé", "Hugo", "Inès"])
def test_who_does_not_sign_needs_no_certificate(person: cast.CastPerson) -> None:
    found = cast.sign_in(person)
    enrolment.confirm(actor=ACTOR, person=found)
    _accept(found, [])
    assert enrolment.is_done(found)


@pytest.mark.parametrize("person", [cast.NORA, cast.MALLORY], ids=["Nora", "Mallory"])
def test_who_has_nothing_to_do_here_has_no_registration(person: cast.CastPerson) -> None:
    found = cast.sign_in(person)
    with pytest.raises(enrolment.NotInvited):
        enrolment.current(found)
    assert not enrolment.is_done(found)
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("old", "new", "step", "certificate", "expected"),
    [
        ("collaborator", "signing_collaborator", "done", False, "mobile"),
        ("signing_collaborator", "collaborator", "identity", False, "terms"),
        ("signing_collaborator", "collaborator", "done", True, "done"),
        ("signing_collaborator", "member", "done", True, "terms"),
        ("member", "signing_collaborator", "sign", True, "terms"),
        ("collaborator", "member", "confirm", False, "confirm"),
    ],
)
def test_a_right_that_comes_or_goes_moves_the_person(
    old: str, new: str, step: str, certificate: bool, expected: str
) -> None:
    assert step_on_other_track(old, new, step, has_certificate=certificate) == expected


@pytest.mark.parametrize(
    ("track", "step", "completed", "signed", "works"),
    [
        ("signing_collaborator", "mobile", True, False, True),
        ("signing_collaborator", "identity", True, False, True),
        ("signing_collaborator", "identity", False, False, False),
        ("signing_collaborator", "terms", True, False, False),
        ("member", "mobile", True, True, True),
        ("member", "mobile", True, False, False),
        ("member", "sign", True, True, False),
        ("collaborator", "done", False, False, True),
    ],
)
def test_a_certificate_is_for_signing(track: str, step: str, completed: bool, signed: bool, works: bool) -> None:
    assert may_work(track, step, completed=completed, has_signed_terms=signed) is works


def test_every_track_ends() -> None:
    for track, steps in STEPS.items():
        assert [step_after(track, step) for step in steps[:-1]] == list(steps[1:])


@pytest.mark.parametrize(
    "typed",
    [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33 6 12 34 56 78",
        "0033612345678",
        "06-12-34-56-78",
        " 0612345678 ",
    ],
)
def test_french_numbers_are_read_as_people_type_them(typed: str) -> None:
    assert mobile_number(typed) == "+33612345678"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "unreadable"), ("hello", "unreadable"), ("06 12", "impossible"), ("01 42 68 53 00", "not_mobile")],
)
def test_other_numbers_are_refused_with_the_reason(typed: str, reason: str) -> None:
    with pytest.raises(enrolment.BadMobile) as refusal:
        mobile_number(typed)
    assert refusal.value.params["reason"] == reason


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_number_or_a_refusal(typed: str) -> None:
    try:
        found = mobile_number(typed)
    except enrolment.BadMobile:
        return
    assert found.startswith("+")
    assert found[1:].isdecimal()


@pytest.mark.parametrize("kind", ["terms", "privacy"])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_legal_texts_are_pdfs_of_a_version(client: Client, kind: str, language: str) -> None:
    client.cookies["paraphe_platform_language"] = language
    answer = client.get(reverse("legal", args=[kind]), follow=True)
    assert answer["Content-Type"] == "application/pdf"
    assert pdf.inspect(answer.content).pages
    assert client.get(reverse("legal-pdf", args=[kind, "1999-01"])).status_code == 404
    assert client.get(reverse("legal", args=["nothing"])).status_code == 404


def test_pages_lead_to_the_step_where_one_stands(client: Client) -> None:
    cast.sign_in_client(client, cast.ALICE)
    for name in (
        "registration",
        "registration-mobile",
        "registration-identity",
        "registration-terms",
        "registration-sign",
    ):
        assert client.get(reverse(name), follow=True).redirect_chain[-1][0] == reverse("registration-confirm")
    assert client.get(reverse("signed-terms")).status_code == 404
    client.post(reverse("registration-confirm"))
    answer = client.post(reverse("registration-mobile"), {"mobile": "01 42 68 53 00"})
    assert "pas celui d'un mobile" in answer.content.decode().replace("&#x27;", "'")
    client.post(reverse("registration-mobile"), {"mobile": "06 12 34 56 78"})
    assert client.post(reverse("registration-confirm"))["Location"] == reverse("registration-identity")
    assert client.get(reverse("registration-return"), {"request": "x", "state": "y"})["Location"] == reverse(
        "registration"
    )


def test_the_unsigned_terms_do_not_stay(trust: SmallTrust) -> None:
    alice = cast.sign_in(cast.ALICE)
    _to_terms(alice, trust)
    _accept(alice, [cast.firm(cast.MARTIN).pk])
    trust.faults["/csc/v2/credentials/list"] = "down"
    stored: list[Any] = []
    original = files.store
    try:
        files.store = lambda *words, **names: stored.append(original(*words, **names)) or stored[-1]  # type: ignore[func-returns-value]
        with pytest.raises(signing.TrustUnavailable):
            enrolment.signing_address(actor=ACTOR, person=alice, locale="fr")
    finally:
        files.store = original
    with pytest.raises(files.FileUnknown):
        files.read(stored[0].id)
