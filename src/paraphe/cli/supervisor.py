"""``paraphe run``: every process of an installation under one command, on one machine."""

import ctypes
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

from paraphe.cli import folders, greeting
from paraphe.config.environment import BadConfiguration, Environment

START_SECONDS = 90
STOP_SECONDS = 12
PR_SET_PDEATHSIG = 1


class CannotStart(BadConfiguration):
    """One of the processes did not come up."""

    code = "cannot_start"


def run_everything(environment: Environment) -> int:
    """Prepare what is missing, start every process, print how to sign in, wait, and stop all of them cleanly."""
    folders.prepare(environment)
    sites = ["trust", "platform", *(["comptexpert"] if environment.demonstration else [])]
    with _only_one(environment):
        _check_ports(environment, sites)
        house = House(environment.data_dir / "logs")
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, house.ask_to_stop)
        try:
            house.bring_up(environment, sites)
            if not house.stopping.is_set():
                print(greeting.text(environment), flush=True)
            house.watch()
        finally:
            house.stop()
    print("Paraphe has stopped. Everything is kept in " + str(environment.data_dir), flush=True)
    return 0


class _only_one:
    """Holds the lock of the data folder: a second start is told so instead of fighting over the same databases."""

    def __init__(self, environment: Environment) -> None:
        self._path = environment.data_dir / "run.lock"

    def __enter__(self) -> None:
        self._file = self._path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            pid = self._file.read().strip() or "unknown"
            self._file.close()
            raise BadConfiguration(
                sentence=f"Paraphe already runs on this data folder (process {pid}): stop it with Ctrl-C in its "
                "terminal, or set PARAPHE_DATA_DIR to another folder."
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _check_ports(environment: Environment, sites: list[str]) -> None:
    for site in sites:
        name = f"PARAPHE_{site.upper()}_PORT"
        port = environment.number(name, 1, 65535)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((environment.text("PARAPHE_HOST"), port))
            except OSError as error:
                raise BadConfiguration(
                    sentence=f"Port {port} of {environment.text('PARAPHE_HOST')} cannot be used ({error.strerror}): "
                    f"stop the program that holds it, or set {name} to a free port."
                ) from None


def _die_with_parent() -> None:
    """Ask the kernel to end this child when its parent dies, even by kill -9: no orphan keeps a port or a lock."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process of the house."""

    name: str
    words: tuple[str, ...]
    process: subprocess.Popen[bytes]
    started: float
    failures: int = 0


@dataclass
class House:
    """The processes that run, in the order in which they were started."""

    logs: Path
    children: list[Child] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    def ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        """Remember that somebody wants everything to stop (Ctrl-C, SIGTERM, a closed terminal)."""
        self.stopping.set()

    def bring_up(self, environment: Environment, sites: list[str]) -> None:
        """Start the signer, prepare the sites side by side, start their servers and workers, wait until they answer."""
        self.start("signer", "signer")
        self._wait_for(partial(_listens, environment.data_dir / "signer" / "signer.sock"), "signer")
        setups = [(site, self._spawn(f"{site}-setup", ("site-setup", site))) for site in sites]
        for site, setup in setups:
            if setup.wait() and not self.stopping.is_set():
                raise CannotStart(
                    sentence=f"The {site} site could not be prepared. {self._last_words(f'{site}-setup')}"
                )
        for site in sites:
            if self.stopping.is_set():
                return
            self.start(site, "serve", site)
            self.start(f"{site}-worker", "worker", site)
        for site in sites:
            port = environment.number(f"PARAPHE_{site.upper()}_PORT", 1, 65535)
            address = f"http://{environment.text('PARAPHE_HOST')}:{port}/healthz"
            self._wait_for(partial(_answers, address), site)

    def start(self, name: str, *words: str) -> None:
        """Start a process that is to stay up."""
        self.children.append(Child(name, words, self._spawn(name, words), time.monotonic()))

    def watch(self) -> None:
        """Start again what dies, with growing pauses, until somebody asks to stop."""
        while not self.stopping.wait(0.5):
            for child in self.children:
                if child.process.poll() is None:
                    continue
                child.failures = 0 if time.monotonic() - child.started > 60 else child.failures + 1
                pause = min(2.0**child.failures - 1, 30.0)
                print(
                    f"{child.name} ended unexpectedly and is started again. {self._last_words(child.name)}", flush=True
                )
                if self.stopping.wait(pause):
                    return
                child.process = self._spawn(child.name, child.words)
                child.started = time.monotonic()

    def stop(self) -> None:
        """Stop every process, last started first: servers and workers before the signer that they use."""
        for child in reversed(self.children):
            _end(child.process)

    def _spawn(self, name: str, words: tuple[str, ...]) -> subprocess.Popen[bytes]:
        log: IO[bytes] = (self.logs / f"{name}.log").open("ab")
        with log:
            return subprocess.Popen(  # noqa: S603 - our own interpreter, our own words
                [sys.executable, "-m", "paraphe.cli", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread of ours holds a lock at this moment
            )

    def _wait_for(self, ready: Callable[[], bool], name: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not ready():
            dead = next((child for child in self.children if child.process.poll() is not None), None)
            if dead is not None:
                raise CannotStart(sentence=f"{dead.name} did not start. {self._last_words(dead.name)}")
            if time.monotonic() > deadline:
                raise CannotStart(
                    sentence=f"{name} did not answer within {START_SECONDS} s: see {self.logs / name}.log."
                )
            if self.stopping.wait(0.1):
                return

    def _last_words(self, name: str) -> str:
        log = self.logs / f"{name}.log"
        lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
        return f"It said: {lines[-1]} (all of it in {log})" if lines else f"It said nothing in {log}."


def _listens(path: Path) -> bool:
    """Tell whether somebody is behind the socket: the file alone may be left from a process that was killed."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - an address of our own
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return False


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
