"""The components in a real browser: by mouse, finger and keyboard, in both appearances, from 360 pixels on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import chromium, served, visit


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture
def site() -> Iterator[str]:
    with served() as address:
        yield address


def _values(page: Page) -> dict[str, float]:
    return {name: float(page.locator(f'input[name="{name}"]').input_value()) for name in ("page", "x", "y", "w", "h")}


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_components_are_accessible_and_fit(browser: Browser, site: str, width: int, appearance: str) -> None:
    with visit(browser, f"{site}/composants/", width=width, color_scheme=appearance) as seen:
        assert seen.violations() == []
        assert seen.overflow() == 0
        assert seen.complaints == []


def test_the_content_policy_stops_what_is_inline(browser: Browser, site: str) -> None:
    """The silence of the console above means something: this page would complain."""
    with visit(browser, f"{site}/composants/") as seen:
        seen.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>')")
        seen.page.wait_for_timeout(100)
        assert any("Content Security Policy" in complaint for complaint in seen.complaints)


def test_the_appearance_is_switched_and_remembered(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/composants/", color_scheme="light") as seen:
        switch = seen.page.locator("[data-theme-switch]")
        expect(switch).to_have_accessible_name("Passer en apparence sombre")
        switch.click()
        expect(switch).to_have_accessible_name("Passer en apparence claire")
        seen.page.reload()
        expect(seen.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
        assert seen.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 17, 31)"


def test_the_box_is_moved_by_keyboard(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/placer/") as seen:
        page = seen.page
        before = _values(page)
        box = page.get_by_role("group", name="Cadre de la signature")
        box.focus()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Control+ArrowUp")
        page.keyboard.press("Shift+ArrowRight")
        after = _values(page)
        step = 2 * 72 / 25.4
        assert after["x"] == pytest.approx(before["x"] - step, abs=0.01)
        assert after["y"] == pytest.approx(before["y"] - 5 * step, abs=0.01)
        assert after["w"] == pytest.approx(before["w"] + step, abs=0.01)
        expect(page.locator("[data-placer-live]")).to_have_text(re.compile(r"Page 3.: \d+ mm du bord gauche"))
        page.keyboard.press("PageUp")
        assert _values(page)["page"] == 2
        expect(page.locator('.placer-page[data-page="3"]')).to_be_hidden()


def test_the_box_stays_on_its_page(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/placer/") as seen:
        seen.page.locator("[data-placer-box]").focus()
        for _ in range(30):
            seen.page.keyboard.press("Control+ArrowRight")
            seen.page.keyboard.press("Control+ArrowDown")
        values = _values(seen.page)
        assert values["x"] + values["w"] == pytest.approx(595, abs=0.01)
        assert values["y"] + values["h"] == pytest.approx(842, abs=0.01)


def test_the_box_is_dragged_and_resized_by_mouse(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/placer/") as seen:
        page = seen.page
        box = page.locator("[data-placer-box]")
        box.scroll_into_view_if_needed()
        scale = 595 / page.locator('.placer-page[data-page="3"]').evaluate("e => e.clientWidth")
        before = _values(page)
        area = box.bounding_box()
        assert area is not None
        page.mouse.move(area["x"] + 20, area["y"] + 20)
        page.mouse.down()
        page.mouse.move(area["x"] - 80, area["y"] - 40, steps=4)
        page.mouse.up()
        moved = _values(page)
        assert moved["x"] == pytest.approx(before["x"] - 100 * scale, abs=1)
        assert moved["y"] == pytest.approx(before["y"] - 60 * scale, abs=1)
        assert (moved["w"], moved["h"]) == (before["w"], before["h"])
        corner = page.locator("[data-placer-handle]").bounding_box()
        assert corner is not None
        page.mouse.move(corner["x"] + 14, corner["y"] + 14)
        page.mouse.down()
        page.mouse.move(corner["x"] + 44, corner["y"] + 24, steps=4)
        page.mouse.up()
        assert _values(page)["w"] == pytest.approx(moved["w"] + 30 * scale, abs=1)
        assert _values(page)["x"] == moved["x"]


def test_on_a_telephone_a_tap_brings_the_box(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/placer/", width=360, has_touch=True, is_mobile=True) as seen:
        page = seen.page
        sheet = page.locator('.placer-page[data-page="3"]')
        scale = 595 / sheet.evaluate("e => e.clientWidth")
        sheet.tap(position={"x": 120, "y": 100})
        values = _values(page)
        assert values["x"] + values["w"] / 2 == pytest.approx(120 * scale, abs=2)
        assert values["y"] + values["h"] / 2 == pytest.approx(100 * scale, abs=2)
        assert seen.overflow() == 0


def test_the_numbers_of_the_box_are_what_is_sent(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/placer/") as seen:
        page = seen.page
        page.get_by_text("Position exacte").click()
        page.locator('input[name="x"]').fill("10")
        page.locator('input[name="x"]').dispatch_event("change")
        page.get_by_role("button", name="Page précédente").click()
        page.get_by_role("button", name="Signer").click()
        expect(page.locator("#recu")).to_contain_text("page=2&x=10.00&y=600.00&w=200.00&h=72.00")


def test_without_script_the_box_is_placed_by_numbers(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/placer/", java_script_enabled=False) as seen:
        seen.page.locator('input[name="y"]').fill("36")
        seen.page.get_by_role("button", name="Signer").click()
        expect(seen.page.locator("#recu")).to_contain_text("page=3&x=335.00&y=36&w=200.00")


def test_reading_to_the_end_opens_the_way(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/lire/") as seen:
        page = seen.page
        go_on = page.get_by_role("button", name="Continuer")
        expect(page.locator("[data-page-count]")).to_have_text("Page 1 sur 3")
        expect(go_on).to_be_disabled()
        page.get_by_role("button", name="Page suivante").click()
        expect(page.locator("[data-page-count]")).to_have_text("Page 2 sur 3")
        expect(page.locator("[data-page-rest]")).to_have_text("Il reste une page à voir.")
        expect(go_on).to_be_disabled()
        page.get_by_role("button", name="Page suivante").click()
        expect(page.locator("[data-page-rest]")).to_have_text("Toutes les pages ont été vues.")
        expect(go_on).to_be_enabled()
        go_on.click()
        expect(page.locator("#recu")).to_have_text("seen=1%2C2%2C3")


def test_without_script_every_page_is_there_and_the_way_is_open(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/lire/", java_script_enabled=False) as seen:
        for number in (1, 2, 3):
            expect(seen.page.get_by_alt_text(f"Page {number} sur 3")).to_be_visible()
        expect(seen.page.get_by_role("button", name="Continuer")).to_be_enabled()


def test_a_dialog_asks_before_an_act(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/demander/") as seen:
        page = seen.page
        page.get_by_role("button", name="Supprimer").click()
        dialog = page.get_by_role("dialog", name="Vraiment ?")
        expect(dialog).to_be_visible()
        expect(page.get_by_role("button", name="Annuler")).to_be_focused()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        assert page.url == f"{site}/demander/"
        page.get_by_role("button", name="Supprimer").click()
        page.get_by_role("button", name="Oui, supprimer").click()
        expect(page.locator("#recu")).to_have_text("supprime=oui")


def test_a_file_is_weighed_before_it_is_sent(browser: Browser, site: str, tmp_path: Path) -> None:
    heavy = tmp_path / "bilan.pdf"
    heavy.write_bytes(b"%PDF-" + bytes(1_200_000))
    with visit(browser, f"{site}/televerser/") as seen:
        page = seen.page
        page.get_by_label("Document PDF").set_input_files(heavy)
        expect(page.get_by_role("alert")).to_have_text(re.compile("Ce fichier fait 1,2.Mo.; 1.Mo au plus."))
        page.get_by_role("button", name="Envoyer").click()
        page.wait_for_timeout(200)
        assert page.url == f"{site}/televerser/"


def test_a_file_is_sent_and_its_answer_put_in_place(browser: Browser, site: str, tmp_path: Path) -> None:
    good, bad = tmp_path / "lettre.pdf", tmp_path / "photo.pdf"
    good.write_bytes(b"%PDF-" + bytes(300_000))
    bad.write_bytes(b"\xff\xd8\xff")
    with visit(browser, f"{site}/televerser/") as seen:
        page = seen.page
        page.get_by_label("Document PDF").set_input_files(bad)
        page.get_by_role("button", name="Envoyer").click()
        expect(page.get_by_text("Ce fichier n'est pas un PDF.")).to_be_visible()
        page.get_by_label("Document PDF").set_input_files(good)
        expect(page.locator("[data-drop-chosen]")).to_have_text(re.compile("lettre.pdf · 300.ko"))
        page.get_by_role("button", name="Envoyer").click()
        expect(page.locator("#recu")).to_have_text("size=300005")
        assert page.url == f"{site}/recu/?size=300005"
        # What arrived is alive too.
        page.locator("[data-placer-box]").focus()
        page.keyboard.press("ArrowUp")
        assert _values(page)["y"] < 600
        page.go_back()
        expect(page.get_by_role("button", name="Envoyer")).to_be_visible()
        assert seen.complaints == []


def test_without_script_a_file_is_sent_all_the_same(browser: Browser, site: str, tmp_path: Path) -> None:
    good = tmp_path / "lettre.pdf"
    good.write_bytes(b"%PDF-1.7")
    with visit(browser, f"{site}/televerser/", java_script_enabled=False) as seen:
        seen.page.get_by_label("Document PDF").set_input_files(good)
        seen.page.get_by_role("button", name="Envoyer").click()
        expect(seen.page.locator("#recu")).to_have_text("size=8")


def test_the_code_keeps_digits_only(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/composants/") as seen:
        code = seen.page.get_by_label("Code reçu par SMS").first
        code.fill("48 29-13a77")
        expect(code).to_have_value("482913")
        expect(seen.page.locator("[data-code-state]").first).to_have_text(re.compile(r"valable encore [45]:\d\d"))


def test_the_skip_link_comes_first(browser: Browser, site: str) -> None:
    with visit(browser, f"{site}/composants/") as seen:
        seen.page.keyboard.press("Tab")
        expect(seen.page.get_by_role("link", name="Aller au contenu")).to_be_focused()
        seen.page.keyboard.press("Enter")
        expect(seen.page.locator("#main")).to_be_focused()
