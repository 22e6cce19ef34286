"""Whose request it is, behind a reverse proxy: evidence, journals and limits count by the address of the asker."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

from granian.utils.proxies import wrap_wsgi_with_proxy_headers

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def behind_proxies(application: Application, trusted: list[str]) -> Application:
    """Return ``application`` told the address that the last proxy we trust saw (``X-Forwarded-For``).

    ``trusted`` are their addresses or networks. Of everybody else the header is not believed, nor anything in it that
    is no address.
    """
    proxied: Application = wrap_wsgi_with_proxy_headers(application, trusted)

    def answer(environment: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        last = str(environment.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        return (proxied if _is_address(last) else application)(environment, start_response)

    return answer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
