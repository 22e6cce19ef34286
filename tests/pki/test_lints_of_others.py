"""Every profile under the linters of pkilint: ETSI EN 319 412, RFC 5280, RFC 6960. Nothing is found that is not told.

What is ignored stands with its reason in ``docs/standards/divergences.md``.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pkilint.bin import lint_crl, lint_etsi_cert, lint_ocsp_response, lint_pkix_cert, lint_pkix_signer_signee_cert_chain

from tests.support.pki import TestPki

# The linters leave the files open that they were given by name.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

EXPLAINED = {
    "etsi.internal_domain_name": "the addresses of tests and of a demonstration are no public names",
    "pkix.certificate_policies_policy_has_qualifier": "the CPS pointer, which RFC 5280 allows",
}
OF_TIMESTAMP_UNITS = {"etsi.en_319_412_2.gen-4.3.10-1.eku_extension_is_critical": "RFC 3161 §2.3 wants it critical"}

Capture = pytest.CaptureFixture[str]
Main = Callable[[list[str]], int]


def _found(capsys: Capture, main: Main, *arguments: str) -> set[str]:
    """Return the codes of what ``main`` finds, from NOTICE upwards."""
    [*options, last] = arguments
    main(["lint", *options, "-s", "NOTICE", "-f", "CSV", last])
    said = capsys.readouterr()
    assert said.out.startswith("node_path,"), said.err
    return {row["code"] for row in csv.DictReader(said.out.splitlines())}


def _certificates(pki: TestPki) -> dict[str, x509.Certificate]:
    found = {f"{slug}-ca": authority.signer.certificate for slug, authority in pki.authorities.items()}
    for slug, authority in pki.authorities.items():
        if authority.responder:
            found[f"{slug}-ocsp"] = authority.responder.certificate
    return found | {name: signer.certificate for name, signer in pki.signers.items()}


def _file(folder: Path, name: str, data: x509.Certificate | bytes) -> str:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.public_bytes(Encoding.PEM))
    return str(path)


@pytest.mark.parametrize("name", ["alice", "etienne"])
def test_a_persons_certificate_follows_en_319_412_2(pki: TestPki, tmp_path: Path, capsys: Capture, name: str) -> None:
    path = _file(tmp_path, name, pki.signer(name).certificate)
    found = _found(capsys, lint_etsi_cert.main, "-t", "NCP-NATURAL-PERSON-CERTIFICATE", path)
    assert found <= set(EXPLAINED)


@pytest.mark.parametrize(("name", "more"), [("seal", set()), ("tsu", set(OF_TIMESTAMP_UNITS))])
def test_seals_and_units_follow_en_319_412_3(
    pki: TestPki, tmp_path: Path, capsys: Capture, name: str, more: set[str]
) -> None:
    path = _file(tmp_path, name, pki.signer(name).certificate)
    found = _found(capsys, lint_etsi_cert.main, "-t", "NCP-LEGAL-PERSON-CERTIFICATE", path)
    assert found - set(EXPLAINED) == more


def test_every_certificate_follows_rfc_5280(pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    for name, certificate in _certificates(pki).items():
        found = _found(capsys, lint_pkix_cert.main, _file(tmp_path, name, certificate))
        assert found <= {"pkix.certificate_policies_policy_has_qualifier"}, name


def test_every_certificate_fits_its_issuer(pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    authorities = {one.signer.certificate.subject: one.signer.certificate for one in pki.authorities.values()}
    for name, certificate in _certificates(pki).items():
        issuer = _file(tmp_path, "issuer", authorities[certificate.issuer])
        subject = _file(tmp_path, name, certificate)
        assert _found(capsys, lint_pkix_signer_signee_cert_chain.main, issuer, subject) == set(), name


def test_answers_and_lists_follow_their_rfc(pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    natural = pki.authorities["natural"]
    info = pki.revocation.revocation_info(pki.signer("alice").certificate, natural.signer.certificate)
    assert info.ocsp is not None
    assert _found(capsys, lint_ocsp_response.main, _file(tmp_path, "answer", info.ocsp)) == set()
    data = _file(tmp_path, "list", pki.revocation.crl(natural))
    assert _found(capsys, lint_crl.main, "-t", "CRL", "-p", "PKIX", data) == set()


def test_the_linters_do_find_what_is_wrong(small_pki: TestPki, tmp_path: Path, capsys: Capture) -> None:
    path = _file(tmp_path, "seal", small_pki.signer("seal").certificate)
    found = _found(capsys, lint_etsi_cert.main, "-t", "NCP-NATURAL-PERSON-CERTIFICATE", path)
    assert any(code.startswith("etsi.en_319_412_2.nat-4.2.4") for code in found), found
    alice = _file(tmp_path, "alice", small_pki.signer("alice").certificate)
    stranger = _file(tmp_path, "legal", small_pki.authorities["legal"].signer.certificate)
    assert len(_found(capsys, lint_pkix_signer_signee_cert_chain.main, stranger, alice)) >= 2
