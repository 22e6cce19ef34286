"""Folders and secrets of an installation: made once, never overwritten."""

import os
import secrets
from pathlib import Path

from paraphe.config.environment import BadConfiguration, Environment


def prepare(environment: Environment) -> None:
    """Create every folder and secret that is missing under the data folder.

    No two machines have a secret in common, and one that exists is never replaced: sealed data would be lost with it.
    Raises BadConfiguration when the folder cannot be written to.
    """
    data = environment.data_dir
    sites = ["platform", "trust", *(["comptexpert"] if environment.demonstration else [])]
    try:
        for name in ("", "logs", "signer", *(f"{site}/secrets" for site in sites)):
            (data / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        for site in sites:
            for key in ("django.key", "sealing.key"):
                _secret(data / site / "secrets" / key)
        _secret(data / "platform" / "secrets" / "trust-client.secret")
        if environment.demonstration:
            _secret(data / "platform" / "secrets" / "oidc-client.secret")
            _secret(data / "comptexpert" / "secrets" / "inbox.secret")
    except OSError as error:
        raise BadConfiguration(
            sentence=f"The data folder {data} cannot be written to ({error.strerror}): "
            "set PARAPHE_DATA_DIR to a folder that belongs to you, or free some space."
        ) from error


def _secret(path: Path) -> None:
    if path.exists():
        return
    # Written aside and linked into place: a crash leaves either no secret or a whole one, never half of one.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
