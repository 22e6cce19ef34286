"""``paraphe evidence verify``, as a person and as a program run it."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.platform.proof.conftest import Told
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as anybody would: another process, an empty folder, no settings."""
    return subprocess.run(
        [sys.executable, "-m", "paraphe.cli", "evidence", "verify", *words],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LANG": "en_GB.UTF-8"},
        check=False,
        capture_output=True,
        text=True,
    )


def test_it_judges_alone(sealed: Callable[[], bytes], told: Told, trust: SmallTrust, tmp_path: Path) -> None:
    (tmp_path / "proof.pdf").write_bytes(sealed())
    (tmp_path / "letter.pdf").write_bytes(told.signed)
    (tmp_path / "root.pem").write_bytes(trust.pki.roots[0].public_bytes(Encoding.PEM))
    good = run(tmp_path, "proof.pdf", "--trust", "root.pem", "--document", "letter.pdf", "--json")
    found: dict[str, Any] = json.loads(good.stdout)
    assert (good.returncode, found["indication"], found["faults"]) == (0, "PASSED", [])
    assert found["documents"][0]["title"] == "Lettre de mission"
    unknown = run(tmp_path, "proof.pdf")
    assert (unknown.returncode, "INDETERMINATE" in unknown.stdout) == (3, True)
    wrong = run(tmp_path, "letter.pdf", "--json")
    assert (wrong.returncode, json.loads(wrong.stdout)["code"]) == (2, "not_evidence")


def test_it_names_what_is_not_there(tmp_path: Path) -> None:
    found = run(tmp_path, "nothing.pdf")
    assert (found.returncode, "Traceback" in found.stderr) == (2, False)
