"""The verification page in a real browser, at the width of a desk and of a phone; it needs no database."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.pdf.hands import one_page
from tests.platform.verification.making import altered, signed
from tests.support.browser import chromium, served, visit
from tests.support.pki import TestPki
from tests.support.small_trust import SmallTrust

ADDRESS = "/verifier/"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("kind", ["good", "altered", "unknown", "unsigned"])
def test_the_page_in_a_browser(kind: str, width: int, browser: Browser, trust: SmallTrust, tmp_path: Any) -> None:
    """No complaint of axe, of the content policy or of the window's width, whatever the verdict."""
    kinds: dict[str, Callable[[], bytes]] = {
        "good": lambda: signed(trust.pki),
        "altered": lambda: altered(signed(trust.pki)),
        "unknown": lambda: signed(TestPki.create(datetime.now(UTC))),
        "unsigned": one_page,
    }
    (tmp_path / "lettre de mission.pdf").write_bytes(kinds[kind]())
    with served() as site, visit(browser, site + ADDRESS, width=width) as found:
        assert found.violations() == []
        found.page.set_input_files("input[type=file]", str(tmp_path / "lettre de mission.pdf"))
        found.page.get_by_role("button", name="Vérifier").click()
        found.page.get_by_role("heading", name="Résultat de la vérification").wait_for()
        assert found.violations() == []
        assert found.overflow() <= 0
        assert found.complaints == []
