"""A house for the whole session, a browser, and people who walk through it."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.house import ROOT, House
from tests.journeys.visitor import Visitor

PICTURES = ROOT / "var" / "test" / "pictures"


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Return a running installation; everything of it is removed afterwards."""
    found = House.new()
    try:
        yield found.start()
    finally:
        found.stop()
        shutil.rmtree(found.data, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return headless Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                # A camera that shows a test picture, and leave to use it.
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
            ],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def visitor(house: House, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Return a maker of visitors, each with a browser of his own; their windows are closed afterwards."""
    opened = []

    class Here(Visitor):
        def __init__(self, *, width: int = 1280, height: int = 900, locale: str = "fr-FR") -> None:
            context = browser.new_context(viewport={"width": width, "height": height}, locale=locale)
            opened.append(context)
            super().__init__(house, context.new_page())

    yield Here
    for number, context in enumerate(opened):
        # The last thing that everybody saw, for whoever has to find out why a journey failed.
        PICTURES.mkdir(parents=True, exist_ok=True)
        context.pages[-1].screenshot(path=PICTURES / f"{request.node.name}-{number}.png", full_page=True)
        context.close()
