import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp as builder
from hypothesis import given
from hypothesis import strategies as st

from paraphe.pki import crl, ocsp
from paraphe.pki.errors import MalformedRequest, RevocationUnavailable
from tests.pki.conftest import NOW
from tests.support.pki import TestPki


def _files(pki: TestPki, folder: Path) -> dict[str, str]:
    natural = pki.authorities["natural"]
    found = {"root": pki.roots[0], "natural": natural.signer.certificate, "alice": pki.signer("alice").certificate}
    for name, certificate in found.items():
        (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    return {name: str(folder / f"{name}.pem") for name in found}


def _openssl_ocsp(pki: TestPki, folder: Path) -> str:
    files = _files(pki, folder)
    info = pki.revocation.revocation_info(
        pki.signer("alice").certificate, pki.authorities["natural"].signer.certificate
    )
    assert info.ocsp is not None
    (folder / "answer.der").write_bytes(info.ocsp)
    said = subprocess.run(
        [
            "openssl",
            "ocsp",
            "-respin",
            str(folder / "answer.der"),
            "-CAfile",
            files["root"],
            "-verify_other",
            files["natural"],
            "-issuer",
            files["natural"],
            "-cert",
            files["alice"],
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Response verify OK" in said.stderr
    return said.stdout


def test_openssl_reads_good_and_revoked(tmp_path: Path) -> None:
    pki = TestPki.create(NOW)
    assert "alice.pem: good" in _openssl_ocsp(pki, tmp_path)
    pki.revoke("alice", NOW - timedelta(hours=1))
    assert "alice.pem: revoked" in _openssl_ocsp(pki, tmp_path)


def test_openssl_reads_the_list(tmp_path: Path) -> None:
    pki = TestPki.create(NOW)
    natural = pki.authorities["natural"]
    entries = [
        crl.RevokedEntry(5 << 70, NOW - timedelta(days=1), x509.ReasonFlags.key_compromise),
        crl.RevokedEntry(6 << 70, NOW - timedelta(days=2), x509.ReasonFlags.unspecified),
    ]
    data = crl.build_crl(
        natural.signer.certificate, natural.signer.private_key, 9, NOW, NOW + timedelta(days=7), entries
    )
    (tmp_path / "list.crl").write_bytes(data)
    files = _files(pki, tmp_path)
    (tmp_path / "chain.pem").write_text(Path(files["root"]).read_text() + Path(files["natural"]).read_text())
    said = subprocess.run(
        [
            "openssl",
            "crl",
            "-inform",
            "der",
            "-in",
            str(tmp_path / "list.crl"),
            "-CAfile",
            str(tmp_path / "chain.pem"),
            "-noout",
            "-text",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "verify OK" in said.stderr
    assert said.stdout.count("Key Compromise") == 1
    assert "Unspecified" not in said.stdout, "RFC 5280 §5.3.1: this reason is left out"
    assert x509.load_der_x509_crl(data).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number == 9


def _asked(pki: TestPki, nonce: bytes | None = None) -> bytes:
    asked = builder.OCSPRequestBuilder().add_certificate(
        pki.signer("alice").certificate, pki.authorities["natural"].signer.certificate, hashes.SHA256()
    )
    if nonce is not None:
        asked = asked.add_extension(x509.OCSPNonce(nonce), critical=False)
    return asked.build().public_bytes(Encoding.DER)


def _query(pki: TestPki, nonce: bytes | None) -> ocsp.OcspQuery:
    return ocsp.parse_request(_asked(pki, nonce))


def test_a_request_names_its_issuer_and_a_nonce_is_echoed(small_pki: TestPki) -> None:
    query = _query(small_pki, b"n" * 16)
    assert ocsp.is_about(query.asked[0], small_pki.authorities["natural"].signer.certificate)
    assert not ocsp.is_about(query.asked[0], small_pki.authorities["legal"].signer.certificate)
    responder = small_pki.authorities["natural"].responder
    assert responder is not None
    answer = builder.load_der_ocsp_response(
        ocsp.build_response(
            query,
            [ocsp.CertStatus("unknown")],
            responder=responder.certificate,
            key=responder.private_key,
            this_update=NOW,
            next_update=NOW + timedelta(hours=1),
        )
    )
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16
    assert answer.certificate_status is builder.OCSPCertStatus.UNKNOWN


def test_a_nonce_of_unreasonable_length_is_refused(small_pki: TestPki) -> None:
    with pytest.raises(MalformedRequest):
        _query(small_pki, b"n" * 129)


@given(st.binary(max_size=400))
def test_bytes_that_are_no_request_are_malformed(data: bytes) -> None:
    with pytest.raises(MalformedRequest):
        ocsp.parse_request(data)


@given(st.data())
def test_a_damaged_request_is_malformed_or_has_an_answer(small_pki: TestPki, data: st.DataObject) -> None:
    der = bytearray(_asked(small_pki, b"n" * 16))
    for _ in range(data.draw(st.integers(1, 3))):
        der[data.draw(st.integers(0, len(der) - 1))] = data.draw(st.integers(0, 255))
    try:
        query = ocsp.parse_request(bytes(der))
    except MalformedRequest:
        return
    natural = small_pki.authorities["natural"]
    assert natural.responder is not None
    if ocsp.is_about(query.asked[0], natural.signer.certificate):
        answer = ocsp.build_response(
            query,
            [ocsp.CertStatus("good")],
            responder=natural.responder.certificate,
            key=natural.responder.private_key,
            this_update=NOW,
            next_update=NOW + timedelta(hours=1),
        )
        assert builder.load_der_ocsp_response(answer).serial_number == query.asked[0].serial


def test_a_serial_number_below_zero_is_malformed(small_pki: TestPki) -> None:
    one = asn1_ocsp.OCSPRequest.load(_asked(small_pki))
    one["tbs_request"]["request_list"][0]["req_cert"]["serial_number"] = -5
    with pytest.raises(MalformedRequest):
        ocsp.parse_request(one.dump(force=True))


def _several(pki: TestPki, count: int) -> bytes:
    one = asn1_ocsp.OCSPRequest.load(_asked(pki))
    requests = one["tbs_request"]["request_list"]
    for number in range(1, count):
        more = requests[0].copy()
        more["req_cert"]["serial_number"] = number
        requests.append(more)
    return bytes(one.dump(force=True))


def test_several_certificates_are_answered_for_in_order(small_pki: TestPki) -> None:
    natural = small_pki.authorities["natural"]
    query = ocsp.parse_request(_several(small_pki, 3))
    statuses = [
        ocsp.CertStatus("good"),
        ocsp.CertStatus("revoked", NOW, x509.ReasonFlags.key_compromise, NOW - timedelta(days=1)),
        ocsp.CertStatus("unknown"),
    ]
    assert natural.responder is not None
    der = ocsp.build_response(
        query,
        statuses,
        responder=natural.responder.certificate,
        key=natural.responder.private_key,
        this_update=NOW,
        next_update=NOW + timedelta(hours=1),
        archive_cutoff=NOW - timedelta(days=7 * 365),
    )
    found = list(builder.load_der_ocsp_response(der).responses)
    assert [one.serial_number for one in found] == [query.asked[0].serial, 1, 2]
    assert [one.certificate_status.name for one in found] == ["GOOD", "REVOKED", "UNKNOWN"]
    assert found[1].revocation_reason is x509.ReasonFlags.key_compromise
    parsed = asn1_ocsp.OCSPResponse.load(der, strict=True).response_data["responses"]
    extensions = [{e["extn_id"].native: e["extn_value"].parsed.native for e in r["single_extensions"]} for r in parsed]
    assert {one["archive_cutoff"] for one in extensions} == {NOW - timedelta(days=7 * 365)}
    assert [one.get("invalidity_date") for one in extensions] == [None, NOW - timedelta(days=1), None]


def test_a_request_for_too_many_certificates_is_refused(small_pki: TestPki) -> None:
    assert len(ocsp.parse_request(_several(small_pki, ocsp.MOST_ASKED)).asked) == ocsp.MOST_ASKED
    for count in (0, ocsp.MOST_ASKED + 1):
        one = asn1_ocsp.OCSPRequest.load(_several(small_pki, max(count, 1)))
        if not count:
            one["tbs_request"]["request_list"] = []
        with pytest.raises(MalformedRequest):
            ocsp.parse_request(one.dump(force=True))


@pytest.mark.parametrize(("identifier", "critical", "taken"), [("1.2.3", False, True), ("1.2.3", True, False)])
def test_what_must_be_understood_is_not_passed_over(
    small_pki: TestPki, identifier: str, critical: bool, taken: bool
) -> None:
    value = x509.UnrecognizedExtension(x509.ObjectIdentifier(identifier), b"\x05\x00")
    asked = builder.OCSPRequestBuilder().add_certificate(
        small_pki.signer("alice").certificate, small_pki.authorities["natural"].signer.certificate, hashes.SHA256()
    )
    der = asked.add_extension(value, critical=critical).build().public_bytes(Encoding.DER)
    if taken:
        assert ocsp.parse_request(der).nonce is None
    else:
        with pytest.raises(MalformedRequest):
            ocsp.parse_request(der)


def test_a_list_is_changed_without_being_written_anew(small_pki: TestPki) -> None:
    natural = small_pki.authorities["natural"].signer
    first = [crl.RevokedEntry(5 << 120, NOW), crl.RevokedEntry(6 << 120, NOW, x509.ReasonFlags.certificate_hold)]
    end = NOW + timedelta(days=7)
    listed = crl.build_crl(natural.certificate, natural.private_key, 1, NOW, end, first)
    changes = [
        (6 << 120, crl.RevokedEntry(6 << 120, NOW, x509.ReasonFlags.key_compromise, NOW - timedelta(days=9))),
        (7 << 120, None),
        (5 << 120, None),
        (8 << 120, crl.RevokedEntry(8 << 120, NOW)),
    ]
    entries = crl.with_changes(crl.entries_of(listed), changes)
    assert crl.count(entries) == 2
    made = x509.load_der_x509_crl(crl.build_crl(natural.certificate, natural.private_key, 2, NOW, end, entries))
    assert made.is_signature_valid(natural.certificate.public_key())  # type: ignore[arg-type]
    assert [one.serial_number for one in made] == [6 << 120, 8 << 120]
    said = {type(one.value).__name__: one.value for one in made[0].extensions}
    assert said["CRLReason"].reason is x509.ReasonFlags.key_compromise
    assert said["InvalidityDate"].invalidity_date_utc == NOW - timedelta(days=9)


@pytest.mark.parametrize("why", ["malformed", "unauthorized", "try_later", "internal_error"])
def test_a_refusal_says_why(why: ocsp.Refusal) -> None:
    assert builder.load_der_ocsp_response(ocsp.build_refusal(why)).response_status.value != 0


def test_an_unknown_issuer_has_no_status(small_pki: TestPki) -> None:
    alice = small_pki.signer("alice").certificate
    with pytest.raises(RevocationUnavailable):
        small_pki.revocation.revocation_info(alice, alice)
