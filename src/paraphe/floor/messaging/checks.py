"""What production needs before it may boot. Each finding is one sentence that says what to set."""

import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

from paraphe.floor.messaging.carriers.ovh import read_keys
from paraphe.floor.messaging.carriers.smtp import parse_url
from paraphe.floor.messaging.parcel import CarrierUnavailable


def check_carriers(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Return what is wrong with the settings of the carriers; in demonstration nothing needs to be set."""
    return [Error(sentence, id=f"messaging.{code}") for code, sentence in (*_email(), *_sms())]


def _email() -> Iterator[tuple[str, str]]:
    if not settings.SMTP_URL:
        if not settings.DEMONSTRATION:
            yield "E001", "PARAPHE_SMTP_URL is not set: production needs an SMTP server, see docs/operations.md."
        return
    try:
        parse_url(settings.SMTP_URL)
    except ValueError:
        # The address itself is not repeated: it may hold a password.
        yield "E002", "PARAPHE_SMTP_URL must look like smtp://user:password@host:587, smtps://… or smtp+plain://…."
    if settings.MAIL_FROM.rstrip("> ").endswith(".invalid") and not settings.DEMONSTRATION:
        yield "E003", "PARAPHE_MAIL_FROM is not set: production needs the address that e-mails come from."


def _sms() -> Iterator[tuple[str, str]]:
    if settings.SMS_CARRIER == "http":
        yield from _http()
    elif settings.SMS_CARRIER == "ovh":
        yield from _ovh()
    elif settings.SMS_CARRIER:
        yield "E010", f"PARAPHE_SMS_CARRIER is {settings.SMS_CARRIER!r}: it must be 'http' or 'ovh'."
    elif not settings.DEMONSTRATION:
        yield "E011", "PARAPHE_SMS_CARRIER is not set: production needs 'http' or 'ovh', see docs/operations.md."
    if settings.SMS_CARRIER and not 1 <= len(settings.SMS_SENDER) <= 11:
        yield "E012", "PARAPHE_SMS_SENDER must have 1 to 11 characters."


def _http() -> Iterator[tuple[str, str]]:
    if not settings.SMS_HTTP_URL:
        yield "E013", "PARAPHE_SMS_HTTP_URL is not set: the SMS carrier 'http' needs the address of the gateway."
    elif not _private(settings.SMS_HTTP_URL):
        yield "E014", "PARAPHE_SMS_HTTP_URL must begin with https://: one-time codes go there."
    if settings.SMS_HTTP_TOKEN_FILE:
        yield from _secret_file("E015", "PARAPHE_SMS_HTTP_TOKEN_FILE", settings.SMS_HTTP_TOKEN_FILE)


def _ovh() -> Iterator[tuple[str, str]]:
    if not settings.SMS_OVH_SERVICE:
        yield "E016", "PARAPHE_SMS_OVH_SERVICE is not set: give the name of the SMS service (sms-xx00000-1)."
    if not _private(settings.SMS_OVH_ENDPOINT):
        yield "E017", "PARAPHE_SMS_OVH_ENDPOINT must begin with https://."
    if not settings.SMS_OVH_KEYS_FILE:
        yield "E018", "PARAPHE_SMS_OVH_KEYS_FILE is not set: give the path of the file with the three keys."
        return
    yield from _secret_file("E019", "PARAPHE_SMS_OVH_KEYS_FILE", settings.SMS_OVH_KEYS_FILE)
    try:
        read_keys(settings.SMS_OVH_KEYS_FILE)
    except CarrierUnavailable:
        yield (
            "E020",
            "PARAPHE_SMS_OVH_KEYS_FILE must be JSON with application_key, application_secret and consumer_key.",
        )


def _private(url: str) -> bool:
    """Tell whether nobody on the way can read what goes to ``url``: https, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))


def _secret_file(code: str, name: str, path: str) -> Iterator[tuple[str, str]]:
    try:
        mode = Path(path).stat().st_mode
        Path(path).read_bytes()
    except OSError as error:
        yield code, f"{name} names {path}, which cannot be read ({error.strerror})."
        return
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield code, f"{name} names {path}, which others can read: run 'chmod 600 {path}'."
