"""Alice's key signs what she authorised, once, and nothing else."""

import os
import signal
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from django.db import connections
from django.utils import timezone

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.trust.codes import api as codes
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.register import api as register
from paraphe.trust.remote import api as remote
from paraphe.trust.remote.models import Activation
from paraphe.trust.vault import api as vault
from tests.support.children import wait_for
from tests.trust.conftest import SignerProcess
from tests.trust.ra.people import ALICE
from tests.trust.remote.holders import (
    LETTER,
    REPORT,
    activated,
    alices_credential,
    confirmed_challenge,
    mallorys_program,
    platform,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential(hierarchy: Path) -> remote.Credential:
    platform()
    mallorys_program()
    return alices_credential()


def _sign(credential: remote.Credential, sad: str, digests: list[bytes], **changes: Any) -> list[bytes]:
    values: dict[str, Any] = {
        "sad": sad,
        "credential_id": credential.id,
        "client_id": "platform",
        "digests": digests,
        "algorithm": "ecdsa-sha256",
        "attempt_id": "attempt-1",
    }
    return remote.sign(**{**values, **changes})


def _verify(credential: remote.Credential, digest: bytes, signature: bytes) -> None:
    key = remote.certificate_of(credential).public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def _tags(credential: remote.Credential) -> list[str]:
    return list(journal.about(credential=credential.id).order_by("sequence").values_list("tag", flat=True))


def _refusals(credential: remote.Credential) -> list[str]:
    entries = journal.about(credential=credential.id).filter(tag="signature:refused").order_by("sequence")
    return [entry.data["reason"] for entry in entries]


def test_a_credential_is_issued_once_per_attempt(hierarchy: Path) -> None:
    attempt = uuid4()
    alice = ra.create_subject("platform", ALICE)
    values: Any = {"attempt_id": attempt, "client_id": "platform", "profile_name": "natural-person"}
    first = remote.issue_credential(subject=alice, **values)
    again = remote.issue_credential(subject=alice, **values)
    assert (again.pk, again.key_id) == (first.pk, first.key_id)
    assert remote.certificate_of(again) == remote.certificate_of(first)
    assert remote.common_name_of(first) == "Alice Martin"
    assert _tags(first).count("credential:issued") == 1
    with pytest.raises(NotFound):
        remote.issue_credential(subject=ra.create_subject("platform", ALICE), **values)


def test_an_issuance_that_stopped_goes_on(hierarchy: Path, signer: SignerProcess) -> None:
    attempt = uuid4()
    alice = ra.create_subject("platform", ALICE)
    values: Any = {"attempt_id": attempt, "client_id": "platform", "profile_name": "natural-person"}
    signer.kill()
    with pytest.raises(vault.VaultUnavailable):
        remote.issue_credential(subject=alice, **values)
    assert remote.credentials_of("platform", alice.pk) == []
    signer.start()
    made = remote.issue_credential(subject=alice, **values)
    assert [row.pk for row in remote.credentials_of("platform", alice.pk)] == [made.pk]
    assert remote.certificate_status(made) == "valid"


def test_what_was_authorised_is_signed_in_the_order_asked_for(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER, REPORT])
    report, letter = _sign(credential, sad, [REPORT, LETTER])
    _verify(credential, LETTER, letter)
    _verify(credential, REPORT, report)
    assert _tags(credential)[-3:] == ["activation:given", "signature:claimed", "signature:made"]


def test_the_same_attempt_gets_the_recorded_signatures_without_the_key(
    credential: remote.Credential, signer: SignerProcess
) -> None:
    sad = activated(credential, [LETTER, REPORT])
    letter, report = _sign(credential, sad, [LETTER, REPORT])
    signer.kill()
    assert _sign(credential, sad, [REPORT, LETTER]) == [report, letter]
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert _sign(credential, sad, [LETTER, REPORT]) == [letter, report]
    assert _tags(credential).count("signature:made") == 1


def test_two_equal_digests_are_two_signatures(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER, LETTER])
    for signature in _sign(credential, sad, [LETTER, LETTER]):
        _verify(credential, LETTER, signature)


@pytest.mark.parametrize(
    ("reason", "changes", "digests"),
    [
        ("digests", {}, [REPORT]),
        ("digests", {}, [LETTER, REPORT]),
        ("digests", {}, [LETTER, LETTER]),
        ("other-client", {"client_id": "mallory"}, [LETTER]),
        ("other-credential", {"credential_id": uuid4()}, [LETTER]),
        ("unknown", {"sad": "guessed"}, [LETTER]),
        ("algorithm_refused", {"algorithm": "rsa-pkcs1-sha256"}, [LETTER]),
    ],
)
def test_anything_else_is_refused_and_journaled_and_uses_nothing_up(
    credential: remote.Credential, reason: str, changes: dict, digests: list[bytes]
) -> None:
    sad = activated(credential, [LETTER])
    with pytest.raises(DomainError):
        _sign(credential, **{"sad": sad, "digests": digests, **changes})
    entry = journal.JournalEntry.objects.filter(tag="signature:refused").get()
    assert entry.data["reason"] == reason
    [signature] = _sign(credential, sad, [LETTER])
    _verify(credential, LETTER, signature)


@pytest.mark.parametrize("attempt", ["attempt-2", ""])
def test_a_used_activation_is_worth_nothing_to_another_attempt(credential: remote.Credential, attempt: str) -> None:
    sad = activated(credential, [LETTER])
    _sign(credential, sad, [LETTER])
    with pytest.raises(remote.ActivationRefused):
        _sign(credential, sad, [LETTER], attempt_id=attempt)
    assert _refusals(credential) == ["replay-used"]


def test_without_an_attempt_there_is_no_repeat(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER])
    _sign(credential, sad, [LETTER], attempt_id="")
    with pytest.raises(remote.ActivationRefused):
        _sign(credential, sad, [LETTER], attempt_id="")


def test_the_same_attempt_with_other_digests_is_refused(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER])
    _sign(credential, sad, [LETTER])
    with pytest.raises(remote.ActivationRefused):
        _sign(credential, sad, [REPORT])


def test_an_activation_lives_five_minutes(credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sad = activated(credential, [LETTER])
        clock.shift(timedelta(minutes=5))
        with pytest.raises(remote.ActivationExpired):
            _sign(credential, sad, [LETTER])
    assert _refusals(credential) == ["expired"]


def test_a_revoked_certificate_signs_no_more(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER])
    register.revoke(remote.certificate_of(credential).serial_number, "key_compromise", SYSTEM)
    with pytest.raises(remote.CredentialUnusable):
        _sign(credential, sad, [LETTER])
    with pytest.raises(remote.CredentialUnusable):
        activated(credential, [LETTER])
    assert remote.certificate_status(credential) == "revoked"


def test_an_expired_certificate_signs_no_more(credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=3 * 366)):
        with pytest.raises(remote.CredentialUnusable) as refusal:
            activated(credential, [LETTER])
        assert refusal.value.params["status"] == "expired"


def test_a_client_takes_back_what_it_did_not_use(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER])
    assert not remote.revoke_activation("mallory", sad)
    assert remote.revoke_activation("platform", sad)
    with pytest.raises(remote.ActivationRefused):
        _sign(credential, sad, [LETTER])


def test_one_confirmation_gives_one_activation(credential: remote.Credential) -> None:
    values: Any = {
        "credential_id": credential.id,
        "client_id": "platform",
        "challenge_id": confirmed_challenge(),
        "labels": ["Lettre de mission"],
    }
    lost = remote.activate(digests=[LETTER], **values)
    kept = remote.activate(digests=[LETTER], **values)
    with pytest.raises(remote.ActivationRefused):
        _sign(credential, lost, [LETTER])
    with pytest.raises(remote.ReuseRefused):
        remote.activate(digests=[REPORT], **values)
    _sign(credential, kept, [LETTER])
    with pytest.raises(remote.ReuseRefused):
        remote.activate(digests=[LETTER], **values)


def test_a_code_that_went_to_another_telephone_activates_nothing(credential: remote.Credential) -> None:
    with pytest.raises(codes.CodeWrong):
        remote.activate(
            credential_id=credential.id,
            client_id="platform",
            digests=[LETTER],
            challenge_id=confirmed_challenge("+33698765432"),
            labels=["Lettre de mission"],
        )


def test_another_client_cannot_activate_alices_key(credential: remote.Credential) -> None:
    with pytest.raises(NotFound):
        remote.activate(
            credential_id=credential.id,
            client_id="mallory",
            digests=[LETTER],
            challenge_id=confirmed_challenge(),
            labels=["Lettre de mission"],
        )


@pytest.mark.parametrize("digests", [[], [b"short"], [LETTER] * 501])
def test_only_digests_are_signed(credential: remote.Credential, digests: list[bytes]) -> None:
    with pytest.raises(remote.DigestsRefused):
        activated(credential, digests)


def test_the_activation_data_is_not_stored_in_clear(credential: remote.Credential) -> None:
    sad = activated(credential, [LETTER])
    assert sad not in str(list(Activation.objects.values()))
    assert sad not in str(list(journal.JournalEntry.objects.values()))


class _Killed(BaseException):
    """What kill -9 looks like to the code that never gets to its next line."""


def _killed_before(monkeypatch: pytest.MonkeyPatch, act: Callable[..., Any]) -> None:
    def die(*args: object, **kwargs: object) -> None:
        act(*args, **kwargs)
        raise _Killed

    monkeypatch.setattr(vault, "sign", die)


@pytest.mark.parametrize("after_the_key", [False, True])
def test_a_process_killed_between_claim_and_record_is_finished_once_by_the_same_attempt(
    credential: remote.Credential, monkeypatch: pytest.MonkeyPatch, after_the_key: bool
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sad = activated(credential, [LETTER])
        with monkeypatch.context() as patch:
            _killed_before(patch, vault.sign if after_the_key else lambda *args: None)
            with pytest.raises(_Killed):
                _sign(credential, sad, [LETTER])
        with pytest.raises(remote.SigningInProgress):
            _sign(credential, sad, [LETTER])
        with pytest.raises(remote.ActivationRefused):
            _sign(credential, sad, [LETTER], attempt_id="mallorys")
        clock.shift(timedelta(minutes=10))
        [signature] = _sign(credential, sad, [LETTER])
        assert _sign(credential, sad, [LETTER]) == [signature]
    _verify(credential, LETTER, signature)
    assert _tags(credential).count("signature:made") == 1


def test_a_signer_that_was_away_does_not_cost_the_activation(
    credential: remote.Credential, signer: SignerProcess
) -> None:
    sad = activated(credential, [LETTER])
    signer.kill()
    with pytest.raises(vault.VaultUnavailable):
        _sign(credential, sad, [LETTER])
    signer.start()
    [signature] = _sign(credential, sad, [LETTER])
    _verify(credential, LETTER, signature)


def test_activations_go_a_day_after_their_end_but_not_in_the_middle(
    credential: remote.Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        used, stopped = activated(credential, [LETTER]), activated(credential, [REPORT])
        _sign(credential, used, [LETTER])
        with monkeypatch.context() as patch:
            _killed_before(patch, lambda *args: None)
            with pytest.raises(_Killed):
                _sign(credential, stopped, [REPORT])
        clock.shift(timedelta(hours=23))
        assert remote.destroy_old() == 0
        clock.shift(timedelta(hours=2))
        assert remote.destroy_old() == 1
        _verify(credential, REPORT, _sign(credential, stopped, [REPORT])[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempts", [["one"] * 6, ["one", "two", "three", "four", "five", "six"]])
def test_parallel_redemption_uses_the_key_once(
    transactional_db: None, hierarchy: Path, attempts: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    platform()
    credential = alices_credential()
    sad = activated(credential, [LETTER])
    uses: list[object] = []
    signing = vault.sign

    def counted(*args: Any) -> list[bytes]:
        uses.append(args)
        return signing(*args)

    monkeypatch.setattr(vault, "sign", counted)
    start = threading.Barrier(len(attempts))
    results: list[list[bytes]] = []
    refusals: list[DomainError] = []

    def redeem(attempt: str) -> None:
        start.wait()
        try:
            results.append(_sign(credential, sad, [LETTER], attempt_id=attempt))
        except DomainError as error:
            refusals.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=redeem, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(uses) == 1
    assert len(results) + len(refusals) == len(attempts)
    assert len({tuple(result) for result in results}) == 1
    if len(set(attempts)) > 1:
        assert len(results) == 1
        assert all(isinstance(error, remote.ActivationRefused) for error in refusals)
    assert _tags(credential).count("signature:made") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("after_the_key", [False, True])
def test_kill_9_between_claim_and_record(
    transactional_db: None, hierarchy: Path, monkeypatch: pytest.MonkeyPatch, after_the_key: bool
) -> None:
    platform()
    credential = alices_credential()
    sad = activated(credential, [LETTER])
    connections.close_all()  # the child must not inherit them
    child = os.fork()
    if child == 0:
        signing = vault.sign

        def die(*args: Any) -> None:
            if after_the_key:
                signing(*args)
            os.kill(os.getpid(), signal.SIGKILL)

        monkeypatch.setattr(vault, "sign", die)
        _sign(credential, sad, [LETTER])
        os._exit(0)
    assert os.WTERMSIG(wait_for(child)) == signal.SIGKILL
    assert Activation.objects.get().state == "claimed"
    with time_machine.travel(timezone.now() + timedelta(minutes=10)):
        [signature] = _sign(credential, sad, [LETTER])
        assert _sign(credential, sad, [LETTER]) == [signature]
    _verify(credential, LETTER, signature)
    assert _tags(credential).count("signature:made") == 1
