"""E-mail over SMTP, encrypted unless the setting says otherwise in so many words."""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime, formataddr, parseaddr
from typing import Literal
from urllib.parse import unquote, urlsplit

from paraphe.floor.messaging.parcel import CarrierRefused, CarrierUnavailable, Parcel
from paraphe.floor.messaging.returns import address_of

#: For each word of the server; a background lane waits as long.
SECONDS = 10.0


@dataclass(frozen=True)
class Server:
    """Where to hand e-mails over, and how."""

    host: str
    port: int
    user: str
    password: str
    security: Literal["starttls", "tls", "plain"]


_SCHEMES: dict[str, tuple[Literal["starttls", "tls", "plain"], int]] = {
    "smtp": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp+plain": ("plain", 25),
}


def parse_url(url: str) -> Server:
    """Return what ``smtp://user:password@host:587``, ``smtps://…`` or ``smtp+plain://…`` means. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError("not an SMTP address")
    security, port = _SCHEMES[parts.scheme]
    return Server(
        host=parts.hostname,
        port=parts.port or port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=security,
    )


class Smtp:
    """An SMTP server that takes our e-mails."""

    name = "smtp"

    def __init__(self, url: str, sender: str, bounces: str = "") -> None:
        self._url, self._sender, self._bounces = url, sender, bounces

    def carry(self, parcel: Parcel) -> str:
        """Hand the e-mail over; its Message-ID, the same at each try, is the reference."""
        message = self._message(parcel)
        try:
            with self._connect(parse_url(self._url)) as server:
                server.send_message(message, from_addr=self._return_path(parcel))
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(*next(iter(error.recipients.values()), (450, b""))) from None
        except smtplib.SMTPDataError as error:
            raise _judged(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPResponseException as error:
            # Greeting, login, sender: it refuses us, not this message. An operator will put that right.
            raise CarrierUnavailable(f"SMTP {error.smtp_code}") from None
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise CarrierUnavailable(type(error).__name__, away=True) from None
        return str(message["Message-ID"])

    def _return_path(self, parcel: Parcel) -> str | None:
        """Return where what cannot be delivered comes back to; without a mailbox for it, the sender's address."""
        return address_of(parcel.id, self._bounces) if self._bounces else None

    def _connect(self, server: Server) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if server.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
        try:
            if server.security == "starttls":
                connection.starttls(context=context)
            if server.user:
                connection.login(server.user, server.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def _message(self, parcel: Parcel) -> EmailMessage:
        content = parcel.content
        message = EmailMessage(policy=SMTP_POLICY)
        message["From"] = _named(content.sender_name, self._sender)
        if content.reply_to:
            message["Reply-To"] = content.reply_to
        message["To"] = content.to
        message["Subject"] = content.subject
        message["Date"] = format_datetime(parcel.created_at)
        message["Message-ID"] = f"<{parcel.id}@{parseaddr(self._sender)[1].rpartition('@')[2] or 'paraphe.invalid'}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(content.text)
        if content.html:
            message.add_alternative(content.html, subtype="html")
        # Last: adding the alternative would move it to the first part.
        message["Content-Language"] = content.language
        return message


def _named(name: str, sender: str) -> str:
    """Return our sender under another name: the address stays ours, so that what checks it (SPF, DMARC) agrees."""
    return formataddr((name, parseaddr(sender)[1])) if name else sender


def _judged(code: int, said: bytes | str) -> Exception:
    """Return the error for what a server said of one message: 5xx is for ever, 4xx may pass (RFC 5321 §4.2.1).

    530 and the class 5.7 (RFC 3463 §3.8: no login, no relaying) are about who sends: they wait for an operator.
    """
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else said
    ours = code == 530 or text.lstrip().startswith("5.7.")
    return CarrierRefused(f"SMTP {code}") if code >= 500 and not ours else CarrierUnavailable(f"SMTP {code}")
