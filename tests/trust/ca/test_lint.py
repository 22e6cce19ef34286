"""An independent linter (pkilint) on every kind of certificate and list that comes out of the doors."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.trust.ca import api as ca
from paraphe.trust.register import api as register
from paraphe.trust.status import api as status
from paraphe.trust.vault import api as vault
from tests.trust.conftest import SignerProcess, SiteSettings
from tests.trust.people import ALICE, SEAL, certify

pytestmark = pytest.mark.django_db


def _lint(tool: str, *arguments: str) -> str:
    command = [str(Path(sys.executable).with_name(tool)), "lint", "-s", "WARNING", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_a_linter_that_is_not_ours_finds_nothing(
    db: None, signer: SignerProcess, settings: SiteSettings, tmp_path: Path
) -> None:
    settings.SITE_URL = "http://confiance.cabinet-martin.fr"
    ca.create_hierarchy(tmp_path / "root")
    seal = ca.issue(uuid4(), "legal-person-seal", SEAL, vault.generate(uuid4(), vault.default_algorithm(), "seal"))
    certificates: dict[str, x509.Certificate] = {
        "root": ca.root(),
        "natural": register.issuer("natural")[1],
        "legal": register.issuer("legal")[1],
        "alice": certify(replace(ALICE, email="alice@cabinet-martin.fr")).certificate,
        "seal": seal.certificate,
        "unit": register.service("tsa", "legal")[1],
        "responder": register.service("ocsp", "natural")[1],
    }
    findings = {}
    for name, certificate in certificates.items():
        path = tmp_path / f"{name}.pem"
        path.write_bytes(certificate.public_bytes(Encoding.PEM))
        tool = "lint_etsi_cert" if name in ("alice", "seal") else "lint_pkix_cert"
        findings[name] = _lint(tool, *(["-d"] if tool == "lint_etsi_cert" else []), str(path))
    for slug in ("root", "natural"):
        path = tmp_path / f"{slug}.crl"
        path.write_bytes(status.current_crl(slug))
        findings[f"{slug} list"] = _lint("lint_crl", "-t", "CRL", "-p", "PKIX", str(path))
    settings.SITE_URL = "nonsense"
    bad = tmp_path / "bad.pem"
    bad.write_bytes(certify(ALICE).certificate.public_bytes(Encoding.PEM))
    assert "invalid_uri_syntax" in _lint("lint_pkix_cert", str(bad))
    assert {name: text for name, text in findings.items() if text.strip()} == {}
