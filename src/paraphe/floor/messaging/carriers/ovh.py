"""SMS by OVHcloud: ``POST /sms/{serviceName}/jobs``, each request signed with the keys of the operator's account.

Signature of a request: ``$1$`` and the SHA-1 of application secret, consumer key, method, address, body and time,
joined by ``+``. The time is the server's: it is asked for, since a clock that goes wrong by minutes would be refused.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import quote

from django.utils import timezone

from paraphe.floor.messaging.carriers.web import call, read_file
from paraphe.floor.messaging.parcel import CarrierRefused, CarrierUnavailable, Parcel

LONGEST_VALIDITY = 2880
# GSM 03.38, default alphabet and extension: other characters, such as « ç » or « ’ », need the wider coding.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@dataclass(frozen=True)
class Keys:
    """The three keys that OVHcloud gives an application."""

    application_key: str
    application_secret: str
    consumer_key: str


def read_keys(path: str) -> Keys:
    """Return the keys in JSON file ``path``. Raises CarrierUnavailable."""
    try:
        stored = json.loads(read_file(path))
        return Keys(**{name: str(stored[name]) for name in Keys.__dataclass_fields__})
    except (ValueError, KeyError, TypeError):
        raise CarrierUnavailable(f"the keys file {path} is not the JSON that is needed") from None


def signature(keys: Keys, method: str, url: str, body: str, at: int) -> str:
    """Return the signature of one request; SHA-1 is what their protocol prescribes."""
    signed = "+".join([keys.application_secret, keys.consumer_key, method, url, body, str(at)])
    return "$1$" + hashlib.sha1(signed.encode()).hexdigest()  # noqa: S324


def _minutes_left(parcel: Parcel) -> int:
    """Return for how long operators may hold the SMS back: a code that comes after its hour only confuses."""
    if parcel.expires_at is None:
        return LONGEST_VALIDITY
    left = (parcel.expires_at - timezone.now()) / timedelta(minutes=1)
    return max(1, min(LONGEST_VALIDITY, ceil(left)))


class Ovh:
    """An SMS account at OVHcloud."""

    name = "ovh"

    def __init__(self, endpoint: str, service: str, keys_file: str, sender: str) -> None:
        self._endpoint, self._service = endpoint.rstrip("/"), service
        self._keys_file, self._sender = keys_file, sender

    def carry(self, parcel: Parcel) -> str:
        """Hand the SMS over; the job number of OVHcloud is the reference."""
        keys = read_keys(self._keys_file)
        body = json.dumps(
            {
                "message": parcel.content.text,
                "receivers": [parcel.content.to],
                "sender": self._sender,
                "senderForResponse": False,
                "noStopClause": True,
                "priority": "high",
                "charset": "UTF-8",
                "coding": "7bit" if _GSM.issuperset(parcel.content.text) else "8bit",
                "validityPeriod": _minutes_left(parcel),
            }
        )
        answer = self._signed(keys, f"{self._endpoint}/sms/{quote(self._service, safe='')}/jobs", body)
        if not isinstance(answer, dict) or answer.get("invalidReceivers") or not answer.get("ids"):
            raise CarrierRefused("the number was not accepted")
        return str(answer["ids"][0])

    def _signed(self, keys: Keys, url: str, body: str) -> Any:
        now = call("GET", f"{self._endpoint}/auth/time", headers={})
        if not isinstance(now, int):
            raise CarrierUnavailable("the time was not told")
        headers = {
            "Content-Type": "application/json",
            "X-Ovh-Application": keys.application_key,
            "X-Ovh-Consumer": keys.consumer_key,
            "X-Ovh-Timestamp": str(now),
            "X-Ovh-Signature": signature(keys, "POST", url, body, now),
        }
        return call("POST", url, headers=headers, body=body.encode())
