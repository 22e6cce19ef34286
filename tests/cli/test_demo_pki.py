"""Certificates to try things with: they hold together, they are never overwritten."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from paraphe.cli.demo_pki import ALGORITHMS, DemoExists, DemoMissing, create, load_demo
from paraphe.kernel.clock import FixedClock
from paraphe.kernel.digests import sha256
from paraphe.pki import pkcs12, tsp
from paraphe.pki.errors import RevocationUnavailable
from tests.support.pki import TestPki

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
CLOCK = FixedClock(NOW)


@pytest.mark.parametrize("algorithm", ALGORITHMS[:3])
def test_everything_holds_together(algorithm: str, tmp_path: Path) -> None:
    folder = tmp_path / "pki"
    written = create(folder, algorithm=algorithm, clock=CLOCK)
    assert {path.name for path in written} == {
        "root.pem", "root-key.pem", "signer.p12", "signer.pem", "seal.p12", "seal.pem", "tsa.p12", "tsa.pem",
    }  # fmt: skip
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in written} == {0o600}
    words = ["openssl", "verify", "-x509_strict", "-attime", str(int(NOW.timestamp())), "-CAfile", "root.pem"]
    found = subprocess.run([*words, "signer.pem", "seal.pem", "tsa.pem"], cwd=folder, capture_output=True, check=False)
    assert found.returncode == 0, found.stderr


def test_it_stamps_and_says_that_nothing_is_revoked(tmp_path: Path) -> None:
    create(tmp_path / "pki", clock=CLOCK)
    demo = load_demo(tmp_path / "pki", CLOCK)
    token = demo.timestamps.timestamp(sha256(b"letter"))
    assert tsp.verify_token(token, sha256(b"letter"), demo.roots).gen_time == NOW
    signer = pkcs12.load((tmp_path / "pki" / "signer.p12").read_bytes())
    info = demo.revocation.revocation_info(signer.certificate, demo.roots[0])
    revoked = x509.load_der_x509_crl(info.crl or b"")
    assert revoked.is_signature_valid(demo.roots[0].public_key())  # type: ignore[arg-type] # a key of ours
    with pytest.raises(RevocationUnavailable):
        demo.revocation.revocation_info(signer.certificate, TestPki.create(NOW).roots[0])


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    create(tmp_path / "pki", clock=CLOCK)
    before = {path: path.read_bytes() for path in (tmp_path / "pki").iterdir()}
    with pytest.raises(DemoExists):
        create(tmp_path / "pki", clock=CLOCK)
    assert {path: path.read_bytes() for path in (tmp_path / "pki").iterdir()} == before


@pytest.mark.parametrize("missing", ["root.pem", "root-key.pem", "tsa.p12"])
def test_a_folder_of_which_a_part_is_missing_is_named(missing: str, tmp_path: Path) -> None:
    create(tmp_path / "pki", clock=CLOCK)
    (tmp_path / "pki" / missing).unlink()
    with pytest.raises(DemoMissing):
        load_demo(tmp_path / "pki")


def test_the_root_says_that_it_is_worth_nothing(tmp_path: Path) -> None:
    create(tmp_path / "pki", clock=CLOCK)
    root = x509.load_pem_x509_certificate((tmp_path / "pki" / "root.pem").read_bytes())
    assert "sans valeur" in root.subject.rfc4514_string()
    assert root.public_bytes(Encoding.PEM)
