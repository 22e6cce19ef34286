"""What carriers over HTTP have in common: time limits, and which answers allow another try."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import urllib3

from paraphe.floor.messaging.parcel import CarrierRefused, CarrierUnavailable

TIME_LIMITS = (5.0, 10.0)
PASSING_STATUSES = frozenset({401, 403, 404, 408, 425, 429})
#: Answers that do not say whether the message was taken before something went wrong.
UNCERTAIN_STATUSES = frozenset({408, 500, 502, 504})


def call(method: str, url: str, *, headers: Mapping[str, str], body: bytes = b"") -> Any:
    """Send ``body`` and return what the answer's JSON holds, or None when it has none.

    Redirects are not followed: they would carry secrets elsewhere. Raises CarrierUnavailable when there is no answer,
    when the other side is at fault or busy, and when it refuses us rather than the message (wrong key, wrong address);
    CarrierRefused otherwise.
    """
    try:
        answer = requests.request(
            method, url, data=body, headers=dict(headers), timeout=TIME_LIMITS, allow_redirects=False
        )
    except requests.RequestException as error:
        uncertain = method == "POST" and _was_sent(error)
        raise CarrierUnavailable(type(error).__name__, uncertain=uncertain, away=True) from None
    if 200 <= answer.status_code < 300:
        try:
            return answer.json()
        except requests.JSONDecodeError:
            return None
    if answer.status_code in PASSING_STATUSES or not 400 <= answer.status_code < 500:
        uncertain = method == "POST" and answer.status_code in UNCERTAIN_STATUSES
        raise CarrierUnavailable(f"HTTP {answer.status_code}", uncertain=uncertain)
    raise CarrierRefused(f"HTTP {answer.status_code}")


def _was_sent(error: requests.RequestException) -> bool:
    """Tell whether the request may have reached the other side before it failed."""
    if isinstance(error, (requests.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)):
        return False
    cause = error.args[0] if error.args else None
    return not isinstance(getattr(cause, "reason", None), urllib3.exceptions.NewConnectionError)


def read_file(path: str | Path) -> str:
    """Return the one line of a secret file. Raises CarrierUnavailable."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CarrierUnavailable(f"the secret file {path} cannot be read ({type(error).__name__})") from None
