"""The front page of the trust site."""

import pytest
from cryptography.hazmat.primitives import hashes
from django.test import Client

from paraphe.trust.ca import api as ca


@pytest.mark.usefixtures("hierarchy")
def test_the_authorities_are_shown_with_their_fingerprints() -> None:
    page = Client().get("/").content.decode()
    assert ca.root().fingerprint(hashes.SHA256()).hex(" ").upper() in page
    for slug in ("root", "natural", "legal"):
        assert f'href="/ca/{slug}.cer"' in page
    assert "n'est pas qualifié" in page.replace("&#x27;", "'")


@pytest.mark.django_db
def test_the_page_is_there_before_any_authority() -> None:
    assert Client().get("/").status_code == 200


@pytest.mark.django_db
def test_the_page_speaks_english() -> None:
    assert "This service is not qualified" in Client().get("/", headers={"Accept-Language": "en"}).content.decode()
