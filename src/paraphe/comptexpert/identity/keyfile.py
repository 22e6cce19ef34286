"""The key that signs ID tokens: made at the first start, in a file that only its owner may read."""

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from joserfc.jwk import KeySet, RSAKey

FILE_NAME: Final = "oidc-signing.pem"
# OpenID Connect Core 1.0, 15.1: the algorithm that every provider must support.
ALGORITHM: Final = "RS256"


def key_set() -> KeySet:
    """Return the key, private, with its thumbprint (RFC 7638) as identifier."""
    return _read(settings.SECRETS_DIR / FILE_NAME)


def create(secrets: Path) -> None:
    """Make the key in folder ``secrets`` when there is none; one that exists stays."""
    if not (secrets / FILE_NAME).exists():
        _write(secrets / FILE_NAME)


def public_key_set() -> dict[str, Any]:
    """Return what everybody may know of the key, as the JSON of a key set (RFC 7517)."""
    return dict(key_set().as_dict(private=False))


@lru_cache(maxsize=4)
def _read(path: Path) -> KeySet:
    create(path.parent)
    key = RSAKey.import_key(path.read_bytes())
    parameters = {"use": "sig", "alg": ALGORITHM, "kid": key.thumbprint()}
    return KeySet([RSAKey.import_key({**key.as_dict(private=True), **parameters})])


def _write(path: Path) -> None:
    # Written aside and linked into place: two processes that start at once end with the same, whole key.
    draft = path.with_suffix(f".{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_bytes(RSAKey.generate_key(3072).as_pem(private=True))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
