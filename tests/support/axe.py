"""What axe finds on a page against WCAG 2.2 AA."""

from contextlib import suppress

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

CONFORMANCE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: How often a page may go on by itself while axe looks at it.
AGAIN = 2


def found_by_axe(page: Page) -> list[str]:
    """Return the rules that ``page`` breaks, with the places; looks again when the page went on meanwhile."""
    for _ in range(AGAIN):
        with suppress(Error):
            return _found(page)
    return _found(page)


def _found(page: Page) -> list[str]:
    page.wait_for_load_state()
    # Told of everything that is right, too, axe takes four times as long.
    found = Axe().run(page, options={"runOnly": CONFORMANCE, "resultTypes": ["violations"]}).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]
