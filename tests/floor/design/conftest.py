"""The look on its own."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def only_the_look(settings: Any) -> None:
    """Answer the addresses of the look, and no others."""
    settings.ROOT_URLCONF = "tests.floor.design.urls"
