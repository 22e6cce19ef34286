"""Who calls: client programs by bearer token (RFC 6750) or by their secret (RFC 6749 §2.3.1)."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import unquote_plus

from django.http import HttpRequest

from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import NotFound
from paraphe.trust.clients import api as clients
from paraphe.trust.journal import api as journal


class AuthorizationMalformed(clients.ClientRefused):
    """There is an Authorization header, but nobody can read it."""

    code = "authorization_malformed"


def client_of(request: HttpRequest, scope: str) -> clients.Client:
    """Return the client whose bearer token of ``scope`` came with the request. Raises ClientRefused."""
    return clients.client_of_token(bearer_of(request), scope)


def bearer_of(request: HttpRequest) -> str:
    """Return the bearer token of the request. Raises ClientRefused, AuthorizationMalformed."""
    scheme, value = _authorization(request)
    if scheme != "bearer":
        raise AuthorizationMalformed
    return value


def client_by_secret(request: HttpRequest, form: Mapping[str, str]) -> clients.Client:
    """Return the client that proved its secret by HTTP Basic, or by ``client_id`` and ``client_secret`` in the form.

    Raises ClientRefused, also when both ways are used and do not agree; TooManyAttempts for an address from which too
    many wrong secrets came: the one with which that begins is journaled.
    """
    named, address = form.get("client_id", ""), str(request.META.get("REMOTE_ADDR", ""))
    if "Authorization" not in request.headers:
        client_id, secret = named, form.get("client_secret", "")
    else:
        client_id, secret = _basic(request)
        if "client_secret" in form or (named and named != client_id):
            raise clients.ClientRefused
    clients.check_attempts(client_id, address)
    try:
        return clients.authenticate(client_id, secret)
    except clients.ClientRefused:
        if clients.count_failure(client_id, address):
            journal.write("client:locked-out", Actor("client", _known(client_id), address))
        raise


def _known(client_id: str) -> str:
    """Return the identifier of a registered client; what strangers type does not go into the journal."""
    try:
        return clients.find(client_id).client_id
    except NotFound:
        return "unknown"


def _basic(request: HttpRequest) -> tuple[str, str]:
    scheme, value = _authorization(request)
    if scheme != "basic":
        raise AuthorizationMalformed
    try:
        pair = base64.b64decode(value, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise AuthorizationMalformed from None
    client_id, colon, secret = pair.partition(":")
    if not colon:
        raise AuthorizationMalformed
    return unquote_plus(client_id), unquote_plus(secret)


def _authorization(request: HttpRequest) -> tuple[str, str]:
    header = request.headers.get("Authorization")
    if header is None:
        raise clients.ClientRefused
    scheme, _space, value = header.partition(" ")
    if not value.strip() or not header.isascii():
        raise AuthorizationMalformed
    return scheme.lower(), value.strip()
