"""Is it still good: OCSP, revocation lists and issuer certificates over HTTP, as other programs read them."""

import base64
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.test import Client
from django.utils import timezone

from paraphe.floor.jobs.worker import drain
from paraphe.kernel.actor import Actor
from paraphe.pki.errors import RevocationUnavailable
from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.status import api as status
from tests.trust.conftest import SignerProcess
from tests.trust.people import certify_alice

pytestmark = pytest.mark.django_db

ODILE = Actor(kind="officer", id="odile")
OCSP_REQUEST = "application/ocsp-request"


def _request(certificate: x509.Certificate, issuer: x509.Certificate, nonce: bytes | None = None) -> bytes:
    builder = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA1())
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def _ask(client: Client, der: bytes, slug: str = "natural") -> ocsp.OCSPResponse:
    answer = client.post(f"/ocsp/{slug}", der, content_type=OCSP_REQUEST, CONTENT_TYPE=OCSP_REQUEST)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/ocsp-response"
    return ocsp.load_der_ocsp_response(answer.content)


def _write(path: Path, *certificates: x509.Certificate) -> str:
    path.write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates))
    return str(path)


def _openssl(arguments: Sequence[str]) -> str:
    done = subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_good_then_revoked(hierarchy: Path, client: Client) -> None:
    alice = certify_alice()
    request = _request(alice.certificate, alice.chain[0], b"n" * 16)

    good = _ask(client, request)
    assert good.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert good.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == b"n" * 16
    assert good.next_update_utc is not None
    assert good.next_update_utc - good.this_update_utc == timedelta(hours=1)

    status.revoke(alice.serial, "key_compromise", ODILE)

    revoked = _ask(client, request)
    assert revoked.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert revoked.revocation_reason is x509.ReasonFlags.key_compromise


def test_openssl_believes_the_responder(hierarchy: Path, client: Client, tmp_path: Path) -> None:
    alice, bob = certify_alice(), certify_alice()
    status.revoke(bob.serial, "superseded", ODILE)
    issuer, root = _write(tmp_path / "issuer.pem", alice.chain[0]), _write(tmp_path / "root.pem", ca.root())
    for issued, expected in ((alice, ": good"), (bob, ": revoked")):
        leaf = _write(tmp_path / "leaf.pem", issued.certificate)
        query, reply = tmp_path / "query.der", tmp_path / "reply.der"
        asked = ["-issuer", issuer, "-cert", leaf]
        _openssl(["ocsp", *asked, "-reqout", str(query)])
        reply.write_bytes(client.post("/ocsp/natural", query.read_bytes(), content_type=OCSP_REQUEST).content)
        said = _openssl(
            [
                "ocsp",
                *asked,
                "-no_nonce",
                "-reqin",
                str(query),
                "-respin",
                str(reply),
                "-CAfile",
                root,
                "-verify_other",
                issuer,
            ]
        )
        assert "Response verify OK" in said
        assert expected in said


def test_a_get_request_is_answered_and_may_be_cached(hierarchy: Path, client: Client) -> None:
    alice = certify_alice()
    encoded = base64.b64encode(_request(alice.certificate, alice.chain[0])).decode()
    for path in (quote(encoded, safe=""), encoded):
        answer = client.get(f"/ocsp/natural/{path}")
        assert ocsp.load_der_ocsp_response(answer.content).certificate_status is ocsp.OCSPCertStatus.GOOD
        assert "max-age=300" in answer["Cache-Control"]
    posted = client.post("/ocsp/natural", base64.b64decode(encoded), content_type=OCSP_REQUEST)
    assert posted["Cache-Control"] == "no-store"


def test_what_was_never_issued_is_unknown(hierarchy: Path, client: Client) -> None:
    alice = certify_alice()
    asked = ocsp.load_der_ocsp_request(_request(alice.certificate, alice.chain[0]))
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        asked.issuer_name_hash, asked.issuer_key_hash, alice.serial + 1, asked.hash_algorithm
    )
    answer = _ask(client, builder.build().public_bytes(Encoding.DER))
    assert answer.certificate_status is ocsp.OCSPCertStatus.UNKNOWN


def test_a_foreign_issuer_is_not_answered_for(hierarchy: Path, client: Client) -> None:
    alice = certify_alice()
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(alice.chain[0].subject, alice.chain[0].subject, key.public_key(), 1, now, now)
    namesake = builder.sign(key, hashes.SHA256())
    for slug, issuer in (("natural", namesake), ("legal", alice.chain[0]), ("root", alice.chain[0])):
        answer = _ask(client, _request(alice.certificate, issuer), slug)
        assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


def test_the_root_answers_by_its_list_only(hierarchy: Path, client: Client) -> None:
    answer = _ask(client, _request(register.issuer("natural")[1], ca.root()), "root")
    assert answer.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "body", [b"", b"\x30", b"not DER", b"\x30\x00", bytes(70_000)], ids=["none", "cut", "text", "hollow", "oversize"]
)
def test_what_is_no_request_is_malformed(hierarchy: Path, client: Client, body: bytes) -> None:
    assert _ask(client, body).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST
    encoded = quote(base64.b64encode(body).decode(), safe="") or "%20"
    answer = client.get(f"/ocsp/natural/{encoded}")
    assert ocsp.load_der_ocsp_response(answer.content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_other_methods_types_and_issuers_have_their_answers(hierarchy: Path, client: Client) -> None:
    assert client.post("/ocsp/natural", b"x", content_type="text/plain").status_code == 415
    assert client.get("/ocsp/natural").status_code == 405
    for path in ("/ocsp/nobody/AAAA", "/crl/nobody.crl", "/ca/nobody.cer"):
        assert client.get(path).status_code == 404
    assert client.post("/ocsp/nobody", b"x", content_type=OCSP_REQUEST).status_code == 404
    for path in ("/crl/natural.crl", "/ca/natural.cer"):
        assert client.post(path).status_code == 405


def test_while_the_signer_is_away_one_is_asked_to_try_later(
    hierarchy: Path, client: Client, signer: SignerProcess
) -> None:
    alice = certify_alice()
    request = _request(alice.certificate, alice.chain[0])
    source = status.LocalRevocationSource()
    signer.kill()
    assert _ask(client, request).response_status is ocsp.OCSPResponseStatus.TRY_LATER
    with pytest.raises(RevocationUnavailable):
        source.revocation_info(alice.certificate, alice.chain[0])
    signer.start()
    assert _ask(client, request).certificate_status is ocsp.OCSPCertStatus.GOOD


def test_openssl_reads_the_lists_of_all_three(hierarchy: Path, client: Client, tmp_path: Path) -> None:
    alice = certify_alice()
    status.revoke(alice.serial, "affiliation_changed", ODILE)
    for slug in ("root", "natural", "legal"):
        answer = client.get(f"/crl/{slug}.crl")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pkix-crl")
        (tmp_path / "list.crl").write_bytes(answer.content)
        issuer = _write(tmp_path / "issuer.pem", register.issuer(slug)[1])
        arguments = ["-inform", "DER", "-in", str(tmp_path / "list.crl"), "-CAfile", issuer, "-noout", "-text"]
        said = _openssl(["crl", *arguments])
        assert "verify OK" in said
        assert (f"{alice.serial:X}" in said) == (slug == "natural")


def test_openssl_refuses_a_revoked_certificate_by_our_lists(hierarchy: Path, client: Client, tmp_path: Path) -> None:
    alice, bob = certify_alice(), certify_alice()
    status.revoke(bob.serial, "key_compromise", ODILE)
    lists = [x509.load_der_x509_crl(client.get(f"/crl/{slug}.crl").content) for slug in ("root", "natural")]
    (tmp_path / "lists.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in lists))
    root, issuer = _write(tmp_path / "root.pem", ca.root()), _write(tmp_path / "issuer.pem", alice.chain[0])
    for issued, expected in ((alice, "leaf.pem: OK"), (bob, "certificate revoked")):
        leaf = _write(tmp_path / "leaf.pem", issued.certificate)
        arguments = ["-CRLfile", str(tmp_path / "lists.pem"), "-crl_check_all", "-CAfile", root, "-untrusted", issuer]
        assert expected in _openssl(["verify", *arguments, leaf])


def test_a_list_is_kept_for_a_day_and_made_anew_on_a_revocation(hierarchy: Path) -> None:
    alice = certify_alice()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as traveller:
        first = status.current_crl("natural")
        assert status.current_crl("natural") == first
        status.revoke(alice.serial, "superseded", ODILE)
        second = status.current_crl("natural")
        assert _number(second) == _number(first) + 1
        assert x509.load_der_x509_crl(second).get_revoked_certificate_by_serial_number(alice.serial) is not None

        traveller.shift(timedelta(hours=25))
        third = status.current_crl("natural")
        assert _number(third) == _number(second) + 1
        assert x509.load_der_x509_crl(third).next_update_utc == _second(now + timedelta(hours=25, days=7))


def test_a_revocation_leaves_work_that_makes_the_list(hierarchy: Path) -> None:
    alice = certify_alice()
    status.revoke(alice.serial, "superseded", ODILE)
    assert register.latest_revocation_list("natural") is None
    drain()
    latest = register.latest_revocation_list("natural")
    assert latest is not None
    assert latest.revision == register.status_revision("natural")


def _number(der: bytes) -> int:
    return x509.load_der_x509_crl(der).extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def _second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def test_a_list_that_still_holds_is_given_while_the_signer_is_away(
    hierarchy: Path, client: Client, signer: SignerProcess
) -> None:
    content = status.current_crl("natural")
    root = status.current_crl("root")
    signer.kill()
    now = timezone.now()
    with time_machine.travel(now + timedelta(days=6)):
        assert status.current_crl("natural") == content
    with time_machine.travel(now + timedelta(days=8)):
        answer = client.get("/crl/natural.crl")
        assert (answer.status_code, answer["Retry-After"]) == (503, "10")
        assert status.current_crl("root") == root
    with time_machine.travel(now + timedelta(days=366)):
        assert client.get("/crl/root.crl").status_code == 503
    signer.start()
    with time_machine.travel(now + timedelta(days=8)):
        assert client.get("/crl/natural.crl").status_code == 200


def test_a_list_that_was_reserved_but_not_signed_is_skipped(hierarchy: Path, signer: SignerProcess) -> None:
    first = status.current_crl("legal")
    signer.kill()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert status.current_crl("legal") == first
        signer.start()
        assert _number(status.current_crl("legal")) == _number(first) + 2
    tags = [entry.data["number"] for entry in journal.JournalEntry.rows().filter(tag="crl:issued", data__slug="legal")]
    assert tags == [_number(first), _number(first) + 2]


def test_a_revoked_authority_is_on_the_next_list_of_the_root(hierarchy: Path) -> None:
    natural = register.issuer("natural")[1]
    status.revoke(natural.serial_number, "ca_compromise", ODILE)
    ca.renew_root_crl(hierarchy)
    listed = x509.load_der_x509_crl(status.current_crl("root"))
    assert listed.get_revoked_certificate_by_serial_number(natural.serial_number) is not None


def test_issuers_certificates_are_where_certificates_say(hierarchy: Path, client: Client) -> None:
    for slug in ("root", "natural", "legal"):
        answer = client.get(f"/ca/{slug}.cer")
        assert answer["Content-Type"] == "application/pkix-cert"
        assert x509.load_der_x509_certificate(answer.content) == register.issuer(slug)[1]


def test_before_the_ceremony_there_is_nothing_and_no_error(db: None, client: Client) -> None:
    for path in ("/crl/natural.crl", "/crl/root.crl"):
        assert client.get(path).status_code == 503
    assert client.get("/ca/root.cer").status_code == 404
    assert _ask(client, b"").response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_the_revocation_source_gives_what_a_signature_needs(hierarchy: Path) -> None:
    alice = certify_alice()
    source = status.LocalRevocationSource()
    info = source.revocation_info(alice.certificate, alice.chain[0])
    assert info.ocsp is not None
    assert ocsp.load_der_ocsp_response(info.ocsp).certificate_status is ocsp.OCSPCertStatus.GOOD
    above = source.revocation_info(alice.chain[0], alice.chain[1])
    assert above.crl == status.current_crl("root")
    with pytest.raises(RevocationUnavailable):
        source.revocation_info(alice.chain[0], alice.certificate)


def test_revoking_what_was_never_issued_is_refused(hierarchy: Path) -> None:
    with pytest.raises(register.CertificateUnknown):
        status.revoke(uuid4().int, "superseded", ODILE)
