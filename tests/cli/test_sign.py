"""``paraphe sign`` and ``paraphe seal``: what programs rely on."""

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.cli import demo_pki
from paraphe.cli.main import main

VECTORS = Path(__file__).parents[1] / "vectors" / "pdf"
TYPST, CHROMIUM = VECTORS / "typst.pdf", VECTORS / "chromium.pdf"
KEYS = {"input", "output", "status", "code", "message", "level"}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a demonstration PKI."""
    folder = tmp_path_factory.mktemp("pki") / "trial"
    demo_pki.create(folder)
    return folder


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(set(line) == KEYS for line in found)
    return found


def signatures(path: Path) -> list[str]:
    return [str(one.sig_object["/SubFilter"]) for one in PdfFileReader(BytesIO(path.read_bytes())).embedded_signatures]


@pytest.mark.parametrize(("level", "count"), [("B-B", 1), ("B-T", 1), ("B-LT", 1), ("B-LTA", 2)])
def test_every_level(level: str, count: int, trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out.pdf"
    key, tsa = str(trial / "seal.p12"), f"demo:{trial}"
    assert main(["seal", str(TYPST), "--out", str(out), "--p12", key, "--tsa", tsa, "--level", level, "--json"]) == 0
    [line] = lines(capsys)
    assert line == {
        "input": str(TYPST), "output": str(out), "status": "ok", "code": None, "message": None, "level": level,
    }  # fmt: skip
    assert out.read_bytes().startswith(TYPST.read_bytes())
    assert len(signatures(out)) == count


def test_with_an_authority_the_level_is_t_without_one_b(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["sign", str(TYPST), "--out-dir", str(tmp_path), "--p12", str(trial / "signer.p12"), "--json"]
    assert main(words) == 0
    assert main([*words, "--overwrite", "--tsa", f"demo:{trial}"]) == 0
    assert [line["level"] for line in lines(capsys)] == ["B-B", "B-T"]


def test_folders_and_patterns_are_taken(trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("b.pdf", "a.PDF", "notes.txt"):
        (folder / name).write_bytes(TYPST.read_bytes())
    words = ["--out-dir", str(tmp_path / "new" / "out"), "--p12", str(trial / "seal.p12"), "--json"]
    assert main(["seal", str(folder), *words]) == 0
    assert main(["seal", str(folder / "*.pdf"), "--overwrite", *words]) == 0
    assert [Path(str(line["input"])).name for line in lines(capsys)] == ["a.PDF", "b.pdf", "b.pdf"]


def test_one_refused_does_not_keep_the_others_back(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "chromium.pdf").write_bytes(b"mine")
    missing = tmp_path / "missing.pdf"
    words = ["--out-dir", str(tmp_path), "--p12", str(trial / "seal.p12"), "--json"]
    assert main(["seal", str(CHROMIUM), str(missing), str(TYPST), *words]) == 2  # missing.pdf is input and output
    out = tmp_path / "out"
    out.mkdir()
    (out / "chromium.pdf").write_bytes(b"mine")
    words[1] = str(out)
    assert main(["seal", str(CHROMIUM), str(missing), str(TYPST), *words]) == 1
    found = lines(capsys)
    assert [(line["status"], line["code"]) for line in found] == [
        ("refused", "output_exists"), ("error", "source_unreadable"), ("ok", None),
    ]  # fmt: skip
    assert [line["output"] is None for line in found] == [True, True, False]
    assert (out / "chromium.pdf").read_bytes() == b"mine"
    assert sorted(one.name for one in out.iterdir()) == ["chromium.pdf", "typst.pdf"]


def test_what_would_lose_or_mix_up_files_is_refused_before_anything_starts(trial: Path, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        folder.mkdir()
        (folder / "same.pdf").write_bytes(TYPST.read_bytes())
    key = ["--p12", str(trial / "seal.p12")]
    assert main(["seal", str(one), str(two), "--out-dir", str(tmp_path / "out"), *key]) == 2
    assert main(["seal", str(one), str(two), "--out", str(tmp_path / "out.pdf"), *key]) == 2
    assert main(["seal", str(one / "same.pdf"), "--out", str(one / "same.pdf"), "--overwrite", *key]) == 2
    assert main(["seal", str(one / "same.pdf"), "--out-dir", str(one), "--overwrite", *key]) == 2
    assert main(["seal", str(tmp_path / "*.none"), "--out-dir", str(tmp_path / "out"), *key]) in (1, 2)
    assert (one / "same.pdf").read_bytes() == TYPST.read_bytes()
    assert not list((tmp_path / "out").glob("*"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--level", "B-LT"], "needs timestamps: give --tsa"),
        (["--tsa", "ftp://tsa.test/"], "no address of a time-stamping authority"),
        (["--tsa", "http://"], "no address of a time-stamping authority"),
        (["--tsa", "demo:/nowhere"], "not made by paraphe demo-pki"),
        (["--p12-pass-env", "NOBODY_SET_THIS"], "NOBODY_SET_THIS is not set"),
        (["--logo", "/nowhere.png"], "cannot be read"),
        (["--tsa", "DEMO", "--level", "B-LT", "--crl", str(TYPST)], "is no revocation list"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    words: list[str], said: str, trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"demo:{trial}" if word == "DEMO" else word for word in words]
    common = ["seal", str(TYPST), "--out", str(tmp_path / "out.pdf"), "--p12", str(trial / "seal.p12")]
    assert main([*common, *words]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.parametrize(
    "words",
    ["--visible 0,1,2,3,4", "--visible 1,2", "--jobs 0", "--certify 4", "--level B", "--out-dir x", "--pkcs11 x"],
)
def test_bad_words_are_usage(words: str, trial: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["seal", str(TYPST), "--out", str(tmp_path / "o.pdf"), "--p12", str(trial / "seal.p12"), *words.split()])
    assert stopped.value.code == 2


def test_a_file_that_is_no_key_and_a_password(trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

    from paraphe.pki import pkcs12 as ours

    signer = ours.load((trial / "seal.p12").read_bytes())
    locked = tmp_path / "locked.p12"
    lock = BestAvailableEncryption("sésame".encode())
    locked.write_bytes(
        pkcs12.serialize_key_and_certificates(None, signer.private_key, signer.certificate, list(signer.chain), lock)
    )
    words = ["seal", str(TYPST), "--out", str(tmp_path / "out.pdf"), "--p12"]
    assert main([*words, str(TYPST)]) == 2
    assert main([*words, str(tmp_path / "none.p12")]) == 2
    assert main([*words, str(locked)]) == 2
    monkeypatch.setenv("SEAL_PASS", "sésame")
    assert main([*words, str(locked), "--p12-pass-env", "SEAL_PASS"]) == 0


def test_a_token_is_named_by_an_address(trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["seal", str(TYPST), "--out", str(tmp_path / "out.pdf"), "--pkcs11"]
    assert main([*words, "token=a"]) == 2
    assert main([*words, "pkcs11:token=a"]) == 2
    assert main([*words, "pkcs11:token=a?module-path=/x.so"]) == 2
    assert "PIN" in capsys.readouterr().err


def test_a_key_in_a_token_seals() -> None:
    words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", str(Path(__file__).with_name("sign_with_token.py"))]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout or "skipped" in done.stdout


def test_certify_and_field(trial: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    words = ["--certify", "2", "--field", "Cachet", "--reason", "Vrai", "--p12", str(trial / "seal.p12")]
    assert main(["seal", str(TYPST), "--out", str(out), *words]) == 0
    [one] = PdfFileReader(BytesIO(out.read_bytes())).embedded_signatures
    assert one.field_name == "Cachet"
    assert one.docmdp_level is not None
    assert one.sig_object["/Reason"] == "Vrai"


def test_several_processes_in_french(trial: Path, tmp_path: Path) -> None:
    """A process of its own: nothing but lines of JSON, French by the environment, no half-written file."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(70):
        (folder / f"{number:02}.pdf").write_bytes((TYPST, CHROMIUM)[number % 2].read_bytes())
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "07.pdf").write_bytes(b"mine")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "paraphe.cli", "seal", str(folder), "--out-dir", str(tmp_path / "out")),
            *("--p12", str(trial / "seal.p12"), "--jobs", "2", "--json"),
        ],
        env={**os.environ, "LC_ALL": "fr_FR.UTF-8", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [Path(line["input"]).stem for line in found] == [f"{number:02}" for number in range(70)]
    assert [line["code"] for line in found if line["status"] != "ok"] == ["output_exists"]
    assert "existe déjà" in found[7]["message"]
    assert len(list((tmp_path / "out").iterdir())) == 70


def test_saying_the_words_costs_little() -> None:
    """What a batch does not need is not imported: no Django, and no general path before a document wants it."""
    code = (
        "import sys; from paraphe.cli import sign, sealing; "
        "print([m for m in ('django', 'pyhanko', 'reportlab', 'PIL', 'requests') if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def sealing(trial: Path, *words: str | Path) -> list[str]:
    return ["seal", *map(str, words), "--p12", str(trial / "seal.p12")]


def test_folders_keep_their_shape_and_an_output_folder_inside_is_not_read(trial: Path, tmp_path: Path) -> None:
    for place in ("2026/01/alice.pdf", "2026/02/alice.pdf", ".hidden/bob.pdf", "sealed/old.pdf", "notes.txt"):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / place).write_bytes(TYPST.read_bytes())
    assert main(sealing(trial, tmp_path, "--out", tmp_path / "sealed")) == 0
    made = sorted(str(one.relative_to(tmp_path / "sealed")) for one in (tmp_path / "sealed").rglob("*.pdf"))
    assert made == ["2026/01/alice.pdf", "2026/02/alice.pdf", "old.pdf"]
    assert signatures(tmp_path / "sealed" / "2026/02/alice.pdf") == ["/ETSI.CAdES.detached"]


def test_what_was_killed_in_the_middle_goes_on_and_seals_nothing_twice(trial: Path, tmp_path: Path) -> None:
    inputs, out = tmp_path / "in", tmp_path / "out"
    inputs.mkdir()
    for number in range(60):
        (inputs / f"{number:02}.pdf").write_bytes(TYPST.read_bytes())
    words = sealing(trial, inputs, "--out-dir", out, "--json")
    killed = subprocess.Popen([sys.executable, "-m", "paraphe.cli", *words], stdout=subprocess.PIPE)
    assert killed.stdout is not None
    for _ in range(5):
        killed.stdout.readline()
    killed.kill()
    killed.wait()
    killed.stdout.close()
    before = {one.name: one.read_bytes() for one in out.iterdir()}
    assert 5 <= len(before) <= 60
    assert all(len(signatures(out / name)) == 1 for name in before), "whole or not there"

    done = subprocess.run([sys.executable, "-m", "paraphe.cli", *words, "--resume"], capture_output=True, check=True)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert sum(line["status"] == "done" for line in told) == len(before)
    assert sum(line["status"] == "ok" for line in told) == 60 - len(before)
    assert {name: (out / name).read_bytes() for name in before} == before
    assert len(list(out.iterdir())) == 60


def test_only_what_was_made_of_the_same_input_counts_as_done(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = sealing(trial, TYPST, CHROMIUM, "--out", tmp_path / "out", "--resume", "--json")
    assert main(words) == 0
    (tmp_path / "out" / TYPST.name).write_bytes(CHROMIUM.read_bytes())
    (tmp_path / "out" / CHROMIUM.name).write_bytes(CHROMIUM.read_bytes() + b"\n")
    lines(capsys)
    assert main(words) == 1
    assert [(line["status"], line["code"]) for line in lines(capsys)] == [("refused", "output_exists")] * 2


def test_bad_inputs_cost_themselves_only(trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inputs = tmp_path / "in"
    inputs.mkdir()
    (inputs / "a-empty.pdf").write_bytes(b"")
    (inputs / "b-text.pdf").write_bytes(b"Bonjour")
    (inputs / "c-cut.pdf").write_bytes(CHROMIUM.read_bytes()[:3000])
    locked = ["/usr/bin/qpdf", "--encrypt", "alice", "bob", "256", "--", str(CHROMIUM), str(inputs / "d-locked.pdf")]
    subprocess.run(locked, check=True, capture_output=True)
    (inputs / "e-good.pdf").write_bytes(CHROMIUM.read_bytes())
    assert main(sealing(trial, TYPST, "--out", inputs / "f-signed.pdf")) == 0
    capsys.readouterr()
    assert main(sealing(trial, inputs, "--out-dir", tmp_path / "out", "--json")) == 1
    told = [(line["status"], line["code"]) for line in lines(capsys)]
    assert told[:4] == [("refused", code) for code in ("empty", "not_a_pdf", "truncated", "encrypted")]
    assert told[4] == ("ok", None)
    assert sorted(one.name for one in (tmp_path / "out").iterdir())[0] == "e-good.pdf"


def test_a_large_file_is_sealed_without_being_held(trial: Path, tmp_path: Path) -> None:
    large = tmp_path / "scan.pdf"
    data = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    data += b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    places = [9, data.index(b"2 0 obj"), len(data)]
    data += b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>\nendobj\n"
    places.append(len(data))
    with large.open("wb") as file:
        file.write(data + b"4 0 obj\n<</Length 100000000>>\nstream\n")
        file.seek(100_000_000, os.SEEK_CUR)
        file.write(b"\nendstream\nendobj\n")
        start = file.tell()
        rows = b"".join(b"%010d 00000 n \n" % place for place in places)
        file.write(b"xref\n0 5\n0000000000 65535 f \n" + rows)
        file.write(b"trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % start)
    words = sealing(trial, large, "--out", tmp_path / "out.pdf")
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_DATA, (140_000_000, 140_000_000));"
        "from paraphe.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    subprocess.run([sys.executable, "-c", code, *words], check=True)
    assert (tmp_path / "out.pdf").stat().st_size > large.stat().st_size


def test_a_file_of_many_payslips_is_split_and_each_part_sealed(
    trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.pdf.test_split import payslips

    whole = tmp_path / "novembre.pdf"
    whole.write_bytes(payslips())
    words: list[str | Path] = [
        whole,
        TYPST,
        "--out",
        tmp_path / "out",
        "--split-at",
        "Salarié :",
        "--split-label",
        "line",
        "--json",
    ]
    assert main(sealing(trial, *words)) == 1
    found = lines(capsys)
    assert found[0]["code"] == "anchor_missing"
    assert [line["input"] for line in found[1:3]] == [f"{whole} (1-1)", f"{whole} (2-3)"]
    names = ["1 Chloé Durand.pdf", "2 Hugo Lefèvre.pdf", "3 Inès Moreau.pdf", "4 Bob Petit.pdf"]
    assert sorted(one.name for one in (tmp_path / "out" / "novembre").iterdir()) == names
    assert all(len(signatures(tmp_path / "out" / "novembre" / name)) == 1 for name in names)
    assert main(sealing(trial, *words, "--resume")) == 1
    assert [line["status"] for line in lines(capsys)] == ["refused", *["done"] * 4]


@pytest.mark.parametrize(("spoken", "expected"), [("fr", "2 fichiers: 2 faits, "), ("en", "2 files: 2 done, ")])
def test_people_get_a_summary(
    spoken: str, expected: str, trial: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(sealing(trial, TYPST, CHROMIUM, "--out", tmp_path / "out", "--language", spoken)) == 0
    assert capsys.readouterr().err.startswith(expected)


def test_a_terminal_shows_a_bar_and_only_what_went_wrong(trial: Path, tmp_path: Path) -> None:
    controller, terminal = os.openpty()
    words = sealing(trial, TYPST, CHROMIUM, tmp_path / "missing.pdf", "--out", tmp_path / "out", "--language", "en")
    code = subprocess.run([sys.executable, "-m", "paraphe.cli", *words], stdout=terminal, stderr=terminal, check=False)
    os.close(terminal)
    said = os.read(controller, 100_000).decode()
    os.close(controller)
    assert code.returncode == 1
    assert "1/3" in said
    assert "missing.pdf: This file cannot be read" in said
    assert "3 files: 2 done, 1 failed" in said
    assert "→" not in said
