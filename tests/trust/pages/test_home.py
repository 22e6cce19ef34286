"""The front page of the trust site."""

import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.test import Client
from django.urls import resolve

from paraphe.trust.ca import api as ca
from tests.trust.conftest import SiteSettings
from tests.trust.people import certify_alice


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


@pytest.mark.usefixtures("hierarchy")
def test_the_practice_statement_says_what_is_in_use(settings: SiteSettings) -> None:
    page = Client().get("/cps/").content.decode()
    for name in ("natural-person", "invited-person", "one-shot", "legal-person-seal", "evidence-seal"):
        assert ca.policy_of(name) in page
    assert "ne figure sur aucune liste de confiance" in page
    english = Client().get("/cps/", headers={"Accept-Language": "en"}).content.decode()
    assert "is on no trusted list" in english
    version = re.search(r"Version ([0-9a-f]{12})", page)
    settings.IDENTITY_IMAGE_DAYS = 7
    other = re.search(r"Version ([0-9a-f]{12})", Client().get("/cps/").content.decode())
    assert version
    assert other
    assert version[1] != other[1], "other values are another version"


@pytest.mark.usefixtures("hierarchy")
def test_certificates_lead_to_the_statement_and_authorities_are_given_in_pem() -> None:
    alice = certify_alice().certificate
    policies = alice.extensions.get_extension_for_class(x509.CertificatePolicies).value
    assert next(iter(policies)).policy_qualifiers == ["http://localhost:8001/cps/"]
    assert x509.load_pem_x509_certificate(Client().get("/ca/root.pem").content) == ca.root()
    assert Client().get("/ca/nobody.pem").status_code == 404
    assert resolve("/ca/root.pem", urlconf="paraphe.trust.http.open").url_name == "issuer-pem", "on the short way too"
