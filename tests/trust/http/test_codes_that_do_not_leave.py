"""The SMS gateway is away while a client waits for his code: he reads it, the code comes when it is back, once."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from paraphe.floor.jobs import worker
from paraphe.trust.remote import api as remote
from tests.floor.messaging.servers import Gateway, web_server
from tests.support.jobs import all_due_now
from tests.trust.http.conversation import opened, query_of, redeemed
from tests.trust.http.test_authorise_page import _text
from tests.trust.remote.holders import MOBILE

pytestmark = pytest.mark.django_db


@pytest.fixture
def gateway(settings: Any) -> Iterator[Gateway]:
    """Return a gateway that takes everything; its port is known before and after it runs."""
    with web_server(Gateway(answers={"/sms": (200, {"id": "1"})})) as found:
        settings.SMS_CARRIER, settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN_FILE = "http", f"{found.url}/sms", ""
        yield found


@contextmanager
def nobody_there(settings: Any) -> Iterator[None]:
    """Let nobody answer at the address of the gateway."""
    before = settings.SMS_HTTP_URL
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    settings.SMS_HTTP_URL = f"http://127.0.0.1:{port}/sms"
    yield
    settings.SMS_HTTP_URL = before


def work() -> None:
    all_due_now()
    worker.drain()


def code_in(gateway: Gateway) -> str:
    """Return the code of the newest SMS that the gateway was handed."""
    newest = gateway.posts()[-1].json
    assert newest["to"] == MOBILE
    found = re.search(r"(\d{3}) (\d{3})", newest["text"])
    assert found
    return found.group(1) + found.group(2)


def news(client: Client, page: str) -> str:
    """Return what the page learns of its code while it waits."""
    return _text(client.get(page + "delivery/?late=1"))


def test_the_code_comes_when_the_gateway_is_back(
    client: Client, credential: remote.Credential, gateway: Gateway, settings: Any
) -> None:
    page = opened(client, credential)
    with nobody_there(settings):
        client.get(page)
        work()
        work()
        waiting = client.get(page)
        assert "Le SMS avec votre code n'est pas encore parti" in _text(waiting)
        assert "a été envoyé" not in _text(waiting)
        assert 'http-equiv="refresh"' in waiting.content.decode(), "without script the page looks again by itself"
        assert "n'est pas encore parti" in news(client, page)
    assert gateway.posts() == []
    work()
    work()
    assert len(gateway.posts()) == 1
    assert "Le SMS avec votre code vient de partir" in news(client, page)
    assert "Un code a été envoyé par SMS" in _text(client.get(page))
    back = client.post(page, {"code": code_in(gateway)})
    assert redeemed(query_of(back)["code"]).status_code == 200


def test_who_asks_for_another_gets_one_sms_and_one_code_is_good(
    client: Client, credential: remote.Credential, gateway: Gateway, settings: Any
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = opened(client, credential)
        with nobody_there(settings):
            client.get(page)
            work()
            for _impatience in range(7):
                clock.shift(timedelta(seconds=31))
                assert "Un nouveau code vous est envoyé" in _text(client.post(page + "resend/", follow=True))
                work()
        work()
        assert len(gateway.posts()) == 1, "the codes before were taken back, and counted for nothing"
        assert client.post(page, {"code": code_in(gateway)}).status_code == 302


def test_a_code_that_could_not_go_in_time_is_replaced(
    client: Client, credential: remote.Credential, gateway: Gateway, settings: Any
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = opened(client, credential)
        with nobody_there(settings):
            client.get(page)
            work()
            clock.shift(timedelta(minutes=6))
            work()
        assert "L'envoi du SMS avec votre code a échoué Demandez un nouveau code" in news(client, page)
        assert gateway.posts() == []
        client.post(page + "resend/")
        work()
        assert client.post(page, {"code": code_in(gateway)}).status_code == 302


def test_a_gateway_that_hangs_up_after_it_was_handed_the_code_is_not_handed_it_again(
    client: Client, credential: remote.Credential, gateway: Gateway
) -> None:
    gateway.answers["/sms"] = (500, None)
    page = opened(client, credential)
    client.get(page)
    work()
    work()
    assert len(gateway.posts()) == 1
    assert "Demandez un nouveau code" in _text(client.get(page))
    assert client.post(page, {"code": code_in(gateway)}).status_code == 302, "it came all the same: it is good"


def test_nobody_learns_of_the_code_of_another(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    assert client.get(page + "delivery/").content == b"", "no code was sent yet"
    client.get(page)
    assert Client().get(page + "delivery/").status_code == 404
    client.post(page + "refuse/")
    assert client.get(page + "delivery/").content == b""
