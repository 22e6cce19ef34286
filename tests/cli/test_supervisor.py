import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from paraphe.cli import supervisor
from paraphe.cli.main import main
from paraphe.config.environment import BadConfiguration, Environment


def test_a_taken_port_is_named_with_the_setting_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = Environment({"PARAPHE_DATA_DIR": str(tmp_path), "PARAPHE_TRUST_PORT": str(port)})

        with pytest.raises(BadConfiguration, match=rf"Port {port} .* PARAPHE_TRUST_PORT"):
            supervisor._check_ports(environment, ["trust"])


def test_a_second_start_on_the_same_folder_is_told_so(tmp_path: Path) -> None:
    environment = Environment({"PARAPHE_DATA_DIR": str(tmp_path)})

    with (
        supervisor._only_one(environment),
        pytest.raises(BadConfiguration, match=rf"already runs .* \(process {os.getpid()}\)"),
        supervisor._only_one(environment),
    ):
        pass
    with supervisor._only_one(environment):
        pass


def test_a_wrong_setting_is_one_sentence_and_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("PARAPHE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PARAPHE_PLATFORM_PORT", "many")

    assert main(["run"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    """kill -9 of the supervisor: no orphan keeps a port or a database."""
    script = (
        "import subprocess, sys, time\n"
        "from paraphe.cli.supervisor import _die_with_parent\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], preexec_fn=_die_with_parent)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())

    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()

    for _ in range(100):
        if not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]:
            return
        time.sleep(0.05)
    pytest.fail("the child outlived its supervisor")
