"""Whose address counts: the one that a proxy we trust saw, never the one that somebody claims."""

from typing import Any

import pytest

from paraphe.config.common import _networks
from paraphe.config.environment import BadConfiguration, Environment
from paraphe.config.proxies import behind_proxies


def _seen(peer: str, forwarded: str = "") -> str:
    seen: list[str] = []

    def application(environment: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environment["REMOTE_ADDR"])
        return []

    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    behind_proxies(application, ["127.0.0.1", "10.0.0.0/8"])({"REMOTE_ADDR": peer, **headers}, None)
    return seen[0]


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("127.0.0.1", "192.0.2.66", "192.0.2.66"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.66", "192.0.2.66"),
        ("10.1.2.3", "192.0.2.66, 10.9.9.9", "192.0.2.66"),
        ("127.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "nonsense" * 20, "127.0.0.1"),
        ("192.0.2.66", "203.0.113.9", "192.0.2.66"),
    ],
)
def test_the_last_proxy_that_is_trusted_says_who_asks(peer: str, forwarded: str, seen: str) -> None:
    assert _seen(peer, forwarded) == seen


@pytest.mark.parametrize("value", ["*", "127.0.0.1,proxy.example", ","])
def test_nobody_is_trusted_by_a_name_or_a_star(value: str) -> None:
    with pytest.raises(BadConfiguration, match="PARAPHE_TRUSTED_PROXIES"):
        _networks(Environment({"PARAPHE_TRUSTED_PROXIES": value}))
    assert _networks(Environment({})) == ["127.0.0.1", "::1"]
