"""Killed between any two acts, two tabs, wrong answers: a signature is made once or not at all, and never half."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.pdf import api as pdf
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from paraphe.platform.signing import csc, finishing
from paraphe.platform.signing.models import SigningItem, SigningRequest
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
ALICE = 7
SIGN, TSA, TOKEN = "/csc/v2/signatures/signHash", "/tsa", "/oauth2/token"


class PowerCut(BaseException):
    """What no program catches."""


@pytest.fixture
def letter(trust: SmallTrust) -> uuid.UUID:
    """Return a stored letter of Alice, who has a certificate."""
    give_certificate(ALICE, trust)
    return files.store(pdf_of("Lettre de mission"), purpose="document").id


def begin(letter: uuid.UUID, count: int = 1) -> uuid.UUID:
    appearance = signing.SignatureSettings(signer_name="Alice Martin")
    return signing.begin(
        actor=ACTOR,
        person_id=ALICE,
        documents=[signing.ToSign(f"Lettre {number}", letter, appearance) for number in range(count)],
        purpose="document",
        reference="letter",
        locale="fr",
    )


def come_back(trust: SmallTrust, address: str) -> signing.Outcome:
    return signing.complete_authorisation(
        state=trust.state_of(address), code=trust.approve(address), person_id=ALICE, actor=ACTOR
    )


def dying_after(found: Any) -> Any:
    """Return ``found`` that does its work, once, and then loses the power."""

    def act(*words: Any, **names: Any) -> Any:
        found(*words, **names)
        raise PowerCut

    return act


def tags(request: uuid.UUID) -> list[str]:
    return [entry.tag for entry in evidence.history(signing_request=str(request))]


@pytest.mark.parametrize(
    ("room", "act", "state"),
    [
        (csc, "sign_hash", "authorised"),
        (finishing, "_sign", "signed"),
        (pdf, "finish", "signed"),
        (pdf, "augment", "signed"),
        (pdf, "validate", "signed"),
        (finishing, "_finish", "completed"),
    ],
    ids=["key used", "values stored", "signature in", "proofs in", "checked", "finished"],
)
def test_a_power_cut_after_each_act_leaves_it_done_once(
    trust: SmallTrust, letter: uuid.UUID, monkeypatch: pytest.MonkeyPatch, room: Any, act: str, state: str
) -> None:
    request = begin(letter, count=2)
    address = signing.authorisation_address(request, person_id=ALICE)
    uses = trust.uses_of_the_key
    with monkeypatch.context() as blow:
        blow.setattr(room, act, dying_after(getattr(room, act)))
        with pytest.raises(PowerCut):
            come_back(trust, address)
    assert signing.outcome(request).state == state
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        signing.sweep()
        signing.sweep()
    done = signing.outcome(request)
    assert done.state == "completed"
    assert len(done.results) == 2
    assert trust.uses_of_the_key == uses + 1
    assert tags(request) == ["signature:prepared", "signature:authorised", "signature:received", "signature:completed"]
    kept = set(StoredFile.objects.values_list("pk", flat=True))
    assert kept == {letter, *(result.file_id for result in done.results)}


def test_a_power_cut_while_the_code_is_redeemed_signs_nothing(
    trust: SmallTrust, letter: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = begin(letter)
    address = signing.authorisation_address(request, person_id=ALICE)
    uses = trust.uses_of_the_key
    with monkeypatch.context() as blow:
        blow.setattr(csc, "redeem_code", dying_after(csc.redeem_code))
        with pytest.raises(PowerCut):
            come_back(trust, address)
    assert come_back(trust, address).state == "pushed", "the same address again redeems nothing"
    assert trust.uses_of_the_key == uses
    again = begin(letter)
    assert come_back(trust, signing.authorisation_address(again, person_id=ALICE)).state == "completed"
    assert trust.uses_of_the_key == uses + 1


@pytest.mark.parametrize("fault", ["down", "nonsense", "hang up", (200, {}), (200, {"access_token": 3})])
def test_an_address_works_again_when_the_trust_site_was_away(
    trust: SmallTrust, letter: uuid.UUID, fault: object
) -> None:
    request = begin(letter)
    address = signing.authorisation_address(request, person_id=ALICE)
    trust.faults[TOKEN] = fault
    with pytest.raises(signing.TrustUnavailable):
        come_back(trust, address)
    assert signing.outcome(request).state == "pushed"
    trust.faults.clear()
    assert come_back(trust, address).state == "completed"


@pytest.mark.parametrize("error", ["invalid_token", "expired_token", "access_denied"])
def test_an_activation_that_is_refused_ends_the_request(trust: SmallTrust, letter: uuid.UUID, error: str) -> None:
    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    trust.faults[SIGN] = (400, {"error": error})
    outcome = come_back(trust, address)
    assert (outcome.state, outcome.failure, outcome.results) == ("failed", error, ())
    assert tags(outcome.id)[-1] == "signature:failed"
    row = SigningRequest.objects.get(pk=outcome.id)
    assert bytes(row.sealed_activation) == b""
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {letter}
    trust.faults.clear()
    assert come_back(trust, address).state == "failed", "the old address tells how it ended"
    assert begin(letter)


def test_an_activation_that_nobody_could_use_in_time_ends(trust: SmallTrust, letter: uuid.UUID) -> None:
    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    trust.faults[SIGN] = "down"
    request = come_back(trust, address).id
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=23), tick=True):
        signing.sweep()
        assert signing.outcome(request).state == "authorised", "the key may have been used: only the trust site knows"
        assert signing.outcome(request).waits_for == "trust_unavailable"
    with time_machine.travel(now + timedelta(hours=25), tick=True):
        signing.sweep()
    assert signing.outcome(request).failure == "activation_expired"


def test_the_trust_site_says_that_an_activation_is_over(trust: SmallTrust, letter: uuid.UUID) -> None:
    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    trust.faults[SIGN] = (503, {"error": "temporarily_unavailable", "error_description": "No timestamp can be made"})
    request = come_back(trust, address).id
    assert signing.outcome(request).waits_for == "timestamp_unavailable"
    trust.faults[SIGN] = (400, {"error": "invalid_request", "error_description": "SAD expired"})
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        signing.sweep()
    assert signing.outcome(request).failure == "activation_expired"


def test_one_request_that_breaks_does_not_hold_up_the_others(
    trust: SmallTrust, letter: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust.faults[SIGN] = "down"
    broken = come_back(trust, signing.authorisation_address(begin(letter), person_id=ALICE)).id
    SigningRequest.objects.filter(pk=broken).update(reference="another letter")
    SigningItem.objects.filter(request=broken).update(reference="another letter")
    sound = come_back(trust, signing.authorisation_address(begin(letter), person_id=ALICE)).id
    trust.faults.clear()
    complete = finishing.complete

    def sometimes(number: uuid.UUID) -> signing.Outcome:
        if number == broken:
            raise ZeroDivisionError
        return complete(number)

    monkeypatch.setattr(finishing, "complete", sometimes)
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True), pytest.raises(ZeroDivisionError):
        signing.sweep()
    assert signing.outcome(sound).state == "completed"


def test_a_signature_that_never_gets_its_timestamp_ends_after_a_day(trust: SmallTrust, letter: uuid.UUID) -> None:
    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    trust.faults[TSA] = "down"
    request = come_back(trust, address).id
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=23), tick=True):
        signing.sweep()
        assert signing.outcome(request).state == "signed"
    with time_machine.travel(now + timedelta(hours=25), tick=True):
        signing.sweep()
    assert signing.outcome(request).failure == "not_finished"
    assert set(StoredFile.objects.values_list("pk", flat=True)) == {letter}


def test_a_value_of_another_key_is_never_given_to_anybody(trust: SmallTrust, letter: uuid.UUID) -> None:
    import base64

    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    foreign = trust.pki.signer("bob").sign_digests([bytes(32)])[0]
    trust.faults[SIGN] = (200, {"signatures": [base64.b64encode(foreign).decode()]})
    outcome = come_back(trust, address)
    assert (outcome.state, outcome.failure, outcome.results) == ("failed", "signature_mismatch", ())


@pytest.mark.parametrize(
    "answer",
    [
        {"signatures": "x"}, {"signatures": ["not base64 !"]}, {"signatures": [3]}, {}, {"signatures": ["QQ=="] * 2},
    ],
    ids=["a string", "no base64", "a number", "nothing", "two for one"],
)  # fmt: skip
def test_an_answer_of_another_form_gives_no_document(trust: SmallTrust, letter: uuid.UUID, answer: object) -> None:
    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    trust.faults[SIGN] = (200, answer)
    outcome = come_back(trust, address)
    assert outcome.state in ("authorised", "failed")
    assert outcome.results == ()


def test_nothing_begins_while_something_is_authorised(trust: SmallTrust, letter: uuid.UUID) -> None:
    address = signing.authorisation_address(begin(letter), person_id=ALICE)
    trust.faults[SIGN] = "down"
    assert come_back(trust, address).state == "authorised"
    with pytest.raises(signing.BeingSigned):
        begin(letter)
    trust.faults.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        signing.sweep()
    assert begin(letter), "done: the next one may begin"


def test_two_tabs_that_begin_at_the_same_moment_make_one_request(
    trust: SmallTrust, letter: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other tab wins between the look and the write: the constraint of the database decides."""
    before = set(StoredFile.objects.values_list("pk", flat=True))

    def other_tab_was_faster(*_: object, **__: object) -> None:
        raise IntegrityError

    with monkeypatch.context() as blow:
        blow.setattr(SigningRequest, "save", other_tab_was_faster)
        with pytest.raises(signing.BeingSigned):
            begin(letter)
    assert set(StoredFile.objects.values_list("pk", flat=True)) == before


def test_requests_go_with_the_documents_they_were_for(trust: SmallTrust, letter: uuid.UUID, settings: Any) -> None:
    done = come_back(trust, signing.authorisation_address(begin(letter), person_id=ALICE))
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=settings.DOCUMENT_DAYS, minutes=-1), tick=True):
        signing.sweep()
        assert signing.outcome(done.id).state == "completed"
    with time_machine.travel(now + timedelta(days=settings.DOCUMENT_DAYS, minutes=1), tick=True):
        signing.sweep()
    assert not SigningRequest.objects.exists()
    assert files.read(done.results[0].file_id), "the document belongs to its room"


def test_a_certificate_does_not_choose_where_this_server_connects_to(
    trust: SmallTrust, letter: uuid.UUID, settings: Any
) -> None:
    """The responders in Alice's certificate are at another address than the configured provider."""
    from paraphe.pki.errors import RevocationUnavailable
    from paraphe.platform.signing.sources import HttpRevocationSource
    from paraphe.platform.signing.trust_client import TrustClient

    alice = trust.pki.signer("alice")
    settings.TRUST_URL = "http://127.0.0.1:9"
    elsewhere = TrustClient(settings.TRUST_URL, "platform", "secret")
    asked = len(trust.asked)
    with pytest.raises(RevocationUnavailable):
        HttpRevocationSource(elsewhere).revocation_info(alice.certificate, alice.chain[0])
    assert len(trust.asked) == asked
