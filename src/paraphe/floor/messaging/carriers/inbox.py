"""Demonstration: every message goes to the post office of Comptexpert, where anybody can read it."""

import json
from pathlib import Path

from django.utils import timezone

from paraphe.floor.messaging.carriers.web import call, read_file
from paraphe.floor.messaging.parcel import Parcel


class Inbox:
    """The post office of the demonstration. Production never has it: the settings give it no address there."""

    name = "inbox"

    def __init__(self, url: str, secret_file: Path, site: str) -> None:
        self._url, self._secret_file, self._site = url, secret_file, site

    def carry(self, parcel: Parcel) -> str:
        """Post the message."""
        content = parcel.content
        body = {
            "kind": parcel.kind,
            "to": content.to,
            "subject": content.subject,
            "text": content.text,
            "html": content.html,
            "sent_at": timezone.now().isoformat(),
            "site": self._site,
        }
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {read_file(self._secret_file)}",
            "Idempotency-Key": str(parcel.id),
        }
        call("POST", f"{self._url}/messages/deliver", headers=headers, body=json.dumps(body).encode())
        return ""
