"""``verify`` and ``inspect`` as other programs use them: real commands on real files."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pdf.hands import VECTORS, one_page

ROOT = Path(__file__).parents[2]
REPORT = {"file", "indication", "sub_indication", "summary", "signatures", "findings"}
SIGNATURE = {
    "field", "kind", "indication", "sub_indication", "intact", "coverage", "modifications", "level", "signer",
    "signed_at", "time_source", "findings",
}  # fmt: skip


def run(*words: object, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "LANG": "C.UTF-8", **more}
    command = [sys.executable, "-m", "paraphe.cli", *map(str, words)]
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "Traceback" not in found.stdout + found.stderr
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demonstration PKI, a letter signed with it, the same letter with one byte changed."""
    found = tmp_path_factory.mktemp("cli")
    assert run("demo-pki", found / "pki").returncode == 0
    letter = VECTORS / "libreoffice.pdf"
    words = ["--p12", found / "pki/signer.p12", "--tsa", f"demo:{found / 'pki'}", "--level", "B-LTA"]
    assert run("sign", letter, "--out", found / "signed.pdf", *words).returncode == 0
    data = bytearray((found / "signed.pdf").read_bytes())
    data[data.index(b"stream") + 20] ^= 1
    (found / "changed.pdf").write_bytes(data)
    (found / "plain.pdf").write_bytes(letter.read_bytes())
    (found / "nothing.pdf").write_bytes(b"")
    return found


def verdict(folder: Path, name: str, *words: object, trust: bool = True) -> tuple[int, dict[str, Any]]:
    found = run("verify", folder / name, "--json", *(["--trust", folder / "pki/root.pem"] if trust else []), *words)
    (line,) = found.stdout.splitlines()
    report = json.loads(line)
    assert set(report) >= REPORT
    assert all(set(one) >= SIGNATURE for one in report["signatures"])
    return found.returncode, report


def test_a_good_letter_passes(folder: Path) -> None:
    code, report = verdict(folder, "signed.pdf")
    assert (code, report["indication"], report["sub_indication"]) == (0, "TOTAL-PASSED", None)
    first, stamp = report["signatures"]
    assert (first["kind"], first["level"], first["intact"], first["coverage"]) == (
        "signature",
        "B-LTA",
        True,
        "document",
    )
    assert (first["modifications"], first["signer"]) == ("none", "Alice Démonstration")
    assert stamp["kind"] == "timestamp"


@pytest.mark.parametrize(
    ("name", "trust", "code", "indication"),
    [
        ("signed.pdf", False, 3, "INDETERMINATE"),
        ("changed.pdf", True, 4, "TOTAL-FAILED"),
        ("plain.pdf", True, 5, "NO-SIGNATURE"),
        ("nothing.pdf", True, 2, "UNREADABLE"),
        ("absent.pdf", True, 2, "UNREADABLE"),
        ("pki", True, 2, "UNREADABLE"),
    ],
)
def test_every_verdict_has_its_exit_code(name: str, trust: bool, code: int, indication: str, folder: Path) -> None:
    found, report = verdict(folder, name, trust=trust)
    assert (found, report["indication"]) == (code, indication)


def test_of_several_files_the_worst_gives_the_exit_code(folder: Path) -> None:
    names = [folder / one for one in ("signed.pdf", "plain.pdf", "changed.pdf")]
    found = run("verify", *names, "--trust", folder / "pki/root.pem", "--json")
    assert found.returncode == 4
    assert [json.loads(line)["indication"] for line in found.stdout.splitlines()] == [
        "TOTAL-PASSED", "NO-SIGNATURE", "TOTAL-FAILED",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [["--at", "yesterday"], ["--at", "9999-12-31T23:59:59-14:00"], ["--trust", "absent.pem"], ["--json", "--xml"]],
)
def test_what_is_said_wrongly_ends_with_two(words: list[str], folder: Path) -> None:
    assert run("verify", folder / "signed.pdf", *words).returncode == 2


def test_another_time_gives_another_verdict(folder: Path) -> None:
    code, report = verdict(folder, "signed.pdf", "--at", "2099-01-01")
    assert code == 3
    assert report["sub_indication"] in ("OUT_OF_BOUNDS_NO_POE", "NO_POE")


def test_the_xml_report_says_the_same(folder: Path) -> None:
    found = run("verify", folder / "signed.pdf", "--trust", folder / "pki/root.pem", "--xml")
    assert found.returncode == 0
    assert "total-passed" in found.stdout


def test_a_terminal_that_knows_no_accents_gets_an_answer(folder: Path) -> None:
    found = run("verify", folder / "signed.pdf", "--language", "fr", PYTHONIOENCODING="ascii")
    assert found.returncode == 3
    assert "INDETERMINATE" in found.stdout


def test_a_field_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    field = b"<</FT/Tx/T(x\x1b[31mEVIL\\nTOTAL-PASSED)/Type/Annot/Subtype/Widget/Rect[0 0 9 9]/V(1)>>"
    data = one_page({5: field}, catalog=b"/AcroForm<</Fields[5 0 R]>>", page=b"/Annots[5 0 R]")
    (tmp_path / "evil.pdf").write_bytes(data)
    for words in (["inspect"], ["verify"]):
        found = run(*words, tmp_path / "evil.pdf")
        assert "\x1b" not in found.stdout
        assert not any(line.startswith("TOTAL-PASSED") for line in found.stdout.splitlines())


def test_inspect_tells_what_is_in_a_file_and_whether_it_can_be_signed(folder: Path) -> None:
    found = json.loads(run("inspect", folder / "signed.pdf", "--json").stdout)
    assert (found["status"], found["can_be_signed"], found["refusal"]) == ("ok", True, None)
    assert found["signatures"][0]["signer"] == "Alice Démonstration"
    locked = run("inspect", VECTORS / "refused" / "encrypted-user.pdf", "--json")
    report = json.loads(locked.stdout)
    assert (locked.returncode, report["can_be_signed"], report["refusal"]["code"]) == (0, False, "encrypted")
    assert run("inspect", folder / "nothing.pdf").returncode == 2


def test_the_commands_for_documents_do_not_load_a_site(folder: Path) -> None:
    code = "import sys; sys.argv=['paraphe','verify',sys.argv[1]]; from paraphe.cli.main import main; main(); "
    code += "print([one for one in sys.modules if one.split('.')[0] == 'django'][:1])"
    words = [sys.executable, "-c", code, str(folder / "plain.pdf")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    found = subprocess.run(words, capture_output=True, text=True, env=environment, check=False)
    assert found.stdout.splitlines()[-1] == "[]"
