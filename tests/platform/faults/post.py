"""A real mail server and a real SMS gateway that fail as they are told, and come back at the same address."""

import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from html import unescape
from typing import Any, Literal

from paraphe.floor.jobs import worker
from paraphe.floor.messaging import delivery
from paraphe.floor.messaging.carriers import smtp
from tests.floor.messaging.servers import Gateway, Mailbox, greeting_with, mail_server, web_server
from tests.support.jobs import all_due_now

Fault = Literal["stopped", "silent", "greets with 554", "450 for everybody", "relaying denied"]
FAULTS: tuple[Fault, ...] = ("stopped", "silent", "greets with 554", "450 for everybody", "relaying denied")


class Post:
    """The way out of a site under test."""

    def __init__(self, settings: Any, monkeypatch: Any) -> None:
        self._monkeypatch = monkeypatch
        self.settings, self.mailbox, self.gateway = settings, Mailbox(), Gateway(answers={"/sms": (200, {"id": "1"})})
        settings.SMS_CARRIER, settings.SMS_HTTP_TOKEN_FILE = "http", ""
        self.works()

    def works(self) -> None:
        """Let everything arrive from now on."""
        self.mailbox.refusal = ""
        self.settings.SMTP_URL = f"smtp+plain://127.0.0.1:{self.mailbox.port}"
        self.settings.SMS_HTTP_URL = f"{self.gateway.url}/sms"
        delivery._resting.clear()

    def sms_stops(self) -> None:
        """Let nobody answer for the SMS gateway."""
        self.settings.SMS_HTTP_URL = f"http://127.0.0.1:{nobodys_port()}/sms"

    @contextmanager
    def fails(self, fault: Fault) -> Iterator[None]:
        """Let the mail server fail until the end of the block, then work again."""
        with ExitStack() as stack:
            if fault == "stopped":
                port = nobodys_port()
            elif fault in ("silent", "greets with 554"):
                # Nobody waits for longer than a moment; elsewhere a slow machine may take its time.
                self._patched(stack, 0.1 if fault == "silent" else smtp.SECONDS)
                port = stack.enter_context(greeting_with(None if fault == "silent" else b"554 no service here\r\n"))
            else:
                port = self.mailbox.port
                self.mailbox.refusal = (
                    "450 4.3.2 later" if fault == "450 for everybody" else "550 5.7.1 relaying denied"
                )
            self.settings.SMTP_URL = f"smtp+plain://127.0.0.1:{port}"
            yield
        self.works()

    def _patched(self, stack: ExitStack, seconds: float) -> None:
        stack.enter_context(self._monkeypatch.context()).setattr(smtp, "SECONDS", seconds)

    def arrived(self) -> Counter[tuple[str, str]]:
        """Return how often each e-mail arrived, by recipient and subject."""
        return Counter((str(one["To"]), str(one["Subject"])) for one in self.mailbox.messages)


@contextmanager
def post(settings: Any, monkeypatch: Any) -> Iterator[Post]:
    """Run both servers."""
    found = Post(settings, monkeypatch)
    with mail_server(found.mailbox), web_server(found.gateway):
        found.works()
        yield found
    delivery._resting.clear()


def nobodys_port() -> int:
    """Return a port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def read(answer: Any) -> str:
    """Return what a person reads on a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).replace("\u00a0", " ").split())


def work() -> None:
    """Let the background do everything that waits, whatever its hour."""
    all_due_now()
    worker.drain()
