"""What the command line says of a production that lacks something."""

import os
import subprocess
import sys
from pathlib import Path

from paraphe.cli import folders
from paraphe.config.environment import Environment

PRODUCTION = {
    "PARAPHE_MODE": "production",
    "PARAPHE_PLATFORM_URL": "https://signature.example",
    "PARAPHE_TRUST_URL": "https://confiance.example",
    "PARAPHE_OIDC_ISSUER": "https://identite.example",
}


def test_a_production_without_mail_or_sms_refuses_to_boot_in_one_line(tmp_path: Path) -> None:
    variables = {**PRODUCTION, "PARAPHE_DATA_DIR": str(tmp_path)}
    folders.prepare(Environment(variables))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PARAPHE_", "DJANGO_"))}
    path = os.pathsep.join(place for place in sys.path if place)
    ended = subprocess.run(
        [sys.executable, "-m", "paraphe.cli", "site-setup", "trust"],
        env={**inherited, **variables, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert "PARAPHE_SMTP_URL is not set" in line
    assert "PARAPHE_SMS_CARRIER is not set" in line
