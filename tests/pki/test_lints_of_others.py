"""Every profile under the linters of pkilint: ETSI EN 319 412, RFC 5280, RFC 6960. Nothing is found that is not told.

What is ignored stands with its reason in ``docs/standards/divergences.md``.
"""

from pathlib import Path

import pytest
from cryptography import x509
from pkilint.bin import lint_crl, lint_etsi_cert, lint_ocsp_response, lint_pkix_cert, lint_pkix_signer_signee_cert_chain

from tests.support.linters import EXPLAINED, LEGAL, NATURAL, OF_TIMESTAMP_UNITS, QUALIFIER, found, written
from tests.support.pki import TestPki

# The linters leave the files open that they were given by name.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

Capture = pytest.CaptureFixture[str]


def _certificates(pki: TestPki) -> dict[str, x509.Certificate]:
    made = {f"{slug}-ca": authority.signer.certificate for slug, authority in pki.authorities.items()}
    for slug, authority in pki.authorities.items():
        if authority.responder:
            made[f"{slug}-ocsp"] = authority.responder.certificate
    return made | {name: signer.certificate for name, signer in pki.signers.items()}


@pytest.mark.parametrize("name", ["alice", "etienne"])
def test_a_persons_certificate_follows_en_319_412_2(pki: TestPki, tmp_path: Path, capsys: Capture, name: str) -> None:
    path = written(tmp_path, name, pki.signer(name).certificate)
    codes = found(capsys, lint_etsi_cert.main, *NATURAL, path)
    assert codes <= set(EXPLAINED)


@pytest.mark.parametrize(("name", "more"), [("seal", set()), ("tsu", set(OF_TIMESTAMP_UNITS))])
def test_seals_and_units_follow_en_319_412_3(
    pki: TestPki, tmp_path: Path, capsys: Capture, name: str, more: set[str]
) -> None:
    path = written(tmp_path, name, pki.signer(name).certificate)
    codes = found(capsys, lint_etsi_cert.main, *LEGAL, path)
    assert codes - set(EXPLAINED) == more


def test_every_certificate_follows_rfc_5280(pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    for name, certificate in _certificates(pki).items():
        codes = found(capsys, lint_pkix_cert.main, written(tmp_path, name, certificate))
        assert codes <= {QUALIFIER}, name


def test_every_certificate_fits_its_issuer(pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    authorities = {one.signer.certificate.subject: one.signer.certificate for one in pki.authorities.values()}
    for name, certificate in _certificates(pki).items():
        issuer = written(tmp_path, "issuer", authorities[certificate.issuer])
        subject = written(tmp_path, name, certificate)
        assert found(capsys, lint_pkix_signer_signee_cert_chain.main, issuer, subject) == set(), name


def test_answers_and_lists_follow_their_rfc(pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    natural = pki.authorities["natural"]
    info = pki.revocation.revocation_info(pki.signer("alice").certificate, natural.signer.certificate)
    assert info.ocsp is not None
    assert found(capsys, lint_ocsp_response.main, written(tmp_path, "answer", info.ocsp)) == set()
    data = written(tmp_path, "list", pki.revocation.crl(natural))
    assert found(capsys, lint_crl.main, "-t", "CRL", "-p", "PKIX", data) == set()


def test_the_linters_do_find_what_is_wrong(small_pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    path = written(tmp_path, "seal", small_pki.signer("seal").certificate)
    codes = found(capsys, lint_etsi_cert.main, *NATURAL, path)
    assert any(code.startswith("etsi.en_319_412_2.nat-4.2.4") for code in codes), codes
    alice = written(tmp_path, "alice", small_pki.signer("alice").certificate)
    stranger = written(tmp_path, "legal", small_pki.authorities["legal"].signer.certificate)
    assert len(found(capsys, lint_pkix_signer_signee_cert_chain.main, stranger, alice)) >= 2
