"""Every check and test of the project, in lanes side by side; one summary at the end.

``test.py`` runs everything, ``test.py check`` only format, lint, types, directions and sizes.
Fast checks come first, then what takes longest. Each step's output goes to ``var/test/<step>.log`` and is shown when it
fails; its line says how long it took and, after the slash, the processor time of it and its children. PostgreSQL is
started on a free port for the run and removed after it.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
LOGS = ROOT / "var" / "test"
BIN = ROOT / ".venv" / "bin"
#: One more than cores: processes that start, browsers and killed services wait a good part of their time.
LANES = 3
#: Longer than any step takes on a slow machine. What waits for ever is ended, and shows where it stood.
STEP_SECONDS = 1500
#: Where files live in memory: each commit of SQLite waits for the disk (synchronous=FULL), and these die with the test.
MEMORY = Path("/dev/shm")
#: Free there at least: large documents, data folders of whole installations, browsers. A container may have 64 MB.
MEMORY_BYTES = 3_000_000_000

sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Step:
    """One command of the run; ``postgres`` gives it the address of the throw-away server."""

    name: str
    words: tuple[str, ...]
    postgres: bool = False


def pytest(name: str, *words: str, postgres: bool = False) -> Step:
    """Return the step that runs pytest over ``words``."""
    return Step(name, (str(BIN / "python"), "-m", "pytest", "-p", "tests.support.lean", "-q", *words), postgres)


CHECKS = (
    Step("format", (str(BIN / "ruff"), "format", "--check", ".")),
    Step("lint", (str(BIN / "ruff"), "check", ".")),
    Step("directions", (str(BIN / "lint-imports"), "--no-cache")),
    Step("types", (str(BIN / "mypy"),)),
    pytest("architecture", "tests/architecture"),
)
#: Tests of pages that ask the database nothing of their own: the home page, the history and collections do.
PAGES = ("ceremony", "contacts", "credit", "every_address", "firm", "operator", "sealing", "settings", "taking_away")
#: Longest first, so that no lane works alone at the end; journeys mostly wait, beside steps that compute.
TESTS = (
    # Begun first, because it mostly waits: for what was killed to be started again, for claims to end.
    pytest("journey-killed", "tests/journeys/test_killed.py"),
    pytest("platform-sqlite", "tests/platform"),
    # A page in a browser, once served, does not know which database it came from.
    pytest(
        "platform-postgresql",
        "tests/platform",
        "--ignore=tests/platform/public",
        "--ignore-glob=*browser.py",
        # What mail servers, services and dying processes do does not depend on it; the database that goes away does.
        "--ignore=tests/platform/faults/test_mail.py",
        "--ignore=tests/platform/faults/test_services.py",
        "--ignore=tests/platform/faults/test_killed.py",
        # Pages whose rooms are asked on both databases, and what reads files or runs commands.
        *(f"--ignore=tests/platform/web/test_{name}.py" for name in PAGES),
        "--ignore=tests/platform/contacts/test_files.py",
        "--ignore=tests/platform/programs/test_commands.py",
        "--ignore=tests/platform/proof/test_command.py",
        postgres=True,
    ),
    pytest("journey-registration", "tests/journeys/test_registration.py"),
    pytest("journey-collection", "tests/journeys/test_collection.py"),
    pytest("proofing", "tests/proofing"),
    # The vault has no table, certificates are the same on both, pages ask verbs that are tested: once is enough.
    pytest(
        "trust-postgresql",
        "tests/trust",
        "--ignore=tests/trust/vault",
        "--ignore=tests/trust/ca/test_lint.py",
        "--ignore=tests/trust/pages",
        postgres=True,
    ),
    pytest("pdf", "tests/pdf"),
    pytest("trust-sqlite", "tests/trust"),
    pytest("command-line", "tests/cli", "tests/config"),
    pytest("journey-people", "tests/journeys/test_people.py"),
    pytest("libraries", "tests/kernel", "tests/wire", "tests/trustlists", "tests/pki"),
    pytest("floor-sqlite", "tests/floor"),
    pytest("floor-postgresql", "tests/floor", "--ignore=tests/floor/design", postgres=True),
    pytest("attacks", "tests/attacks", "tests/fuzz"),
    pytest("comptexpert", "tests/comptexpert"),
)


def run_and_wait(words: tuple[str, ...], environment: dict[str, str], output: BinaryIO) -> tuple[int, float]:
    """Run a command and return its exit code and processor seconds; end it, with all it started, after STEP_SECONDS.

    Python programs under pytest answer SIGABRT with what each of their threads was doing.
    """
    process = subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT, start_new_session=True
    )
    ended = threading.Event()

    def watch() -> None:
        if not ended.wait(STEP_SECONDS):
            os.kill(process.pid, signal.SIGABRT)
            if not ended.wait(10):
                os.killpg(process.pid, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
    try:
        # Not Popen.wait: only this call says what the process and the children it waited for have used.
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, used.ru_utime + used.ru_stime
    finally:
        ended.set()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


@contextmanager
def temporary_files() -> Iterator[dict[str, str]]:
    """Give the variables that put temporary files into a folder in memory, removed afterwards; none where it is small.

    Nothing is proved less: no test can cut the power, and what is killed finds its files again in memory, too.
    """
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < MEMORY_BYTES:
        yield {}
        return
    for left in MEMORY.glob("paraphe-*-*"):
        # Of a run that was killed; a process that has its number since only keeps it a little longer.
        if not Path(f"/proc/{left.name.split('-')[1]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    # A short name: the address of a Unix socket in it has 107 characters at most.
    folder = tempfile.mkdtemp(prefix=f"paraphe-{os.getpid()}-", dir=MEMORY)
    try:
        yield {"TMPDIR": folder}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Run:
    """Works off steps in lanes and keeps the score."""

    def __init__(self, postgres_url: str) -> None:
        self._postgres_url = postgres_url
        self._lock = threading.Lock()
        self.passed = self.failed = self.skipped = 0
        self.broken: list[str] = []

    def work_off(self, steps: tuple[Step, ...]) -> None:
        """Run ``steps``, at most LANES at a time, and wait for all of them."""
        waiting = list(steps)

        def lane() -> None:
            while True:
                with self._lock:
                    if not waiting:
                        return
                    step = waiting.pop(0)
                self._one(step)

        lanes = [threading.Thread(target=lane) for _ in range(LANES)]
        for each in lanes:
            each.start()
        for each in lanes:
            each.join()

    def _one(self, step: Step) -> None:
        began = time.monotonic()
        environment = {key: value for key, value in os.environ.items() if not key.startswith("PARAPHE_")}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        # Hypothesis draws the same examples in each run; a plain ``pytest`` draws new ones.
        environment["CI"] = "true"
        if step.postgres:
            # A database of its own for each step: steps run side by side.
            server = self._postgres_url.rsplit("/", 1)[0]
            environment["PARAPHE_TEST_DATABASE_URL"] = f"{server}/{step.name.replace('-', '_')}"
        log = LOGS / f"{step.name}.log"
        with log.open("wb") as output, temporary_files() as variables:
            code, processor = run_and_wait(step.words, {**environment, **variables}, output)
        text = log.read_text(errors="replace")
        counts = {
            word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", text[-400:])
        }
        with self._lock:
            self.passed += counts.get("passed", 0)
            self.skipped += counts.get("skipped", 0)
            self.failed += counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
            verdict = "ok" if code == 0 else f"FAILED (exit {code})"
            last = text.strip().splitlines()[-1] if text.strip() else ""
            print(
                f"{step.name:<22} {verdict:<8} {time.monotonic() - began:6.1f} / {processor:5.1f} s   {last}",
                flush=True,
            )
            if code:
                self.broken.append(step.name)
                print(f"----- {log.relative_to(ROOT)}\n{text[-12000:]}\n-----", flush=True)


def main(goal: str) -> int:
    """Run what ``goal`` asks for and return the exit code."""
    LOGS.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    if goal == "check":
        run = Run("")
        run.work_off(CHECKS)
    else:
        from tests.support.postgres import cluster

        with cluster() as url:
            run = Run(url)
            run.work_off((*CHECKS[:3], CHECKS[4], CHECKS[3], *TESTS))
    print(f"\n{time.monotonic() - began:.0f} s; failed: {', '.join(run.broken) or 'none'}")
    print(f"{run.passed} passed, {max(run.failed, len(run.broken))} failed, {run.skipped} skipped", flush=True)
    return 1 if run.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
