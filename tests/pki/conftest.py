from datetime import UTC, datetime

import pytest

from tests.support.pki import TestPki

NOW = datetime.now(UTC).replace(microsecond=0)
"""openssl looks at the machine's clock: what it shall find valid now must be valid now."""


@pytest.fixture(scope="session", params=["P-256", "RSA-3072"])
def pki(request: pytest.FixtureRequest) -> TestPki:
    """Return a whole infrastructure, once with each algorithm."""
    return TestPki.create(NOW, request.param)


@pytest.fixture(scope="session")
def small_pki() -> TestPki:
    """Return a whole infrastructure with the default algorithm."""
    return TestPki.create(NOW)
