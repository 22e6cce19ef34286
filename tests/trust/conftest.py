"""The real signer in its own process, and a hierarchy made through it."""

import functools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from paraphe.proofing import api as proofing
from paraphe.trust.ca import api as ca

SiteSettings = Any  # what the fixture of pytest-django gives: any setting can be set on it

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (
    "import sys; from pathlib import Path; from paraphe.trust.vault import signer; "
    "d = Path(sys.argv[1]); signer.initialise(d); signer.serve(d, d / 'signer.sock')"
)


@dataclass(frozen=True)
class Ceremony:
    """The rows and the root's folder that a ceremony left, put back for the next test in a tenth of the time."""

    rows: dict[type[models.Model], list[Any]]
    folder: Path

    @classmethod
    def remember(cls, root_directory: Path, folder: Path) -> "Ceremony":
        ours = [model for model in apps.get_models() if model.__module__.startswith("paraphe.")]
        rows = {model: list(model._base_manager.all()) for model in ours}
        shutil.copytree(root_directory, folder)
        return cls(rows, folder)

    def repeat(self, root_directory: Path) -> None:
        shutil.copytree(self.folder, root_directory)
        with transaction.atomic(), connection.cursor() as cursor:
            for model, rows in self.rows.items():
                models.QuerySet[Any](model).bulk_create(rows)
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self.rows)):
                cursor.execute(statement)


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


@pytest.fixture(scope="session")
def ceremonies() -> dict[str, Ceremony]:
    """What ceremonies left behind, by algorithm; their keys stay in the signer of the session."""
    return {}


@pytest.fixture
def hierarchy(
    db: None,
    signer: SignerProcess,
    root_directory: Path,
    settings: SiteSettings,
    ceremonies: dict[str, Ceremony],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Root, issuing authorities, responders and time-stamping unit, made by the ceremony; gives the root's folder."""
    known = ceremonies.get(settings.KEY_ALGORITHM)
    if known:
        known.repeat(root_directory)
    else:
        ca.create_hierarchy(root_directory)
        ceremonies[settings.KEY_ALGORITHM] = Ceremony.remember(
            root_directory, tmp_path_factory.mktemp("root") / "folder"
        )
    return root_directory


@pytest.fixture(scope="session", autouse=True)
def _each_photograph_is_examined_once() -> Iterator[None]:
    """The real examination takes half a second in a process of its own, and says the same of the same bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(proofing, "examine", functools.cache(proofing.examine))
        yield
