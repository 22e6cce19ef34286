"""The editor of boxes and the order of people in a real browser: by mouse, by touch, by keyboard."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from paraphe.platform.envelopes import api as envelopes
from tests.platform.envelopes.support import Desk
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.browser import chromium, served, visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, chromium() as found:
        # The browser's driver runs a loop in this thread; the database is asked between its steps, never during one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield found


def alice() -> tuple[Client, Desk]:
    client, person = registered(cast.ALICE)
    return client, Desk(person, cast.firm(cast.MARTIN))


def enters(page: Page, client: Client, site: str) -> None:
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])


def saved(page: Page) -> None:
    expect(page.locator("[data-editor-status]")).to_have_text("Enregistré", timeout=10_000)


@pytest.mark.parametrize("width", [1280, 390])
def test_boxes_are_placed_moved_copied_and_undone(browser: Browser, width: int) -> None:
    client, desk = alice()
    draft = desk.draft("claire", "denis")
    with served() as site, visit(browser, site, width=width) as seen:
        page = seen.page
        enters(page, client, site)
        page.goto(site + reverse("envelope-boxes", args=[draft.id]))
        signature, first = page.locator('[data-kind="signature"]'), page.locator(".editor-page").first
        if width > 1000:
            signature.drag_to(first, target_position={"x": 200, "y": 150})
        else:
            signature.click()
            first.click(position={"x": 150, "y": 150})
        expect(page.locator(".field-box")).to_have_count(1)
        # The second signer by keyboard alone: Enter places, arrows move, the page turns.
        page.get_by_role("radio", name="Denis Roux").focus()
        page.keyboard.press("Space")
        signature.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("PageDown")
        assert "Denis Roux, page 2" in str(page.locator(".field-box:focus").get_attribute("aria-label"))
        page.locator('[data-kind="initials"]').focus()
        page.keyboard.press("Enter")
        page.locator("[data-props-copy]").click()
        expect(page.locator(".field-box")).to_have_count(4)
        page.keyboard.press("Control+z")
        expect(page.locator(".field-box")).to_have_count(3)
        saved(page)
        kept = desk.now(draft.id).documents[0].fields
        assert sorted(one.kind for one in kept) == ["initials", "signature", "signature"]
        assert {one.recipient_id for one in kept} == {one.id for one in draft.recipients}
        page.locator(".field-box").first.focus()
        page.keyboard.press("Delete")
        expect(page.locator(".field-box")).to_have_count(2)
        assert seen.overflow() <= 0
        assert seen.violations() == []
        assert seen.complaints == []


def test_two_tabs_do_not_overwrite_each_other(browser: Browser) -> None:
    client, desk = alice()
    draft = desk.draft("claire")
    address = reverse("envelope-boxes", args=[draft.id])
    with served() as site, visit(browser, site, width=1280) as seen:
        first = seen.page
        enters(first, client, site)
        first.goto(site + address)
        second = first.context.new_page()
        second.goto(site + address)
        first.locator('[data-kind="initials"]').focus()
        for key in ("Enter", "ArrowRight"):
            first.keyboard.press(key)
            saved(first)
        second.locator('[data-kind="date"]').focus()
        second.keyboard.press("Enter")
        expect(second.locator("[data-editor-status]")).to_contain_text("modifiée entre-temps", timeout=10_000)
        second.get_by_role("button", name="Enregistrer").click()
        expect(second.locator("[data-field-row]")).to_have_count(1)
        # What was typed a moment before the button is kept, with the revision that autosave got.
        first.locator(".field-box").focus()
        first.keyboard.press("ArrowDown")
        first.get_by_role("button", name="Continuer").click()
        first.wait_for_url("**/message/")
        assert [one.kind for one in desk.now(draft.id).documents[0].fields] == ["initials"]
        assert seen.complaints == []


def test_people_are_dragged_side_by_side_and_moved_by_arrows(browser: Browser) -> None:
    client, desk = alice()
    draft = desk.draft("claire", "denis")
    with served() as site, visit(browser, site, width=1280) as seen:
        page = seen.page
        enters(page, client, site)
        page.goto(site + reverse("envelope-people", args=[draft.id]))
        handle = page.get_by_role("button", name="Déplacer Denis Roux", exact=False).bounding_box()
        target = page.locator(".order-step").first.bounding_box()
        assert handle is not None
        assert target is not None
        page.mouse.move(handle["x"] + 9, handle["y"] + 9)
        page.mouse.down()
        page.mouse.move(handle["x"] + 9, target["y"] + target["height"] / 2, steps=4)
        page.mouse.up()
        expect(page.locator(".order-step.is-parallel")).to_have_count(1)
        assert [one.step for one in envelopes.get(desk.person, desk.firm, draft.id).recipients] == [1, 1]
        page.get_by_role("button", name="Déplacer Claire Vidal", exact=False).focus()
        page.keyboard.press("ArrowDown")
        expect(page.locator(".order-step")).to_have_count(2)
        assert [one.given_name for one in desk.now(draft.id).recipients] == ["Denis", "Claire"]
        assert seen.violations() == []
        assert seen.complaints == []
