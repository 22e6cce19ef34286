"""The operator's page with everything on it that can stand still, on a desk and on a telephone."""

import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings as site_settings
from django.test import Client
from django.utils import timezone

from paraphe.floor.jobs.models import DeadLetter, Schedule
from paraphe.floor.messaging.models import Message
from paraphe.kernel.actor import Actor
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes.models import Envelope
from paraphe.platform.evidence import api as evidence
from paraphe.platform.proof.models import Proof
from paraphe.platform.signing.models import ServiceTrouble, SigningRequest
from paraphe.platform.web.operations.trouble import troubles
from tests.platform.conftest import ACTOR
from tests.platform.envelopes.test_ceremony import Guest, started
from tests.platform.envelopes.test_reports import token_of
from tests.platform.faults.post import read
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.browser import chromium, served, visit
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/exploitation/"
PICTURES = os.environ.get("PARAPHE_TEST_PICTURES", "")


def everything_stands_still(trust: SmallTrust) -> uuid.UUID:
    """Let all that the page knows of happen, an hour ago; return the collection whose signature waits."""
    ago = timezone.now() - timedelta(hours=1)
    with time_machine.travel(timezone.now() - timedelta(hours=3), tick=True):
        evidence.record("document:added", actor=ACTOR, subjects={"firm": "1"})
    reported, signing, archiving = started(("claire",)), started(("denis",)), started(("elsa",))
    envelopes.report(token_of(reported), Actor("recipient", ""), reason="fraud", text="Je ne connais pas ce cabinet.")
    denis = Guest(trust, signing, "Denis")
    denis.reads()
    denis.agrees()
    address = denis.goes()
    trust.faults["/ocsp/natural"] = "down"
    denis.types_code(address)
    SigningRequest.objects.update(changed_at=ago)
    Envelope.objects.filter(pk=archiving).update(
        state="completing", stuck_code="timestamp_unavailable", stuck_at=ago, changed_at=ago
    )
    Message.objects.filter(kind="email").update(attempts=7, trouble="ConnectionRefusedError", created_at=ago)
    first = Message.objects.filter(kind="sms").first()
    assert first is not None
    Message.objects.filter(pk=first.pk).update(state="failed", sealed=None, reason="refused", created_at=ago)
    for part in ("provider", "codes", "keys", "timestamps"):
        ServiceTrouble.objects.create(part=part, since=ago, seen_at=timezone.now())
    Schedule.objects.create(path="paraphe.floor.messaging.jobs.tidy_outbox", cron="* * * * *", next_due=ago)
    DeadLetter.objects.create(
        path="paraphe.floor.messaging.jobs.tidy_outbox", attempts=3, error="ValueError < jobs.py:9", died_at=ago
    )
    Proof.objects.create(
        key="proof", kind="evidence", firm=cast.firm(cast.MARTIN), collection=uuid.uuid4(), created_at=ago,
        failure="no_credential",
    )  # fmt: skip
    return signing


@pytest.fixture
def operator(settings: Any) -> Client:
    client, person = registered(cast.ALICE)
    settings.OPERATORS, settings.OIDC_ISSUER = frozenset({person.sub}), person.iss
    return client


def test_everything_that_stands_still_is_on_one_page(trust: SmallTrust, operator: Client) -> None:
    held_up = everything_stands_still(trust)
    found = {one.kind for one in troubles()}
    assert found == {
        "report", "worker", "service", "waiting", "collection", "signature", "proof", "heads", "job", "message",
    }  # fmt: skip
    name = site_settings.SESSION_COOKIE_NAME
    with served() as site, chromium() as browser:
        host = urlsplit(site).hostname
        cookies = [{"name": name, "value": operator.cookies[name].value, "domain": host, "path": "/"}]
        for width in (1280, 390):
            with visit(browser, site + PAGE, width=width, storage_state={"cookies": cookies}) as seen:
                assert seen.violations() == []
                assert seen.overflow() <= 0
                assert seen.complaints == []
                if PICTURES:
                    seen.page.screenshot(path=Path(PICTURES) / f"exploitation-{width}.png", full_page=True)
                # The sender of what waits reads so on his own page.
                seen.page.goto(f"{site}/collectes/{held_up}/")
                seen.page.get_by_text("Sa signature attend un service qui ne répond pas").first.wait_for()
                assert seen.violations() == []
                assert seen.overflow() <= 0
                if PICTURES:
                    seen.page.screenshot(path=Path(PICTURES) / f"collecte-{width}.png", full_page=True)
                seen.page.goto(site + PAGE)
                if width == 390:
                    seen.page.get_by_role("button", name="Réessayer maintenant : Signature").click()
                    seen.page.get_by_text("Toujours en attente : L'état d'un certificat").wait_for()


def test_the_buttons_do_what_they_say(trust: SmallTrust, operator: Client) -> None:
    everything_stands_still(trust)
    trust.faults.clear()
    by_kind = {one.kind: one for one in troubles() if one.action == "retry"}
    for kind in ("signature", "heads", "waiting"):
        page = operator.post(f"{PAGE}reprendre/", {"what": by_kind[kind].key}, follow=True)
        assert "C'est repris." in read(page), kind
    left = {one.kind for one in troubles()}
    assert "signature" not in left
    assert "heads" not in left
    # The collection was put into its state by hand: nobody signed it, and the page says what is in the way.
    page = operator.post(f"{PAGE}reprendre/", {"what": by_kind["collection"].key}, follow=True)
    assert "Toujours en attente" in read(page)
    for nonsense in ("", "signature", f"signature:{uuid.uuid4()}", "proof:x", "messages:1", "what:ever"):
        assert "Cela n'attend plus." in read(operator.post(f"{PAGE}reprendre/", {"what": nonsense}, follow=True))
