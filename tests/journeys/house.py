"""The whole installation, started as a person starts it, on free ports with a data folder of its own."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
START_SECONDS = 120


def free_ports(count: int) -> list[int]:
    """Return ports that nobody holds at this moment."""
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@dataclass
class House:
    """A running ``paraphe run``."""

    data: Path
    ports: dict[str, int]
    settings: dict[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    @classmethod
    def new(cls, **settings: str) -> "House":
        """Return a house that is not started yet, in a new folder."""
        ports = dict(zip(("platform", "trust", "comptexpert"), free_ports(3), strict=True))
        return cls(Path(tempfile.mkdtemp(prefix="paraphe-journey-")), ports, settings)

    def url(self, site: str) -> str:
        """Return the address of ``site``."""
        return f"http://localhost:{self.ports[site]}"

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of this house."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PARAPHE_", "DJANGO_"))}
        ports = {f"PARAPHE_{site.upper()}_PORT": str(port) for site, port in self.ports.items()}
        source = {"PYTHONPATH": str(ROOT / "src")}
        return {**clean, **source, **ports, **self.settings, "PARAPHE_DATA_DIR": str(self.data)}

    def start(self) -> "House":
        """Start everything and wait until it answers."""
        log = (self.data / "run.log").open("ab")
        with log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "paraphe.cli", "run"], env=self.environment, stdout=log, stderr=log, cwd=ROOT
            )
        began = (self.data / "run.log").stat().st_size
        deadline = time.monotonic() + START_SECONDS
        while "Paraphe runs" not in (self.data / "run.log").read_text()[max(began - 1, 0) :]:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self.data / "run.log").read_text())
            time.sleep(0.1)
        return self

    def stop(self) -> int:
        """Stop as Ctrl-C does and return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def kill(self, name: str) -> None:
        """End one process by kill -9, with all its threads and children: ``signer``, ``trust``, ``platform``…"""
        words = {"signer": ["signer"]}.get(name) or (
            ["worker", name.removesuffix("-worker")] if name.endswith("-worker") else ["serve", name]
        )
        wanted = b"\0".join(word.encode() for word in ["paraphe.cli", *words]) + b"\0"
        for found in Path("/proc").iterdir():
            try:
                if found.name.isdigit() and wanted in (found / "cmdline").read_bytes() and self._ours(found):
                    os.killpg(int(found.name), signal.SIGKILL)
                    return
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue
        raise AssertionError(f"{name} does not run")

    def wait_until_answers(self, site: str) -> None:
        """Wait until ``site`` answers again."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if requests.get(self.url(site) + "/healthz", timeout=2).status_code == 200:
                    return
            except requests.RequestException:
                pass
            time.sleep(0.2)
        raise AssertionError(f"{site} does not answer")

    def password(self, identifier: str) -> str:
        """Return the password of somebody of the cast at Comptexpert."""
        people = json.loads((self.data / "comptexpert" / "secrets" / "cast.json").read_text())
        return str(next(person["password"] for person in people if person["identifier"] == identifier))

    def officer(self, number: int = 0) -> dict[str, str]:
        """Return e-mail, name and password of a registration officer."""
        found: list[dict[str, str]] = json.loads((self.data / "trust" / "secrets" / "officers.json").read_text())
        return found[number]

    def letters(self, kind: str) -> list[dict[str, str]]:
        """Return what the post office got, newest first, read as its page shows it."""
        page = requests.get(self.url("comptexpert") + "/messages/", timeout=10).text
        items = re.findall(r'<li class="letter (\w+)">(.*?)</li>', page, re.DOTALL)
        return [{"kind": found, "text": re.sub(r"<[^>]+>", " ", text)} for found, text in items if found == kind]

    def new_code(self, mobile: str, after: int) -> str:
        """Wait for the SMS that comes after the first ``after`` ones to ``mobile`` and return its code."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            texts = [letter["text"] for letter in self.letters("sms") if mobile in letter["text"].replace(" ", "")]
            if len(texts) > after:
                found = re.search(r"\b(\d{3}) ?(\d{3})\b", texts[0].split("UTC")[-1].split(mobile)[-1])
                assert found is not None, texts[0]
                return "".join(found.groups())
            time.sleep(0.2)
        raise AssertionError(f"no code came to {mobile}: {self.letters('sms')}")

    def count_sms(self, mobile: str) -> int:
        """Return how many SMS ``mobile`` got."""
        return sum(mobile in letter["text"].replace(" ", "") for letter in self.letters("sms"))

    def _ours(self, process: Path) -> bool:
        return f"PARAPHE_DATA_DIR={self.data}".encode() in (process / "environ").read_bytes()


def unguessable() -> str:
    """Return a name that no other test uses."""
    return secrets.token_hex(4)
