"""OCSP answers that were signed before: given again while they are true, never when they are not."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from asn1crypto import ocsp as asn1_ocsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from paraphe.kernel.actor import Actor
from paraphe.trust.register import api as register
from paraphe.trust.register.models import KeptAnswer
from paraphe.trust.status import api as status
from tests.trust.conftest import SignerProcess
from tests.trust.people import certify_alice

pytestmark = pytest.mark.django_db

ODILE = Actor(kind="officer", id="odile")
OCSP_REQUEST = "application/ocsp-request"


@contextmanager
def database_away() -> Iterator[None]:
    def refuse(*_: Any) -> None:
        raise OperationalError("the database is away")

    with connection.execute_wrapper(refuse):
        yield


def _request(digest: hashes.HashAlgorithm, nonce: bytes | None = None) -> tuple[int, bytes]:
    alice = certify_alice()
    builder = ocsp.OCSPRequestBuilder().add_certificate(alice.certificate, alice.chain[0], digest)
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return alice.serial, builder.build().public_bytes(Encoding.DER)


def _post(client: Client, der: bytes) -> bytes:
    answer = client.post("/ocsp/natural", der, content_type=OCSP_REQUEST)
    assert answer.status_code == 200
    return answer.content


def _get(client: Client, der: bytes, **headers: str) -> HttpResponse:
    answer: Any = client.get(f"/ocsp/natural/{quote(base64.b64encode(der), safe='')}", headers=headers)
    return answer  # type: ignore[no-any-return]


def _status(der: bytes) -> tuple[str, str | None]:
    answer = ocsp.load_der_ocsp_response(der)
    reason = answer.revocation_reason
    return answer.certificate_status.name, None if reason is None else reason.value


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256()], ids=["SHA-1", "SHA-256"])
def test_one_signature_serves_many_until_the_status_changes(
    hierarchy: Path, client: Client, digest: hashes.HashAlgorithm
) -> None:
    serial, request = _request(digest)
    first = _post(client, request)
    assert _post(client, request) == first
    assert _get(client, request).content == first
    assert _status(first) == ("GOOD", None)
    for change, expected in (
        (partial(status.suspend, serial, ODILE), ("REVOKED", "certificateHold")),
        (partial(status.reinstate, serial, ODILE), ("GOOD", None)),
        (partial(status.revoke, serial, "key_compromise", ODILE), ("REVOKED", "keyCompromise")),
    ):
        change()
        assert _status(_post(client, request)) == expected
        assert _status(_get(client, request).content) == expected


def test_a_nonce_is_answered_by_a_signature_of_its_own(hierarchy: Path, client: Client) -> None:
    _, request = _request(hashes.SHA256(), b"n" * 32)
    first, second = _post(client, request), _post(client, request)
    assert first != second
    assert not KeptAnswer.objects.exists()
    assert "no-store" in _get(client, request)["Cache-Control"]


def test_an_answer_half_over_is_made_anew_and_kept_while_the_signer_is_away(
    hierarchy: Path, client: Client, signer: SignerProcess
) -> None:
    _, request = _request(hashes.SHA256())
    now = timezone.now()
    with time_machine.travel(now, tick=False) as traveller:
        first = _post(client, request)
        signer.kill()
        traveller.shift(timedelta(minutes=45))
        assert _post(client, request) == first
        traveller.shift(timedelta(minutes=20))
        late = ocsp.load_der_ocsp_response(_post(client, request))
        assert late.response_status is ocsp.OCSPResponseStatus.TRY_LATER
        signer.start()
        traveller.move_to(now + timedelta(minutes=45))
        second = _post(client, request)
        assert second != first
        assert _post(client, request) == second


def test_an_answer_tells_caches_how_long_it_may_be_kept(hierarchy: Path, client: Client) -> None:
    _, request = _request(hashes.SHA256())
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False) as traveller:
        answer = _get(client, request)
        assert "max-age=300" in answer["Cache-Control"]
        assert parsedate_to_datetime(answer["Last-Modified"]) == now
        assert parsedate_to_datetime(answer["Expires"]) == now + timedelta(minutes=5)
        again = _get(client, request, **{"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        traveller.shift(timedelta(minutes=31))
        assert _get(client, request, **{"If-None-Match": answer["ETag"]}).status_code == 200
    listed: Any = client.get("/crl/natural.crl")
    assert client.get("/crl/natural.crl", headers={"If-None-Match": listed["ETag"]}).status_code == 304
    assert "max-age=600" in listed["Cache-Control"]


def test_without_a_database_nothing_is_said_and_nothing_breaks(hierarchy: Path, client: Client) -> None:
    _, request = _request(hashes.SHA256())
    source = status.ocsp_answer
    with database_away():
        for der in (_post(client, request), source(request, "natural")):
            assert ocsp.load_der_ocsp_response(der).response_status is ocsp.OCSPResponseStatus.TRY_LATER
        assert client.get("/crl/natural.crl").status_code == 503
    assert _status(_post(client, request)) == ("GOOD", None)


def test_certificates_are_answered_for_since_the_archive_begins(hierarchy: Path, client: Client) -> None:
    _, request = _request(hashes.SHA256())
    [single] = asn1_ocsp.OCSPResponse.load(_post(client, request)).response_data["responses"]
    extensions = {one["extn_id"].native: one["extn_value"].parsed.native for one in single["single_extensions"]}
    assert extensions["archive_cutoff"] == register.issuer("natural")[1].not_valid_before_utc
