"""The demonstration Comptexpert as a process of its own, as the platform meets it."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from tests.support.cast import CastPerson

ROOT = Path(__file__).resolve().parents[2]
CLIENT_SECRET = "the-secret-of-the-platform-under-test"
PLATFORM = "http://localhost:8000"


class LiveComptexpert:
    """Comptexpert on a free port, with its cast."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://localhost:{port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARAPHE_", "DJANGO_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.live_comptexpert"],
            cwd=ROOT,
            env={**kept, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "LIVE_PORT": str(port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        # One line, once it listens: the passwords of the cast.
        people = json.loads(self._process.stdout.readline())
        self.passwords = {person["identifier"]: person["password"] for person in people}

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()


class Browser:
    """What a person's browser does at Comptexpert, until it is sent back to the platform."""

    def __init__(self, comptexpert: LiveComptexpert) -> None:
        self.comptexpert = comptexpert
        self.session = requests.Session()

    def go(self, address: str) -> Any:
        """Follow redirects inside Comptexpert; return the last answer, which may lead to the platform."""
        answer = self.session.get(address, allow_redirects=False, timeout=10)
        while answer.is_redirect and urljoin(address, answer.headers["Location"]).startswith(self.comptexpert.url):
            address = urljoin(address, answer.headers["Location"])
            answer = self.session.get(address, allow_redirects=False, timeout=10)
        return answer

    def sign_in(self, address: str, person: CastPerson) -> str:
        """Follow ``address``, type identifier and password when asked, and return the address at the platform."""
        answer = self.go(address)
        if not answer.is_redirect:
            form, _, _ = answer.text.partition('name="password"')
            fields = re.findall(r'type="hidden" name="(next|csrfmiddlewaretoken)" value="([^"]*)"', form)
            words = {name: unescape(value) for name, value in fields}
            words |= {"identifier": person.identifier, "password": self.comptexpert.passwords[person.identifier]}
            answer = self.session.post(answer.url, words, allow_redirects=False, timeout=10)
            assert answer.is_redirect, answer.text
            answer = self.go(urljoin(answer.url, answer.headers["Location"]))
        location = str(answer.headers["Location"])
        assert location.startswith(PLATFORM), location
        return location.removeprefix(PLATFORM)


def main() -> None:
    """Serve until terminated."""
    from socketserver import ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.support.settings.comptexpert_live"

    from django.conf import settings
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    from paraphe.comptexpert.identity import api as identity

    call_command("migrate", verbosity=0)
    identity.seed(settings.DATA_DIR)
    identity.register_client(
        client_id="paraphe",
        client_secret=CLIENT_SECRET,
        redirect_uris=[f"{PLATFORM}/connexion/retour/"],
        post_logout_redirect_uris=[f"{PLATFORM}/"],
    )

    class Server(ThreadingMixIn, WSGIServer):
        daemon_threads = True

    class Silent(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = make_server("127.0.0.1", int(os.environ["LIVE_PORT"]), application, Server, Silent)
    print(" ".join((settings.SECRETS_DIR / "cast.json").read_text(encoding="utf-8").split("\n")), flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
