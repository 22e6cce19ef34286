"""The ways out. Which one is taken is a setting."""

from typing import Literal

from django.conf import settings

from paraphe.floor.messaging.carriers.http_gateway import HttpGateway
from paraphe.floor.messaging.carriers.inbox import Inbox
from paraphe.floor.messaging.carriers.ovh import Ovh
from paraphe.floor.messaging.carriers.smtp import Smtp
from paraphe.floor.messaging.parcel import Carrier, CarrierUnavailable


def carrier_for(kind: Literal["email", "sms"]) -> Carrier:
    """Return the carrier that the settings name for this kind. Raises CarrierUnavailable when none is set up."""
    if settings.SMTP_URL and kind == "email":
        return Smtp(settings.SMTP_URL, settings.MAIL_FROM, settings.BOUNCE_ADDRESS)
    if settings.SMS_CARRIER == "http" and kind == "sms":
        return HttpGateway(settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN_FILE, settings.SMS_SENDER)
    if settings.SMS_CARRIER == "ovh" and kind == "sms":
        return Ovh(settings.SMS_OVH_ENDPOINT, settings.SMS_OVH_SERVICE, settings.SMS_OVH_KEYS_FILE, settings.SMS_SENDER)
    if settings.DEMONSTRATION:
        return Inbox(settings.COMPTEXPERT_URL, settings.INBOX_SECRET_FILE, settings.SITE)
    raise CarrierUnavailable(f"no carrier is set up for {kind}")
