"""What axe finds on a page against WCAG 2.2 AA."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

CONFORMANCE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def found_by_axe(page: Page) -> list[str]:
    """Return the rules that ``page`` breaks, with the places."""
    found = Axe().run(page, options={"runOnly": CONFORMANCE}).response["violations"]
    return [f"{each['id']}: {[node['target'] for node in each['nodes']]}" for each in found]
