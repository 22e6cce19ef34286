"""What tests read in the outbox of the site, without any carrier."""

from dataclasses import dataclass

from paraphe.floor.messaging.models import Message
from paraphe.floor.messaging.parcel import Content


@dataclass(frozen=True)
class Waiting:
    """A message that waits in the outbox."""

    kind: str
    to: str
    subject: str
    text: str
    html: str


def messages_to(recipient: str) -> list[Waiting]:
    """Return the messages that wait for ``recipient`` (e-mail address or E.164 number), the oldest first."""
    waiting = []
    for message in Message.objects.exclude(sealed=None).order_by("created_at"):
        content = Content.unseal(bytes(message.sealed or b""))
        if content.to == recipient:
            waiting.append(Waiting(message.kind, content.to, content.subject, content.text, content.html))
    return waiting


def last_message_to(recipient: str) -> Waiting:
    """Return the newest message that waits for ``recipient``."""
    messages = messages_to(recipient)
    assert messages, f"nothing waits for {recipient}"
    return messages[-1]
