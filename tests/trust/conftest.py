"""The real signer in its own process, and a hierarchy made through it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paraphe.trust.ca import api as ca

SiteSettings = Any  # what the fixture of pytest-django gives: any setting can be set on it

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (
    "import sys; from pathlib import Path; from paraphe.trust.vault import signer; "
    "d = Path(sys.argv[1]); signer.initialise(d); signer.serve(d, d / 'signer.sock')"
)


class SignerProcess:
    """A signer that tests can kill and start again."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.socket = directory / "signer.sock"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(self.directory)], env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
        )
        deadline = time.monotonic() + 20
        while not self.socket.exists():
            assert self._process.poll() is None, "the signer ended"
            assert time.monotonic() < deadline, "the signer did not start"
            time.sleep(0.01)

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)


@pytest.fixture(scope="session")
def signer_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SignerProcess]:
    process = SignerProcess(tmp_path_factory.mktemp("signer"))
    yield process
    process.stop()


@pytest.fixture
def signer(signer_process: SignerProcess, settings: SiteSettings) -> SignerProcess:
    """The signer, running, with the settings pointing to it; started anew if the test before killed it."""
    signer_process.start()
    settings.SIGNER_SOCKET = signer_process.socket
    return signer_process


@pytest.fixture
def root_directory(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def hierarchy(db: None, signer: SignerProcess, root_directory: Path) -> Path:
    """Root, issuing authorities, responders and time-stamping unit, made by the ceremony; gives the root's folder."""
    ca.create_hierarchy(root_directory)
    return root_directory
