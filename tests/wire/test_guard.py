"""Addresses that others chose: what is fetched, and what never is."""

import time
from http.server import BaseHTTPRequestHandler

import pytest

from paraphe.wire.errors import AddressRefused, FetchFailed
from paraphe.wire.guard import Guard, is_public
from tests.wire.serving import send, serving

HERE = Guard(frozenset({"localhost"}), total_seconds=2.0)
PUBLIC = "93.184.216.34"


def test_a_page_of_a_host_that_the_operator_named_is_fetched() -> None:
    with serving(lambda handler, body: send(handler, b"list" + body)) as server:
        assert HERE.get(server.url("/crl")) == b"list"
        assert HERE.post(server.url("/ocsp"), b"?", "application/ocsp-request") == b"list?"
        assert server.asked == [("GET", "/crl"), ("POST", "/ocsp")]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "198.18.0.1", "192.0.2.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:1::1", "2001:db8::1",
    ],
)  # fmt: skip
def test_an_address_of_a_local_network_is_never_asked(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(AddressRefused) as refused:
        Guard(resolve=lambda *_: [address]).get("http://liste.example/crl")
    assert refused.value.params["reason"] == "network"


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_an_address_of_the_public_network_may_be(address: str) -> None:
    assert is_public(address)


def test_one_local_address_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(AddressRefused):
        Guard(resolve=lambda *_: [PUBLIC, "127.0.0.1"]).get("http://liste.example/crl")


def test_the_connection_goes_to_what_was_vetted_whatever_the_name_says_next() -> None:
    """A name server that answers with a public address first and a local one next leads nowhere."""
    answers = iter([["127.0.0.1"]])
    with serving(lambda handler, _: send(handler, b"here")) as server:
        guard = Guard(frozenset({"rebind.example"}), resolve=lambda *_: next(answers))
        assert guard.get(f"http://rebind.example:{server.port}/") == b"here"
        with pytest.raises(StopIteration):
            next(answers)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://liste.example/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("ldap://liste.example/", "scheme"),
        ("//liste.example/", "scheme"),
        ("http:///nothing", "scheme"),
        ("", "scheme"),
        ("http://alice:secret@liste.example/", "credentials"),
        ("http://liste.example:22/", "port"),
        ("http://liste.example:99999/", "address"),
        ("http://[::1/", "address"),
    ],
)
def test_what_is_no_address_of_the_web_is_refused(url: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        Guard(resolve=lambda *_: [PUBLIC]).get(url)
    assert refused.value.params["reason"] == reason


def test_a_redirection_into_the_local_network_is_refused() -> None:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        send(handler, b"", 302, Location="http://169.254.169.254/latest/meta-data/")

    with serving(answer) as server, pytest.raises(AddressRefused):
        HERE.get(server.url("/"))


def test_a_redirection_is_followed_three_times_and_no_more() -> None:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        left = int(handler.path.strip("/"))
        if left:
            send(handler, b"", 301, Location=f"/{left - 1}")
        else:
            send(handler, b"there")

    with serving(answer) as server:
        assert HERE.get(server.url("/3")) == b"there"
        with pytest.raises(FetchFailed):
            HERE.get(server.url("/4"))


def test_a_body_without_end_is_cut() -> None:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(bytes(100_000))

    with serving(answer) as server, pytest.raises(FetchFailed) as failed:
        HERE.get(server.url("/"), max_bytes=1_000_000)
    assert failed.value.params["reason"] == "too large"


def test_a_body_that_drips_is_given_up() -> None:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _number in range(200):
            handler.wfile.write(b".")
            handler.wfile.flush()
            time.sleep(0.02)

    with serving(answer) as server, pytest.raises(FetchFailed):
        Guard(frozenset({"localhost"}), total_seconds=0.3).get(server.url("/"))


def test_headers_that_drip_are_given_up() -> None:
    def answer(handler: BaseHTTPRequestHandler, _: bytes) -> None:
        for number in range(100):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n" if not number else b"X-%d: y\r\n" % number)
            handler.wfile.flush()
            time.sleep(0.05)

    began = time.monotonic()
    with serving(answer) as server, pytest.raises(FetchFailed):
        Guard(frozenset({"localhost"}), total_seconds=0.4).get(server.url("/"))
    assert time.monotonic() - began < 3


def test_a_compressed_answer_is_not_opened() -> None:
    answer = serving(lambda handler, _: send(handler, b"\x1f\x8b", Content_Encoding="gzip"))
    with answer as server, pytest.raises(FetchFailed):
        HERE.get(server.url("/"))


@pytest.mark.parametrize("status", [204, 400, 404, 500, 503])
def test_an_answer_that_is_no_success_fails(status: int) -> None:
    with serving(lambda handler, _: send(handler, b"no", status)) as server, pytest.raises(FetchFailed) as failed:
        HERE.get(server.url("/"))
    assert failed.value.params["status"] == status


def test_a_host_where_nobody_listens_fails() -> None:
    with serving(lambda handler, _: send(handler, b"")) as server:
        gone = server.url("/")
    with pytest.raises(FetchFailed):
        HERE.get(gone)
