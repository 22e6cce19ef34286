"""The command line against a running platform: files are brought and fetched, a folder is watched."""

import json
import os
import signal
import subprocess
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

from paraphe.cli import remote, sending
from paraphe.cli.main import main
from paraphe.cli.watching import Stop, Watch
from paraphe.kernel.actor import Actor
from paraphe.platform.programs import api as programs
from paraphe.platform.sealing.models import Batch, Item
from tests.pdf.hands import sign
from tests.platform.sealing.hands import done, payslip, released
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(alice: Any, tmp_path: Path) -> Path:
    """The file of a token of Alice's firm."""
    _, text = programs.issue(
        siren=cast.MARTIN.siren, email=alice[0].email, name="Dossier", actor=Actor("system", "operator")
    )
    path = tmp_path / "token"
    path.write_text(text + "\n")
    path.chmod(0o600)
    return path


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.setattr(remote, "PAUSES", ())


def told(capsys: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_files_go_into_a_batch_a_person_releases_it_and_they_come_back(
    live_server: Any,
    trust: SmallTrust,
    alice: Any,
    token: Path,
    tmp_path: Path,
    capsys: Any,
    monkeypatch: Any,
) -> None:
    who, firm = alice
    inputs = tmp_path / "paies"
    for number in range(3):
        (inputs / "2026").mkdir(parents=True, exist_ok=True)
        (inputs / "2026" / f"{number}.pdf").write_bytes(payslip(number))
    (inputs / "bad.pdf").write_bytes(b"")
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        batch = Batch.objects.get()
        if batch.state == "draft":
            done(batch.pk)
            released(who, firm, batch.pk, trust)
        done(batch.pk)

    monkeypatch.setattr(sending.run, "__defaults__", (wait,))
    out = tmp_path / "out"
    words = ["seal", str(inputs), "--platform", live_server.url, "--token-file", str(token), "--level", "B-T", "--json"]
    assert main([*words, "--title", "Novembre", "--purpose", "Bulletins de paie", "--out", str(out)]) == 1
    lines = told(capsys)
    assert [(one["input"], one["code"]) for one in lines if one.get("status") == "refused"] == [
        (str(inputs / "bad.pdf"), "empty")
    ]
    assert [one["state"] for one in lines if one.get("event") == "state"] == ["draft", "done"]
    assert waited
    for number in range(3):
        assert (out / "2026" / f"{number}.pdf").read_bytes().startswith(payslip(number))
    batch = Batch.objects.get()
    assert (batch.title, batch.total, batch.sealed) == ("Novembre", 3, 3)

    again = ["seal", "--platform", live_server.url, "--token-file", str(token), "--batch", str(batch.pk), "--json"]
    (out / "2026" / "1.pdf").unlink()
    assert main([*again, "--out", str(out), "--resume"]) == 0
    assert [one["status"] for one in told(capsys) if "status" in one] == ["done", "ok", "done"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--platform", "http://paraphe.example", "--token-file", "TOKEN"], "must begin with https://"),
        (["--platform", "ftp://paraphe.example", "--token-file", "TOKEN"], "no address of a platform"),
        (["--platform", "LIVE"], "--token-file"),
        (["--platform", "LIVE", "--token-file", "/nowhere"], "cannot be read"),
        (["--platform", "LIVE", "--token-file", "OPEN"], "can be read by others"),
        (["--platform", "LIVE", "--token-file", "OTHER"], "does not know this token"),
        (["--platform", "http://127.0.0.1:1", "--token-file", "TOKEN"], "does not answer"),
    ],
)
def test_what_cannot_be_used_is_said_in_a_sentence(
    words: list[str], said: str, live_server: Any, token: Path, tmp_path: Path, capsys: Any
) -> None:
    for name, mode in (("open", 0o644), ("other", 0o600)):
        (tmp_path / name).write_text("prg_nobody")
        (tmp_path / name).chmod(mode)
    (tmp_path / "a.pdf").write_bytes(payslip(1))
    places = {
        "LIVE": live_server.url,
        "TOKEN": str(token),
        "OPEN": str(tmp_path / "open"),
        "OTHER": str(tmp_path / "other"),
    }
    assert main(["seal", str(tmp_path / "a.pdf"), *(places.get(word, word) for word in words)]) == 2
    assert said in capsys.readouterr().err
    assert not Batch.objects.exists()


def watched(folder: Path, url: str, token: Path, **changes: Any) -> Watch:
    """Return a watcher of ``folder`` that takes what it sees twice."""
    folder.mkdir(exist_ok=True)
    options = Namespace(**{
        "title": "Paies", "purpose": "Bulletins de paie", "level": "B-T", "settle": 0.0, "json": True, "language": "en",
        **changes,
    })  # fmt: skip
    return Watch(folder, remote.Platform(url, remote.token_of(token)), options, "en")


def once(watch: Watch) -> None:
    with watch.open():
        watch.until(Stop(), once=True)


def names(folder: Path) -> list[str]:
    return sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file())


def test_what_is_put_into_the_folder_waits_in_one_batch_and_what_is_bad_says_why(
    live_server: Any, token: Path, tmp_path: Path, capsys: Any
) -> None:
    folder = tmp_path / "in"
    (folder / "novembre").mkdir(parents=True)
    (folder / "novembre" / "1.pdf").write_bytes(payslip(1))
    (folder / "2.pdf").write_bytes(payslip(2))
    (folder / "empty.pdf").write_bytes(b"")
    (folder / "notes.txt").write_bytes(b"Bonjour")
    (folder / "coming.pdf.part").write_bytes(payslip(3)[:100])
    (folder / ".hidden.pdf").write_bytes(payslip(4))
    (folder / "link.pdf").symlink_to("/etc/hostname")
    once(watched(folder, live_server.url, token))
    assert sorted(Item.objects.values_list("path", flat=True)) == ["2.pdf", "novembre/1.pdf"]
    assert Batch.objects.get().state == "draft"
    assert names(folder / "done") == ["2.pdf", "novembre/1.pdf"]
    assert names(folder / "failed") == ["empty.pdf", "empty.pdf.txt", "notes.txt", "notes.txt.txt"]
    assert "The file is empty" in (folder / "failed" / "empty.pdf.txt").read_text()
    assert (folder / "coming.pdf.part").exists()
    assert sum(one["status"] == "done" for one in told(capsys)) == 2

    (folder / "2.pdf").write_bytes(payslip(5))
    (folder / "3.pdf").write_bytes(payslip(3))
    once(watched(folder, live_server.url, token))
    assert Batch.objects.count() == 1
    assert Item.objects.count() == 3
    assert "2.pdf" in names(folder / "failed"), "another file of this name is in the batch"


def test_a_file_that_still_grows_is_left_alone(live_server: Any, token: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    watch = watched(folder, live_server.url, token, settle=0.3)
    growing = folder / "scan.pdf"
    growing.write_bytes(payslip(1)[:200])
    with watch.open():
        assert watch._whole() == []
        time.sleep(0.2)
        growing.write_bytes(payslip(1)[:400])
        assert watch._whole() == []
        time.sleep(0.2)
        assert watch._whole() == [], "it changed less than three tenths of a second ago"
        time.sleep(0.2)
        assert watch._whole() == [growing]


def test_a_released_batch_is_followed_by_the_next(
    live_server: Any,
    trust: SmallTrust,
    alice: Any,
    token: Path,
    tmp_path: Path,
) -> None:
    folder = tmp_path / "in"
    watch = watched(folder, live_server.url, token)
    (folder / "1.pdf").write_bytes(payslip(1))
    once(watch)
    first = Batch.objects.get()
    done(first.pk)
    released(alice[0], alice[1], first.pk, trust)
    (folder / "1.pdf").write_bytes(payslip(7))
    once(watched(folder, live_server.url, token))
    assert Batch.objects.exclude(pk=first.pk).get().state == "draft"
    assert names(folder / "done") == ["1 (2).pdf", "1.pdf"]


def test_what_a_dead_watcher_had_sent_is_not_brought_again(
    live_server: Any,
    trust: SmallTrust,
    alice: Any,
    token: Path,
    tmp_path: Path,
    monkeypatch: Any,
) -> None:
    """Killed after the platform took the file and before it was put away; meanwhile the batch was released."""
    folder = tmp_path / "in"
    dead = watched(folder, live_server.url, token)
    (folder / "1.pdf").write_bytes(payslip(1))

    class Killed(BaseException):
        pass

    def die(*_: object, **__: object) -> None:
        raise Killed

    monkeypatch.setattr(dead, "_put_away", die)
    with pytest.raises(Killed):
        once(dead)
    batch = Batch.objects.get()
    done(batch.pk)
    released(alice[0], alice[1], batch.pk, trust)
    once(watched(folder, live_server.url, token))
    assert Batch.objects.count() == 1
    assert names(folder / "done") == ["1.pdf"]
    assert not [one for one in (folder / ".paraphe").iterdir() if one.is_dir()]


def test_several_watchers_take_each_file_once_and_one_is_killed(live_server: Any, token: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    words = [
        sys.executable, "-m", "paraphe.cli", "watch", str(folder), "--platform", live_server.url, "--token-file",
        str(token), "--settle", "0", "--json",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    for number in range(30):
        (folder / f"{number:02}.pdf").write_bytes(payslip(number))
    watchers = [subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL) for _ in range(2)]
    try:
        deadline = time.monotonic() + 60
        while Item.objects.count() < 5:
            assert time.monotonic() < deadline, names(folder)
            time.sleep(0.05)
        watchers[0].send_signal(signal.SIGKILL)
        while len(names(folder / "done")) < 30:
            assert time.monotonic() < deadline, names(folder)
            time.sleep(0.1)
    finally:
        watchers[1].send_signal(signal.SIGTERM)
        codes = [one.wait(30) for one in watchers]
    assert codes == [-signal.SIGKILL, 0]
    assert Item.objects.count() == 30
    assert Batch.objects.count() == 1
    assert names(folder / "failed") == []


def test_a_token_that_ended_stops_the_watcher_and_leaves_the_files(
    live_server: Any, token: Path, tmp_path: Path, capsys: Any
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "1.pdf").write_bytes(sign(payslip(1)).data)
    programs.end(programs.listing()[0].id, actor=Actor("system", "operator"))
    words = ["watch", str(folder), "--platform", live_server.url, "--token-file", str(token), "--settle", "0", "--once"]
    assert main(words) == 2
    assert "does not know this token" in capsys.readouterr().err
    assert [one for one in names(folder) if one.endswith("1.pdf")] != []
    assert not Item.objects.exists()
