"""A browser in front of the pages of one site, served by a thread of this process on a free port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.axe import found_by_axe


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer one connection in a thread of its own, which leaves no database connection behind."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            connections.close_all()


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served() -> Iterator[str]:
    """Serve the site under test and give its address."""
    with make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), _Server, _Silent) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """A page open in a browser, and everything it complained of."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA: rule and the places that break it."""
        return found_by_axe(self.page)

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@contextmanager
def visit(browser: Browser, address: str, *, width: int = 1280, **options: Any) -> Iterator[Visit]:
    """Open ``address`` in a window of ``width`` pixels; animations are off, complaints of the console collected."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, reduced_motion="reduce", locale="fr-FR", **options
    )
    seen = Visit(context.new_page())
    seen.page.on("console", lambda m: seen.complaints.append(m.text) if m.type in ("error", "warning") else None)
    seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    try:
        seen.page.goto(address)
        yield seen
    finally:
        context.close()
