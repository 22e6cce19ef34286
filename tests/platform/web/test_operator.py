"""The operator's page: for who is named, and signed in a short while ago; what stands still, why, and the remedy."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from paraphe.floor.jobs.models import DeadLetter
from paraphe.platform.accounts.models import Session
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.evidence import api as evidence
from tests.platform.conftest import ACTOR
from tests.support import cast

pytestmark = pytest.mark.django_db
PAGE = "/exploitation/"


@pytest.fixture
def alice(client: Client, settings: Any) -> Client:
    cast.sign_in_client(client, cast.ALICE)
    person = cast.sign_in(cast.ALICE)
    settings.OPERATORS, settings.OIDC_ISSUER = frozenset({person.sub}), person.iss
    return client


def test_it_is_not_there_for_anybody_else(alice: Client, settings: Any) -> None:
    bob = Client()
    cast.sign_in_client(bob, cast.BOB)
    assert bob.get(PAGE).status_code == 404
    settings.OPERATORS = frozenset()
    assert (alice.get(PAGE).status_code, Client().get(PAGE).status_code) == (404, 404)


def test_an_open_browser_an_hour_later_shows_nothing(alice: Client) -> None:
    assert alice.get(PAGE).status_code == 200
    Session.objects.update(opened_at=timezone.now() - timedelta(hours=1))
    answer = alice.get(PAGE)
    assert answer.status_code == 403
    assert "Se reconnecter" in answer.content.decode()


def test_nothing_stands_still(alice: Client) -> None:
    assert "tout avance" in alice.get(PAGE).content.decode()


def dead() -> DeadLetter:
    return DeadLetter.objects.create(
        path="paraphe.floor.messaging.jobs.tidy_outbox",
        args=[],
        kwargs={},
        attempts=3,
        error="ValueError",
        died_at=timezone.now(),
    )


def test_a_job_that_was_given_up_is_shown_and_tried_again(alice: Client) -> None:
    letter = dead()
    assert "tidy_outbox" in alice.get(PAGE).content.decode()
    alice.post(f"/exploitation/taches/{letter.pk}/")
    assert not DeadLetter.objects.exists()
    assert alice.post(f"/exploitation/taches/{letter.pk}/").status_code == 302


def test_a_collection_says_what_it_waits_for_and_no_title(alice: Client) -> None:
    person, firm = cast.sign_in(cast.ALICE), cast.firm(cast.MARTIN)
    long_ago = timezone.now() - timedelta(hours=1)
    Envelope.objects.create(
        firm=firm,
        sender=person,
        state="completing",
        title="Licenciement de Claire",
        expiry_days=15,
        created_at=long_ago,
        changed_at=long_ago,
        stuck_code="timestamp_unavailable",
        stuck_at=long_ago,
    )
    page = alice.get(PAGE).content.decode()
    assert "horodatage ne répond pas" in page
    assert "Licenciement" not in page


def test_heads_that_wait_for_their_timestamp_are_shown(alice: Client) -> None:
    import time_machine

    with time_machine.travel(timezone.now() - timedelta(hours=3), tick=False):
        evidence.record("document:added", actor=ACTOR, subjects={"firm": "1"})
    assert "horodatée" in alice.get(PAGE).content.decode()


def test_the_command_says_the_same(alice: Client) -> None:
    said = io.StringIO()
    call_command("stuck", stdout=said)
    assert "Nothing stands still" in said.getvalue()
    letter = dead()
    with pytest.raises(SystemExit):
        call_command("stuck", stdout=said)
    assert f"--revive {letter.pk}" in said.getvalue()
