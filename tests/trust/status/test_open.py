"""The short way to the open services: the application that the server runs, asked as the server asks it."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection

from paraphe.kernel.digests import sha256
from paraphe.pki import tsp
from paraphe.trust.http import open as open_services
from tests.trust.people import certify_alice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_transaction_of_the_test_stays_open() -> Iterator[None]:
    # As Django's own client for tests does it: a request would close the connection, and with it what was prepared.
    for one in (request_started, request_finished):
        one.disconnect(close_old_connections)
    yield
    for one in (request_started, request_finished):
        one.connect(close_old_connections)


def _ask(method: str, path: str, body: bytes = b"", kind: str = "") -> tuple[int, dict[str, str], bytes]:
    told: list[Any] = []
    environment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "CONTENT_TYPE": kind,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": BytesIO(body),
    }
    answer = open_services.application()(environment, lambda status, headers, _=None: told.append((status, headers)))
    content = b"".join(answer)
    status, headers = told[0]
    return int(status[:3]), dict(headers), content


def test_status_and_time_are_told_without_what_pages_need(hierarchy: Path) -> None:
    alice = certify_alice()
    der = (
        ocsp.OCSPRequestBuilder()
        .add_certificate(alice.certificate, alice.chain[0], hashes.SHA256())
        .build()
        .public_bytes(Encoding.DER)
    )
    posted = _ask("POST", "/ocsp/natural", der, "application/ocsp-request")
    got = _ask("GET", f"/ocsp/natural/{base64.b64encode(der).decode()}")
    for status, headers, content in (posted, got):
        assert (status, headers["Content-Type"]) == (200, "application/ocsp-response")
        assert ocsp.load_der_ocsp_response(content).certificate_status is ocsp.OCSPCertStatus.GOOD
        assert headers["Content-Length"] == str(len(content))
        assert "Set-Cookie" not in headers
    assert "max-age" in got[1]["Cache-Control"]
    assert x509.load_der_x509_crl(_ask("GET", "/crl/natural.crl")[2]).next_update_utc
    digest = sha256(b"contrat")
    stamped = _ask("POST", "/tsa", tsp.build_request(digest, 7), "application/timestamp-query")
    assert tsp.parse_response(stamped[2], digest, 7)


@pytest.mark.parametrize("size", [10, 65_536, 65_537, 10**7])
def test_a_request_of_any_length_is_refused_as_the_protocol_says(hierarchy: Path, size: int) -> None:
    status, _, content = _ask("POST", "/ocsp/legal", bytes(size), "application/ocsp-request")
    assert status == 200
    assert ocsp.load_der_ocsp_response(content).response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


def test_everything_else_takes_the_long_way(db: None) -> None:
    status, headers, _ = _ask("GET", "/healthz")
    assert status == 200
    assert "X-Frame-Options" in headers


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [("GET", "/tsa", 405), ("GET", "/tsa/x", 404), ("GET", "/ocsp/", 404), ("POST", "/ocsp/natural", 415)],
)
def test_what_is_not_offered_is_refused_in_one_line(db: None, method: str, path: str, expected: int) -> None:
    status, _, content = _ask(method, path, kind="text/html")
    assert status == expected
    assert content.count(b"\n") <= 1
    assert b"<" not in content


def test_a_failure_inside_tells_nothing_of_it(hierarchy: Path) -> None:
    def refuse(*_: Any) -> None:
        raise OperationalError("the password of the database is wrong")

    with connection.execute_wrapper(refuse):
        status, _, content = _ask("GET", "/ca/natural.cer")
    assert status == 500
    assert b"password" not in content
