"""The door of seals: deeds that people sign, mandates that machines use."""

from paraphe.trust.seals.deeds import (
    Asked,
    ask_mandate,
    ask_seal,
    begin_signing,
    by_link,
    of_client,
    signed,
    take,
    unsigned,
)
from paraphe.trust.seals.documents import facts, reason, sentences
from paraphe.trust.seals.errors import DeedClosed, DeedRefused, MandateRefused
from paraphe.trust.seals.finishing import finish
from paraphe.trust.seals.mandates import authorise, of_holder, settle, withdraw
from paraphe.trust.seals.models import Deed, Mandate, Release
from paraphe.trust.seals.releases import ask as ask_release
from paraphe.trust.seals.releases import challenge_of, confirm, release_by_link, release_of, send_code
from paraphe.trust.seals.releases import close as close_release
from paraphe.trust.seals.sweeping import sweep

__all__ = [
    "Asked",
    "Deed",
    "DeedClosed",
    "DeedRefused",
    "Mandate",
    "MandateRefused",
    "Release",
    "ask_mandate",
    "ask_release",
    "ask_seal",
    "authorise",
    "begin_signing",
    "by_link",
    "challenge_of",
    "close_release",
    "confirm",
    "facts",
    "finish",
    "of_client",
    "of_holder",
    "reason",
    "release_by_link",
    "release_of",
    "send_code",
    "sentences",
    "settle",
    "signed",
    "sweep",
    "take",
    "unsigned",
    "withdraw",
]
