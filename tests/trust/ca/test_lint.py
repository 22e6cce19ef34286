"""An independent linter (pkilint) on every kind of certificate, list and answer that comes out of the doors."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from pkilint.bin import lint_crl, lint_etsi_cert, lint_ocsp_response, lint_pkix_cert

from paraphe.pki.subjects import Subject
from paraphe.trust.ca import api as ca
from paraphe.trust.ca.operator import SUBSCRIBER_PROFILES
from paraphe.trust.register import api as register
from paraphe.trust.status import api as status
from paraphe.trust.vault import api as vault
from tests.support.linters import CRITICAL_USAGE, LEGAL, NATURAL, QUALIFIER, found, written
from tests.trust.conftest import SignerProcess, SiteSettings
from tests.trust.people import ALICE, ETIENNE, SEAL

# The linters leave the files open that they were given by name.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
Capture = pytest.CaptureFixture[str]

SUBSCRIBERS: dict[str, Subject] = {
    "natural-person": replace(ALICE, email="alice@cabinet-martin.fr"),
    "invited-person": ETIENNE,
    "one-shot": ETIENNE,
    "legal-person-seal": SEAL,
    "evidence-seal": SEAL,
}


@pytest.fixture
def house(db: None, signer: SignerProcess, settings: SiteSettings, tmp_path: Path) -> None:
    """Make the hierarchy of an installation with a public name."""
    settings.SITE_URL = "http://confiance.cabinet-martin.fr"
    ca.create_hierarchy(tmp_path / "root")


def _issue(profile: str, algorithm: vault.KeyAlgorithm = "P-256") -> x509.Certificate:
    purpose: vault.Purpose = "seal" if profile.endswith("-seal") else "holder"
    key = vault.generate(uuid4(), algorithm, purpose)
    return ca.issue(uuid4(), profile, SUBSCRIBERS[profile], key).certificate


@pytest.mark.usefixtures("house")
def test_a_linter_that_is_not_ours_finds_only_what_is_told(tmp_path: Path, capsys: Capture) -> None:
    """Exactly: whatever else it finds, or finds no more, belongs into docs/standards/divergences.md first."""
    assert set(SUBSCRIBERS) == set(SUBSCRIBER_PROFILES)
    certificates = {profile: _issue(profile) for profile in SUBSCRIBERS}
    ways = {name: LEGAL if name.endswith("-seal") else NATURAL for name in certificates}
    certificates |= {f"{slug}-ca": register.issuer(slug)[1] for slug in ("root", "natural", "legal")}
    certificates |= {"unit": register.service("tsa", "legal")[1], "responder": register.service("ocsp", "natural")[1]}
    ways["unit"] = LEGAL
    findings = {}
    for name, certificate in certificates.items():
        path = written(tmp_path, name, certificate)
        findings[name] = found(capsys, lint_pkix_cert.main, path)
        if name in ways:
            findings[name] |= found(capsys, lint_etsi_cert.main, *ways[name], path)
    of_subscribers = {name: {QUALIFIER} for name in SUBSCRIBERS}
    assert {name: codes for name, codes in findings.items() if codes} == {
        **of_subscribers,
        "unit": {QUALIFIER, CRITICAL_USAGE},
    }


@pytest.mark.usefixtures("house")
def test_it_finds_nothing_in_lists_and_answers(settings: SiteSettings, tmp_path: Path, capsys: Capture) -> None:
    settings.CRL_PARTITIONS = 4
    alice = _issue("natural-person")
    natural = register.issuer("natural")[1]
    part = f"4-{alice.serial_number % 4}"
    lists = {
        "root": status.current_crl("root"),
        "full": status.current_crl("natural"),
        f"part {part}": status.current_crl("natural", part),
    }
    for name, data in lists.items():
        assert found(capsys, lint_crl.main, "-t", "CRL", "-p", "PKIX", written(tmp_path, "list", data)) == set(), name
    request = ocsp.OCSPRequestBuilder().add_certificate(alice, natural, hashes.SHA256()).build()
    answer = status.ocsp_answer(request.public_bytes(Encoding.DER), "natural")
    assert ocsp.load_der_ocsp_response(answer).certificate_status is ocsp.OCSPCertStatus.GOOD
    assert found(capsys, lint_ocsp_response.main, written(tmp_path, "answer", answer)) == set()


@pytest.mark.usefixtures("house")
def test_it_finds_nothing_new_with_another_kind_of_key(tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, "alice", _issue("natural-person", "P-384"))
    assert found(capsys, lint_etsi_cert.main, *NATURAL, path) == {QUALIFIER}


@pytest.mark.usefixtures("house")
def test_it_does_find_what_is_wrong(settings: SiteSettings, tmp_path: Path, capsys: Capture) -> None:
    settings.SITE_URL = "nonsense"
    path = written(tmp_path, "bad", _issue("natural-person"))
    assert any("invalid_uri_syntax" in code for code in found(capsys, lint_pkix_cert.main, path))
