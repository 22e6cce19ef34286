"""SMS over a generic gateway: one POST of JSON with a bearer token."""

import json

from paraphe.floor.messaging.carriers.web import call, read_file
from paraphe.floor.messaging.parcel import Parcel


class HttpGateway:
    """POST ``{"to", "from", "text", "id"}``; any answer 2xx means taken, its ``id`` is kept as reference."""

    name = "http"

    def __init__(self, url: str, token_file: str, sender: str) -> None:
        self._url, self._token_file, self._sender = url, token_file, sender

    def carry(self, parcel: Parcel) -> str:
        """Hand the SMS over. The message's own number goes along as Idempotency-Key."""
        headers = {"Content-Type": "application/json", "Idempotency-Key": str(parcel.id)}
        if self._token_file:
            headers["Authorization"] = f"Bearer {read_file(self._token_file)}"
        content = parcel.content
        body = {"to": content.to, "from": self._sender, "text": content.text, "id": str(parcel.id)}
        answer = call("POST", self._url, headers=headers, body=json.dumps(body).encode())
        return str(answer.get("id", "")) if isinstance(answer, dict) else ""
