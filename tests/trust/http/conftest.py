"""Alice's credential, and the platform as its client."""

from pathlib import Path

import pytest

from paraphe.trust.remote import api as remote
from tests.trust.remote.holders import alices_credential, mallorys_program, platform


@pytest.fixture
def credential(hierarchy: Path) -> remote.Credential:
    platform()
    mallorys_program()
    return alices_credential()
