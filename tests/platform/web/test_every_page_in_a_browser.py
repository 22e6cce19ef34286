"""Pages that no other test opens in a browser, each with something in it, at the width of a telephone.

Axe, the content policy, the width of the window, and that the page has a title of its own. Set
``PARAPHE_TEST_PICTURES`` to a folder to get pictures of them, at both widths.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser

from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.envelopes import links
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.mandates.models import Mandate
from paraphe.platform.sealing.models import Delivery
from tests.platform.conftest import give_certificate
from tests.platform.envelopes.support import Desk, sign
from tests.platform.envelopes.test_ceremony import started
from tests.platform.mandates.test_mandates import granted
from tests.platform.sealing import hands
from tests.platform.web.test_ceremony import arrive
from tests.platform.web.test_every_address import add_letter, registered
from tests.support import cast
from tests.support.browser import chromium, served, visit
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)
PICTURES = os.environ.get("PARAPHE_TEST_PICTURES", "")


@dataclass
class Walk:
    """Opens pages one after the other and keeps what is wrong with each."""

    browser: Browser
    site: str
    wrong: list[str] = field(default_factory=list)

    def open(self, client: Client, *addresses: str) -> None:
        """Open these as whoever is signed in with ``client``."""
        name = site_settings.SESSION_COOKIE_NAME
        cookies = (
            [{"name": name, "value": client.cookies[name].value, "url": self.site}] if name in client.cookies else []
        )
        for width in (1280, 390) if PICTURES else (390,):
            with visit(self.browser, "about:blank", width=width) as seen:
                seen.page.context.add_cookies(cookies)  # type: ignore[arg-type]
                for address in addresses:
                    self._look(seen, address, width)

    def _look(self, seen: Any, address: str, width: int) -> None:
        seen.complaints.clear()
        answer = seen.page.goto(self.site + address)
        found = [*seen.violations(), *(one for one in seen.complaints if "status of" not in one)]
        if seen.overflow() > 0:
            found.append(f"wider than its window by {seen.overflow()}")
        if answer.status >= 500 or not seen.page.title():
            found.append(f"status {answer.status}, title {seen.page.title()!r}")
        if seen.page.get_by_role("heading", level=1).count() != 1:
            found.append(f"{seen.page.get_by_role('heading', level=1).count()} headings of the first level")
        self.wrong += [f"{address} at {width}: {one}" for one in found]
        if PICTURES:
            name = "-".join(part[:12] for part in address.split("?", maxsplit=1)[0].strip("/").split("/"))
            seen.page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


@pytest.fixture
def walk(trust: SmallTrust, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a walk through the site; the browser's driver runs a loop in this thread."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
    with chromium() as browser, served() as site:
        yield Walk(browser, site)


def of(name: str, *words: object) -> str:
    return reverse(name, args=words)


def test_pages_of_who_sends(walk: Walk, trust: SmallTrust) -> None:
    client, person = registered(cast.ALICE)
    alice = Desk(person, cast.firm(cast.MARTIN))
    draft, running, done = (
        alice.ready("claire", "denis", "elsa"),
        alice.launched("claire", "denis"),
        alice.launched("claire"),
    )
    sign(trust, running.id, "claire@vidal.example")
    sign(trust, done.id, "claire@vidal.example")
    client.post(of("envelope-make-template", draft.id))
    template = Envelope.objects.get(state="template")
    claire = draft.recipients[0].id
    walk.open(
        client, of("envelopes"), of("envelope-templates"), of("envelope-table", template.pk),
        *(of(f"envelope-{step}", draft.id) for step in ("documents", "people", "message", "check", "delete")),
        of("envelope-person", draft.id, claire), of("envelope-preview", draft.id, claire),
        of("envelope", running.id), of("envelope", done.id), of("envelope-documents", template.pk),
        *(of(name, running.id, running.recipients[1].id) for name in ("envelope-correct", "envelope-replace")),
    )  # fmt: skip
    assert walk.wrong == []


def test_pages_of_the_firm(walk: Walk, trust: SmallTrust) -> None:
    client, person = registered(cast.ALICE)
    for one in (person, registered(cast.CHLOE)[1]):
        give_certificate(one.pk, trust)
    mandate: Mandate = granted(trust)
    letter = add_letter(client).pk
    walk.open(
        client, of("delegations"), of("mandate-new"), of("mandate", mandate.pk), of("mandate-public", mandate.pk),
        of("history"), of("proofs"), of("documents"), of("document", letter), of("document-sign", letter),
        of("document-history", letter), of("document-signatures", letter), of("sign-many"), of("my-signature"),
        of("choose-firm"), of("no-access"), of("verify"), of("help"), of("confidence"),
        of("registration-done"),
    )  # fmt: skip
    assert walk.wrong == []


def test_pages_of_who_seals(walk: Walk, trust: SmallTrust) -> None:
    client, _ = registered(cast.ALICE)
    walk.open(client, of("batches"), of("seal"))
    alice, firm = hands.with_seal(trust)
    draft, sealed = hands.a_batch(alice, firm), hands.a_batch(alice, firm)
    for batch in (draft, sealed):
        hands.fill(alice, firm, batch, [*hands.payslips(3, "novembre/"), ("cassé.pdf", b"%PDF-1.4 x")])
    hands.released(alice, firm, sealed, trust)
    hands.done(sealed)
    hands.standing_for(alice, firm, registered(cast.INES)[1], trust)
    walk.open(
        client, of("batches"), of("batch-new"), of("seal"), of("standing-new"), of("batch-change", draft),
        of("batch-deliver", sealed), *(of(name, one) for one in (draft, sealed) for name in ("batch", "batch-files")),
    )  # fmt: skip
    assert walk.wrong == []
    assert not Delivery.objects.exists()


def test_what_a_guest_is_told(walk: Walk, trust: SmallTrust) -> None:
    """What an approver reads, who waits, who must have his identity checked, who said no, who reports."""

    def guest(change: Callable[[Recipient], object] | None = None, **options: Any) -> tuple[Client, str, Recipient]:
        envelope_id = started(("claire",), may_forward=True, **options)
        claire = Recipient.objects.get(envelope_id=envelope_id)
        if change is not None:
            change(claire)
            claire.save()
        client = Client()
        return client, arrive(client, envelope_id), claire

    client, here, claire = guest(lambda one: setattr(one, "role", "approver"))
    walk.open(client, here, f"{here}approuver/")
    client.post(f"{here}approuver/")
    walk.open(client, here)
    client, here, claire = guest(lambda one: setattr(one, "level", "advanced"))
    walk.open(client, f"{here}signer/", f"{here}attente/", f"{here}identite/", "/signer/retour/?state=x&code=y")
    client, here, claire = guest()
    walk.open(client, f"/signaler/{links.token_of(claire)}/", "/signaler/nothing/", f"{here}document/{claire.pk}/")
    client.post(f"{here}refuser/", {"text": "Le montant n'est pas le bon."})
    walk.open(client, here)
    assert walk.wrong == []
    assert envelopes.open_reports() == []
