"""A PostgreSQL of one's own for a test run: made in a temporary folder, on a free port, gone at the end.

``python -m tests.support.postgres COMMAND…`` runs COMMAND with its address in PARAPHE_TEST_DATABASE_URL.
"""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

START_SECONDS = 60
STOP_SECONDS = 20
PR_SET_PDEATHSIG = 1
# It lives for minutes and holds nothing worth keeping: the disk need not be waited for.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=60"]
# A test that waits for what another left locked fails, and says for what, instead of waiting for ever.
PATIENCE = ["lock_timeout=120s", "idle_in_transaction_session_timeout=300s"]


class NoPostgres(Exception):
    """The server programs are not installed, or did not start; the text says what to do."""


@contextmanager
def cluster() -> Iterator[str]:
    """Start a server and give the address of a database in it; stop it and remove everything at the end.

    Raises NoPostgres.
    """
    programs = _programs()
    # Directly in /tmp: the address of a Unix socket has 107 characters at most.
    home = Path(tempfile.mkdtemp(prefix="paraphe-pg-", dir="/tmp"))
    try:
        password, port = secrets.token_hex(16), _free_port()
        (home / "password").write_text(password)
        (home / "password").chmod(0o600)
        for path in (home, home / "password") if os.geteuid() == 0 else ():
            shutil.chown(path, "postgres", "postgres")
        _initdb(programs, home)
        server = _start(programs, home, port)
        try:
            _wait(server, home, port)
            yield f"postgresql://paraphe:{password}@127.0.0.1:{port}/postgres"
        finally:
            _stop(server)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _programs() -> Path:
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -float(path.parent.name))
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("PostgreSQL's server is not installed: 'apt-get install postgresql' (its service may stay off).")


def _as_postgres() -> dict[str, object]:
    """Return what makes a child run as user postgres: the server refuses to run as root."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


def _initdb(programs: Path, home: Path) -> None:
    words = ["-D", home / "data", "-U", "paraphe", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "--no-sync"]
    made = subprocess.run(
        [programs / "initdb", *words, f"--pwfile={home / 'password'}"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
        **_as_postgres(),  # type: ignore[call-overload]
    )
    if made.returncode:
        raise NoPostgres(f"initdb failed: {made.stderr.strip().splitlines()[-1:]}")


def _start(programs: Path, home: Path, port: int) -> "subprocess.Popen[bytes]":
    options = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={home}", *FAST, *PATIENCE]
    with (home / "log").open("wb") as log:
        server: subprocess.Popen[bytes] = subprocess.Popen(
            [programs / "postgres", "-D", home / "data", *(word for option in options for word in ("-c", option))],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            preexec_fn=_stop_with_parent,  # noqa: PLW1509 - no thread of ours holds a lock at this moment
            **_as_postgres(),  # type: ignore[call-overload]
        )
    return server


def _stop_with_parent() -> None:
    """Ask the kernel to stop the server when the tests die, even by kill -9; and keep Ctrl-C to the tests."""
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _wait(server: "subprocess.Popen[bytes]", home: Path, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        # The server listens before it is ready: its word in the pid file is what counts.
        pid_file = home / "data" / "postmaster.pid"
        lines = pid_file.read_text().splitlines() if pid_file.exists() else []
        if len(lines) >= 8 and lines[7].strip() == "ready":
            return
        time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL did not start on port {port}: {(home / 'log').read_text(errors='replace')[-500:]}")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _exit(number: int, frame: FrameType | None) -> None:
    sys.exit(128 + number)


def main(words: Sequence[str]) -> int:
    """Run ``words`` as a command beside a server, and return its exit code."""
    signal.signal(signal.SIGTERM, _exit)
    try:
        with cluster() as url:
            return subprocess.run(words, env={**os.environ, "PARAPHE_TEST_DATABASE_URL": url}, check=False).returncode
    except NoPostgres as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
