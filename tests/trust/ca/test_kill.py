"""``kill -9`` before every single statement of the ceremony and of an issuance: done once, or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.trust.conftest import ROOT, SignerProcess


def test_killed_before_any_statement_everything_is_made_once(tmp_path: Path, signer: SignerProcess) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}:{os.environ.get('PYTHONPATH', '')}",
    }
    environment.pop("PARAPHE_TEST_DATABASE_URL", None)  # its own SQLite file, whatever the other tests run on
    done = subprocess.run(
        [sys.executable, "-m", "tests.trust.ca.kill_script", str(signer.socket), str(tmp_path / "root")],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    outcome = json.loads(done.stdout)
    assert outcome["ceremony_steps"] > 20
    assert outcome["issuance_steps"] > 8
    assert outcome["chains"] == [0, 1, 1]
    assert outcome["entries"] == [
        ["legal-ca", "issued"],
        ["natural-ca", "issued"],
        ["ocsp", "issued"],
        ["ocsp", "issued"],
        ["root", "issued"],
        ["tsa", "issued"],
    ]
    assert outcome["broken_entry"] is None
