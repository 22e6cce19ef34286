"""Every page of a guest at the width of a telephone, with and without script: axe, the window, the content policy."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from paraphe.platform.envelopes.models import Envelope, Recipient
from tests.platform.envelopes.support import desk
from tests.platform.envelopes.test_ceremony import launched, started, with_boxes
from tests.platform.web.test_ceremony import address
from tests.support.browser import Visit, chromium, served, visit
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)
PAGES = ("", "lire/1/", "remplir/", "refuser/", "question/", "transmettre/", "pas-moi/")


def fits(seen: Visit) -> None:
    assert seen.violations() == [], seen.page.url
    assert seen.overflow() <= 0, seen.page.url
    # The console repeats a status that says no; the page says it too.
    assert [one for one in seen.complaints if "status of" not in one] == []


def scribble(seen: Visit) -> None:
    """Draw two strokes on the first paper that is open."""
    paper = seen.page.locator("[data-ink-paper]:visible").first
    paper.scroll_into_view_if_needed()
    box = paper.bounding_box()
    assert box is not None
    for y in (0.3, 0.7):
        seen.page.mouse.move(box["x"] + 20, box["y"] + box["height"] * y)
        seen.page.mouse.down()
        seen.page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * (1 - y), steps=5)
        seen.page.mouse.up()


def strokes_of(seen: Visit) -> int:
    """Return how many strokes the first paper holds."""
    value = str(seen.page.locator("[data-ink-strokes]").first.input_value())
    return len(value.split(";")) if value else 0


def becomes(state: str) -> None:
    """Bring the one collection into a state in which a guest may find it; the browser's driver has a loop here."""

    def change() -> None:
        Envelope.objects.update(state=state)
        Recipient.objects.update(state="signed", level="advanced")
        connections.close_all()

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(change).result()


def test_every_page_of_a_guest(trust: SmallTrust) -> None:
    envelope_id = launched(desk(), with_boxes(desk()))
    Envelope.objects.update(may_forward=True, read_all_pages=True)
    link = address(envelope_id, "Claire")
    with chromium() as browser, served() as site:
        with visit(browser, site + link, width=390) as seen:
            here = seen.page.url
            for page in PAGES:
                seen.page.goto(here + page)
                fits(seen)
            seen.page.goto(here)
            seen.page.get_by_role("button", name="J'ai lu, continuer").is_disabled()
            for figure in seen.page.locator(".page-figure").all():
                figure.scroll_into_view_if_needed()
                seen.page.wait_for_timeout(200)
            seen.page.get_by_role("button", name="J'ai lu, continuer").click()
            seen.page.get_by_role("button", name="Continuer").click()
            seen.page.get_by_text("Remplissez cette case.").first.wait_for()
            fits(seen)
            for label, value in (("Ville", "Évry"), ("Mention à recopier", "Lu et approuvé"), ("Paraphe", "CV")):
                seen.page.get_by_label(label).fill(value)
            seen.page.get_by_label("Option").check()
            # Initials are drawn as well, and come back when the page does.
            seen.page.locator("summary", has_text="Dessiner mon paraphe").click()
            scribble(seen)
            fits(seen)
            seen.page.get_by_role("button", name="Continuer").click()
            seen.page.get_by_role("heading", name="Signer", exact=True).wait_for()
            seen.page.goto(here + "remplir/")
            assert strokes_of(seen) == 2
            assert seen.page.locator("[data-ink-paper]:visible").count() == 1
            seen.page.get_by_role("button", name="Continuer").click()
            seen.page.locator("summary", has_text="Ajouter l'image").click()
            seen.page.get_by_role("button", name="Écrire mon nom").click()
            fits(seen)
            seen.page.get_by_role("checkbox").press("Space")
            trust.faults["/enrolment/v1/one-shots"] = "down"
            seen.page.get_by_role("button", name="Signer et recevoir mon code").press("Enter")
            seen.page.get_by_role("link", name="Réessayer").wait_for()
            fits(seen)
            for state in ("running", "completing", "completed", "refused", "expired", "cancelled"):
                becomes(state)
                for page in ("", "code/"):
                    seen.page.goto(here + page)
                    fits(seen)
        with visit(browser, f"{site}/signer/nothing/", width=390) as seen:
            fits(seen)


def test_without_script_page_by_page(trust: SmallTrust) -> None:
    link = address(started(("claire",), read_all_pages=True), "Claire")
    with (
        chromium() as browser,
        served() as site,
        visit(browser, site + link, width=390, java_script_enabled=False) as seen,
    ):
        seen.page.get_by_role("button", name="J'ai lu, continuer").click()
        seen.page.get_by_text("Page 1 sur 2").first.wait_for()
        seen.page.get_by_role("link", name="Page suivante").click()
        seen.page.get_by_role("link", name="J'ai lu, continuer").click()
        seen.page.get_by_role("checkbox").check()
        before = len(trust.pushed)
        # The content policy knows the trust site of the settings, not the one of this test: it ends the way there.
        seen.page.get_by_role("button", name="Signer et recevoir mon code").click()
        for _ in range(50):
            seen.page.wait_for_timeout(100)
            if len(trust.pushed) > before:
                break
        assert len(trust.pushed) == before + 1
