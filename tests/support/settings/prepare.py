"""A data folder with fresh secrets for the tests of one site."""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path


def prepare(site: str) -> None:
    """Point the environment at a new temporary data folder in which ``site`` finds its secrets."""
    data = Path(tempfile.mkdtemp(prefix=f"paraphe-{site}-"))
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    for name in list(os.environ):
        if name.startswith("PARAPHE_") and not name.startswith("PARAPHE_TEST_"):
            del os.environ[name]
    os.environ["PARAPHE_DATA_DIR"] = str(data)
    os.environ[f"PARAPHE_{site.upper()}_DATABASE_URL"] = os.environ.get("PARAPHE_TEST_DATABASE_URL", "")
    for path, octets in (
        (data / site / "secrets" / "django.key", 32),
        (data / site / "secrets" / "sealing.key", 32),
        (data / "comptexpert" / "secrets" / "inbox.secret", 32),
        (data / "platform" / "secrets" / "oidc-client.secret", 32),
        (data / "platform" / "secrets" / "trust-client.secret", 32),
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_hex(octets))
        path.chmod(0o600)
    (data / site / "static").mkdir()  # where a set-up site has its collected files
