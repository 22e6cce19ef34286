"""Requests to sign, against a provider that can misbehave at every step."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from paraphe.floor.files import api as files
from paraphe.kernel.errors import NotFound
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing
from paraphe.platform.signing import finishing
from paraphe.platform.signing.models import SigningItem, SigningRequest
from tests.journeys.visitor import pdf_of
from tests.pdf.hands import judged
from tests.platform.conftest import ACTOR, give_certificate
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db
ALICE = 7


@pytest.fixture
def letter() -> uuid.UUID:
    """Return a stored letter."""
    return files.store(pdf_of("Lettre de mission"), purpose="document").id


def _begin(letter: uuid.UUID, reference: str = "letter") -> uuid.UUID:
    return signing.begin(
        actor=ACTOR,
        person_id=ALICE,
        documents=[signing.ToSign("Lettre de mission", letter, signing.SignatureSettings(signer_name="Alice Martin"))],
        purpose="document",
        reference=reference,
        locale="fr",
    )


def _returned(trust: SmallTrust, address: str, **changes: Any) -> signing.Outcome:
    words = {"state": trust.state_of(address), "code": trust.approve(address), "person_id": ALICE, "actor": ACTOR}
    return signing.complete_authorisation(**{**words, **changes})


def test_alice_signs_and_the_result_is_valid(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    address = signing.authorisation_address(request, person_id=ALICE)
    details = trust.pushed[list(trust.pushed)[-1]]["details"]
    assert [one["label"] for one in details["documentDigests"]] == ["Lettre de mission"]
    outcome = _returned(trust, address)
    assert outcome.state == "completed"
    data = files.read(outcome.results[0].file_id)
    report = judged(data, signing.trusted_roots(), timezone.now())
    assert report.ok
    assert report.signatures[0].level == "B-LT"
    tags = [entry.tag for entry in evidence.history(signing_request=str(request))]
    assert tags == ["signature:prepared", "signature:authorised", "signature:received", "signature:completed"]
    assert evidence.verify() is None


def test_nothing_is_left_of_activation_and_prepared_files(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    prepared = SigningRequest.objects.get(pk=request).items.get().prepared_file
    _returned(trust, signing.authorisation_address(request, person_id=ALICE))
    row = SigningRequest.objects.get(pk=request)
    assert bytes(row.sealed_activation) == b""
    assert bytes(row.sealed_verifier) == b""
    with pytest.raises(files.FileUnknown):
        files.read(prepared)


def test_who_has_no_certificate_is_told_so(trust: SmallTrust, letter: uuid.UUID) -> None:
    with pytest.raises(signing.NoCredential):
        _begin(letter)


def test_a_foreign_or_used_state_changes_nothing(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    address = signing.authorisation_address(_begin(letter), person_id=ALICE)
    for changes in ({"state": "foreign"}, {"person_id": 8}, {"state": ""}):
        with pytest.raises(signing.AuthorisationMismatch):
            _returned(trust, address, **changes)
    uses = trust.uses_of_the_key
    first, second = _returned(trust, address), _returned(trust, address)
    assert first.id == second.id
    assert trust.uses_of_the_key == uses + 1


def test_a_second_address_makes_the_first_one_dead(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    old = signing.authorisation_address(request, person_id=ALICE)
    new = signing.authorisation_address(request, person_id=ALICE)
    with pytest.raises(signing.AuthorisationMismatch):
        _returned(trust, old)
    assert _returned(trust, new).state == "completed"


def test_nobody_gets_the_address_of_somebody_else(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    with pytest.raises(NotFound):
        signing.authorisation_address(_begin(letter), person_id=8)


def test_a_code_that_the_provider_refuses_signs_nothing(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    address = signing.authorisation_address(_begin(letter), person_id=ALICE)
    with pytest.raises(signing.AuthorisationMismatch):
        _returned(trust, address, code="code-stolen")


def test_the_holder_may_refuse(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    address = signing.authorisation_address(request, person_id=ALICE)
    outcome = signing.refuse(state=trust.state_of(address), person_id=ALICE, actor=ACTOR)
    assert outcome.state == "refused"
    with pytest.raises(signing.AuthorisationMismatch):
        _returned(trust, address)


@pytest.mark.parametrize("path", ["/csc/v2/signatures/signHash", "/tsa"])
@pytest.mark.parametrize("fault", ["down", "nonsense", "hang up"])
def test_a_provider_that_goes_away_in_the_middle_is_waited_for(
    trust: SmallTrust, letter: uuid.UUID, path: str, fault: str
) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    address = signing.authorisation_address(request, person_id=ALICE)
    trust.faults[path] = fault
    uses = trust.uses_of_the_key
    waiting = _returned(trust, address)
    if (path, fault) == ("/tsa", "nonsense"):
        assert waiting.state == "signed", "an answer that is no timestamp is no timestamp"
    assert waiting.state in ("authorised", "signed")
    trust.faults.clear()
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=True):
        assert signing.sweep() == 1
    assert signing.outcome(request).state == "completed"
    assert trust.uses_of_the_key == uses + 1


def test_a_process_killed_after_the_key_was_used_asks_again_and_gets_the_same(
    trust: SmallTrust, letter: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    address = signing.authorisation_address(request, person_id=ALICE)
    uses = trust.uses_of_the_key

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as blow:
        blow.setattr(SigningItem, "save", die)
        with pytest.raises(KeyboardInterrupt):
            _returned(trust, address)
    assert signing.outcome(request).state == "authorised"
    assert trust.uses_of_the_key == uses + 1
    with monkeypatch.context() as blow:
        blow.setattr(finishing, "_finish", die)
        with pytest.raises(KeyboardInterrupt):
            signing.complete(request)
    assert signing.outcome(request).state == "signed"
    assert signing.complete(request).state == "completed"
    assert trust.uses_of_the_key == uses + 1


def test_a_wrong_number_of_signatures_fails_the_request(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    address = signing.authorisation_address(_begin(letter), person_id=ALICE)
    trust.faults["/csc/v2/signatures/signHash"] = (200, {"signatures": []})
    outcome = _returned(trust, address)
    assert (outcome.state, outcome.failure) == ("failed", "wrong_number_of_signatures")


def test_a_request_that_nobody_authorises_ends(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    request = _begin(letter)
    with time_machine.travel(timezone.now() + timedelta(hours=2), tick=True):
        signing.sweep()
    assert signing.outcome(request).failure == "abandoned"


def test_beginning_again_withdraws_what_was_prepared(trust: SmallTrust, letter: uuid.UUID) -> None:
    give_certificate(ALICE, trust)
    first, second = _begin(letter), _begin(letter)
    assert signing.outcome(first).state == "failed"
    assert signing.outcome(second).state == "prepared"


@pytest.mark.parametrize("fault", ["down", "nonsense", "hang up", (200, {"credentialIDs": "x"})])
def test_no_usable_answer_is_said_before_anything_is_kept(trust: SmallTrust, letter: uuid.UUID, fault: object) -> None:
    give_certificate(ALICE, trust)
    trust.faults["/csc/v2/credentials/list"] = fault
    with pytest.raises(signing.TrustUnavailable):
        _begin(letter)
    assert not SigningRequest.objects.exists()
