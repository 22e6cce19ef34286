"""The editor of boxes and the order of people in a real browser: by mouse, by touch, by keyboard."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, FloatRect, Locator, Page, Route, expect

from paraphe.platform.envelopes import api as envelopes
from tests.platform.envelopes.support import Desk
from tests.platform.web.test_every_address import registered
from tests.support import cast
from tests.support.browser import chromium, served, visit
from tests.support.forms import FORM

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
        page.locator("[data-props-pages]").click()
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


class Finger:
    """One finger on the glass, as the browser is told of it."""

    def __init__(self, page: Page) -> None:
        self.page, self.glass = page, page.context.new_cdp_session(page)

    def tells(self, kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y} for x, y in points]
        self.glass.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    def drags(self, begin: tuple[float, float], by: tuple[float, float]) -> None:
        self.tells("touchStart", begin)
        for part in (0.3, 0.7, 1.0):
            self.tells("touchMove", (begin[0] + by[0] * part, begin[1] + by[1] * part))
        self.tells("touchEnd")


def place_of(found: Locator) -> FloatRect:
    """Return where something is in the window."""
    found.scroll_into_view_if_needed()
    box = found.bounding_box()
    assert box is not None
    return box


def test_a_finger_moves_and_sizes_a_box_and_it_stays_under_the_finger(browser: Browser) -> None:
    client, desk = alice()
    draft = desk.ready("claire")
    with served() as site, visit(browser, site, width=390, has_touch=True, is_mobile=True) as seen:
        page = seen.page
        enters(page, client, site)
        page.goto(site + reverse("envelope-boxes", args=[draft.id]))
        box, finger = page.locator(".field-box"), Finger(page)
        before = place_of(box)
        middle = (before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
        finger.drags(middle, (-90, -60))
        saved(page)
        [moved] = desk.now(draft.id).documents[0].fields
        [stood] = draft.documents[0].fields
        scale = stood.width / before["width"]
        assert abs(moved.x - (stood.x - 90 * scale)) < 8
        assert abs(moved.y - (stood.y - 60 * scale)) < 8
        # It is chosen now, and what was said of it did not push the page away from under the finger.
        expect(page.locator("[data-editor-props]")).to_be_visible()
        corner = place_of(page.locator(".field-handle"))
        assert min(corner["width"], corner["height"]) >= 24
        finger.drags((corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2), (40, 30))
        saved(page)
        [sized] = desk.now(draft.id).documents[0].fields
        assert abs(sized.width - (moved.width + 40 * scale)) < 8
        assert abs(sized.height - (moved.height + 30 * scale)) < 8
        assert (sized.x, sized.y) == (moved.x, moved.y)
        assert seen.overflow() <= 0
        assert seen.violations() == []
        assert seen.complaints == []


def test_a_signature_is_repeated_and_fields_of_the_document_are_chosen(browser: Browser) -> None:
    client, desk = alice()
    draft = desk.draft("claire", "denis", documents=2, data=FORM)
    with served() as site, visit(browser, site, width=1280) as seen:
        page = seen.page
        enters(page, client, site)
        page.goto(site + reverse("envelope-boxes", args=[draft.id]))
        expect(page.locator(".brought:visible")).to_have_count(3)
        # The place that the author left for a signature, by hand; a text field, by keyboard, for the second signer.
        page.get_by_role("button", name="Signature du client").click()
        page.get_by_role("radio", name="Denis Roux").check(force=True)
        page.get_by_role("button", name="Ville", exact=False).focus()
        page.keyboard.press("Enter")
        expect(page.locator(".brought:visible")).to_have_count(1)
        page.keyboard.press("ArrowRight")
        page.get_by_role("radio", name="Claire Vidal").check(force=True)
        page.locator('[data-kind="signature"]').focus()
        page.keyboard.press("Enter")
        expect(page.locator(".field-box.is-repeated")).to_have_text("Rappel de signature")
        page.locator("[data-props-documents]").click()
        expect(page.locator("[data-editor-status]")).to_have_text("Cases ajoutées dans les autres documents : 1.")
        page.keyboard.press("Control+d")
        expect(page.locator(".field-box.is-repeated")).to_have_count(1)
        page.locator(".field-box.is-repeated").focus()
        page.keyboard.press("Control+d")
        expect(page.locator(".field-box.is-repeated")).to_have_count(2)
        saved(page)
        first, second = desk.now(draft.id).documents
        kept = sorted((one.kind, one.existing, one.repeats) for one in first.fields)
        assert kept == [
            ("signature", False, True), ("signature", False, True), ("signature", True, False), ("text", True, False),
        ]  # fmt: skip
        assert [(one.kind, one.repeats) for one in second.fields] == [("signature", False)]
        page.get_by_role("button", name="Ville", exact=False).focus()
        page.keyboard.press("Delete")
        expect(page.locator(".brought:visible")).to_have_count(2)
        assert seen.violations() == []
        assert seen.complaints == []


def test_three_hundred_boxes_are_moved_without_waiting_and_a_lost_answer_is_sent_again(browser: Browser) -> None:
    client, desk = alice()
    draft = desk.draft("claire")
    [document], [claire] = draft.documents, draft.recipients
    boxes = [
        envelopes.FieldData(claire.id, "initials", at // 150, 8 + 38 * (at % 15), 30 + 70 * (at % 150 // 15), 30, 20)
        for at in range(300)
    ]
    envelopes.place(**desk.where, envelope_id=draft.id, document_id=document.id, fields=boxes)
    with served() as site, visit(browser, site, width=1280) as seen:
        page = seen.page
        enters(page, client, site)
        page.goto(site + reverse("envelope-boxes", args=[draft.id]))
        expect(page.locator(".field-box")).to_have_count(300)
        # The answer to the first request is lost, after it was kept.
        lost: list[int] = []

        def lose(route: Route) -> None:
            if lost or route.request.method != "POST":
                route.continue_()
                return
            lost.append(route.fetch().status)
            route.abort()

        page.route("**/cases/", lose)
        spent = page.evaluate(
            """() => {
              const box = document.querySelector(".field-box");
              box.focus();
              const begun = performance.now();
              for (let at = 0; at < 20; at += 1) {
                box.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
              }
              return performance.now() - begun;
            }"""
        )
        # Measured at 1.6 ms for each movement; a frame has 16.
        assert spent < 20 * 16 * 3
        expect(page.locator("[data-editor-status]")).to_contain_text("nouvel essai", timeout=10_000)
        page.keyboard.press("ArrowDown")
        saved(page)
        assert lost == [200]
        assert len(desk.now(draft.id).documents[0].fields) == 300
        heights = {round(one.y) for one in desk.now(draft.id).documents[0].fields if one.x == 8 and one.page == 0}
        assert 30 + round(21 * 2 * 72 / 25.4) in heights
        assert all("ERR_FAILED" in one for one in seen.complaints)


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
        expect(second.locator("[data-editor-status]")).to_contain_text("modifiées entre-temps", timeout=10_000)
        second.get_by_role("button", name="Enregistrer").click()
        expect(second.locator("[data-field-row]")).to_have_count(1)
        # What was typed a moment before the button is kept, with the revision that autosave got.
        first.locator(".field-box").focus()
        first.keyboard.press("ArrowDown")
        first.get_by_role("button", name="Continuer").click()
        first.wait_for_url("**/message/")
        assert [one.kind for one in desk.now(draft.id).documents[0].fields] == ["initials"]
        assert seen.complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_people_are_dragged_side_by_side_and_moved_by_arrows(browser: Browser, width: int) -> None:
    client, desk = alice()
    draft = desk.draft("claire", "denis", "elsa")
    with served() as site, visit(browser, site, width=width, has_touch=width < 1000) as seen:
        page = seen.page
        enters(page, client, site)
        page.goto(site + reverse("envelope-people", args=[draft.id]))
        if width > 1000:
            drags(page, "Denis Roux", "Claire Vidal")
        else:
            touches(page, "Denis Roux", "Claire Vidal")
        expect(page.locator(".order-step.is-parallel")).to_have_count(1)
        assert [one.step for one in desk.now(draft.id).recipients] == [1, 1, 2]
        expect(page.get_by_role("status").filter(has_text="Denis Roux : étape 1")).to_have_count(1)
        # By keyboard alone: out of the step, further down, and side by side with who stands before; the focus stays.
        page.get_by_role("button", name="Déplacer Claire Vidal", exact=False).focus()
        for key, order in (
            ("ArrowDown", [["Denis"], ["Claire"], ["Elsa"]]),
            ("ArrowDown", [["Denis"], ["Elsa"], ["Claire"]]),
            ("Enter", [["Denis"], ["Elsa", "Claire"]]),
        ):
            with page.expect_navigation():
                page.keyboard.press(key)
            expect(page.locator("[data-handle]:focus")).to_have_attribute("aria-label", re.compile("Claire Vidal"))
            assert [[one.given_name for one in step] for step in desk.now(draft.id).steps] == order
        assert seen.overflow() <= 0
        assert seen.violations() == []
        assert seen.complaints == []


def drags(page: Page, who: str, onto: str) -> None:
    """Drag somebody by the mouse into the middle of another one's step; Escape gives up the first time."""
    for gives_up in (True, False):
        handle = page.get_by_role("button", name=f"Déplacer {who}", exact=False).bounding_box()
        target = page.locator(".order-step", has_text=onto).bounding_box()
        assert handle is not None
        assert target is not None
        page.mouse.move(handle["x"] + 9, handle["y"] + 9)
        page.mouse.down()
        page.mouse.move(handle["x"] + 9, target["y"] + target["height"] / 2, steps=4)
        if gives_up:
            page.keyboard.press("Escape")
        page.mouse.up()
        if gives_up:
            expect(page.locator(".order-step")).to_have_count(3)


def touches(page: Page, who: str, onto: str) -> None:
    """Drag somebody by the finger."""
    page.locator("#people").scroll_into_view_if_needed()
    handle = page.get_by_role("button", name=f"Déplacer {who}", exact=False).bounding_box()
    target = page.locator(".order-step", has_text=onto).bounding_box()
    assert handle is not None
    assert target is not None
    x, finger = handle["x"] + 9, page.context.new_cdp_session(page)
    for kind, y in (
        ("touchStart", handle["y"] + 9),
        ("touchMove", target["y"] + target["height"] * 0.6),
        ("touchMove", target["y"] + target["height"] / 2),
    ):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
