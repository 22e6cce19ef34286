"""The operator makes a backup of a running trust site, tries it, and lives through the loss of everything."""

import io
import os
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import pytest

from paraphe.cli.backup import BackupRefused, extract, extract_file, kek_of

ROOT = Path(__file__).parents[2]


class Operator:
    """Somebody at the command line of one installation."""

    def __init__(self, data: Path) -> None:
        self.data = data
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PARAPHE_", "DJANGO_"))}
        self.environment = {**clean, "PARAPHE_DATA_DIR": str(data), "PYTHONPATH": str(ROOT / "src")}

    def says(self, *words: str, given: str = "", code: int = 0) -> str:
        said = subprocess.run(
            [sys.executable, "-m", "paraphe.cli", *words],
            env=self.environment, input=given, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert said.returncode == code, said.stderr[-2000:]
        return said.stdout + said.stderr

    def signer(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-m", "paraphe.cli", "signer"], env=self.environment)
        deadline = time.monotonic() + 20
        while not (self.data / "signer" / "signer.sock").exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return process


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Operator:
    made = Operator(tmp_path_factory.mktemp("house") / "var")
    made.says("setup")
    signer = made.signer()
    made.says("site-setup", "trust")
    made.says("trust", "backup", str(made.data.parent / "first.backup"))
    signer.send_signal(signal.SIGTERM)
    signer.wait(10)
    return made


def test_a_backup_is_tried_and_restored(operator: Operator) -> None:
    archive = operator.data.parent / "first.backup"
    assert archive.stat().st_mode & 0o777 == 0o600
    assert b"sqlite" not in archive.read_bytes().lower()
    said = operator.says("trust", "drill", str(archive))
    assert "keys opened, used and checked" in said
    assert "The journal is what was written" in said
    assert "The drill succeeded" in said

    shares = operator.says("trust", "keys", "split", "--needed", "2", "--shares", "3")
    words = [line for line in shares.splitlines() if len(line.split()) > 20]
    elsewhere = operator.data.parent / "elsewhere"
    operator.says("trust", "restore", str(archive), "--into", str(elsewhere))
    assert not (elsewhere / "signer" / "kek.key").exists()
    after = Operator(elsewhere)
    after.says("trust", "keys", "join", given="\n".join(words[1:]))
    assert " 0 findings" in after.says("trust", "certificates", "check")


def test_a_changed_or_cut_archive_does_not_open(operator: Operator) -> None:
    data = (operator.data.parent / "first.backup").read_bytes()
    for number, wrong in enumerate(
        (data[:-1], data[:5000], data[:6000] + b"\x00" + data[6001:], b"", b"nonsense" * 99)
    ):
        archive = operator.data.parent / f"wrong-{number}.backup"
        archive.write_bytes(wrong)
        with pytest.raises(BackupRefused, match="backup"):
            extract(archive, operator.data.parent / f"nowhere-{number}", kek_of(operator.data))


def test_what_is_there_is_not_overwritten(operator: Operator) -> None:
    archive = str(operator.data.parent / "first.backup")
    assert "exists already" in operator.says("trust", "backup", archive, code=2)
    assert "is not empty" in operator.says("trust", "restore", archive, "--into", str(operator.data), code=2)


def test_the_key_encryption_key_is_changed_and_old_backups_wait_for_the_old_one(operator: Operator) -> None:
    old = (operator.data / "signer" / "kek.key").read_text()
    assert "are sealed under a new" in operator.says("trust", "keys", "rotate")
    archive = str(operator.data.parent / "first.backup")
    assert "does not open" in operator.says("trust", "drill", archive, code=2)
    (operator.data / "signer" / "kek.key").write_text(old)


@pytest.mark.parametrize("name", ["../outside", "/outside", "trust/../../outside"])
def test_a_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "restored"
    folder.mkdir()
    member = tarfile.TarInfo(name)
    member.size = 4
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        tar.addfile(member, io.BytesIO(b"here"))
    packed.seek(0)
    with tarfile.open(fileobj=packed) as tar, pytest.raises(BackupRefused):
        extract_file(tar, tar.getmembers()[0], folder)
    assert not (tmp_path / "outside").exists()


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    member = tarfile.TarInfo("trust/link")
    member.type, member.linkname = tarfile.SYMTYPE, "/etc"
    with tarfile.open(fileobj=io.BytesIO(), mode="w") as tar, pytest.raises(BackupRefused):
        extract_file(tar, member, tmp_path)
