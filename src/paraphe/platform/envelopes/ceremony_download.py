"""A code before documents are taken away whose recipient signs at the advanced level: the link alone is not enough.

It opens nothing else and signs nothing: codes that sign are typed at the trust site.
"""

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from paraphe.floor.messaging import api as messaging
from paraphe.floor.secrets import keyed_hash, same
from paraphe.kernel.actor import Actor
from paraphe.platform.envelopes.ceremony_access import CODE_LIFETIME, Held, Pass, held
from paraphe.platform.envelopes.errors import CodeRefused

PURPOSE: Final = "envelopes.download"
AGAIN_AFTER: Final = timedelta(seconds=30)
DAY: Final = timedelta(days=1)
MOST_TRIES: Final = 5
MOST_A_DAY: Final = 10


def send_download_code(who: Pass, actor: Actor) -> None:
    """Send the recipient a code, by SMS or, without a mobile, by e-mail. Raises LinkDead, CodeRefused.

    One that never left, because its carrier was away, is taken back and counts for nothing.
    """
    with transaction.atomic():
        rows = held(who, lock=True)
        row, now = rows.ceremony, timezone.now()
        if row.download_sent_at is not None and now - row.download_sent_at < AGAIN_AFTER:
            raise CodeRefused(reason="soon")
        today = row.download_sends if row.download_sent_at and now - row.download_sent_at < DAY else 0
        today -= _never_left(rows)
        if today >= MOST_A_DAY:
            raise CodeRefused(reason="many")
        code = f"{secrets.randbelow(1_000_000):06d}"
        row.download_code, row.download_sent_at = _hash(rows, code), now
        row.download_sends, row.download_tries = today + 1, 0
        rows.save("download_code", "download_sent_at", "download_sends", "download_tries")
        _send(rows, code)
        rows.note(actor, "ceremony:code-sent", purpose="download")


def download_code_waits(who: Pass) -> bool:
    """Tell whether the newest code has not left: its carrier does not take it. Raises LinkDead."""
    state = _state(held(who))
    return state is not None and (state.late or state.reason in messaging.NEVER_LEFT)


def check_download_code(who: Pass, actor: Actor, code: str) -> None:
    """Use the code up if it is the one that was sent. Raises LinkDead, CodeRefused; a wrong try is counted."""
    with transaction.atomic():
        rows = held(who, lock=True)
        row = rows.ceremony
        fresh = row.download_sent_at is not None and timezone.now() - row.download_sent_at < CODE_LIFETIME
        open_ = bool(row.download_code) and fresh and row.download_tries < MOST_TRIES
        right = open_ and same(_hash(rows, "".join(code.split())), row.download_code)
        if open_:
            row.download_tries += 1
            row.download_code = "" if right else row.download_code
            rows.save("download_tries", "download_code")
        if right:
            rows.note(actor, "ceremony:code-verified", purpose="download")
    if not right:
        raise CodeRefused(reason="wrong" if open_ and row.download_tries < MOST_TRIES else "over")


def _never_left(rows: Held) -> int:
    if _state(rows) is None:
        return 0
    messaging.withdraw(_key(rows))
    state = _state(rows)
    return int(state is not None and state.reason in messaging.NEVER_LEFT)


def _state(rows: Held) -> messaging.MessageState | None:
    """Return where the message with the newest code stands; None when none was written."""
    try:
        return messaging.state_of_key(_key(rows)) if rows.ceremony.download_sent_at else None
    except messaging.MessageUnknown:
        return None


def _key(rows: Held) -> str:
    return f"download:{rows.recipient.pk}:{rows.ceremony.download_sent_at:%Y%m%d%H%M%S}"


def _hash(rows: Held, code: str) -> str:
    return keyed_hash(f"{rows.recipient.pk}:{code}", PURPOSE)


def _send(rows: Held, code: str) -> None:
    key = _key(rows)
    shown = f"{code[:3]} {code[3:]}"
    with translation.override(rows.recipient.locale):
        text = _("Paraphe : {code} est votre code pour télécharger « {title} ». Ne le communiquez à personne.").format(
            code=shown, title=rows.envelope.title[:60]
        )
        subject = _("Votre code pour télécharger")
    if rows.recipient.mobile:
        messaging.send_sms(rows.recipient.mobile, text, key=key, urgent=True)
    else:
        messaging.send_email(rows.recipient.email, subject, text, key=key, language=rows.recipient.locale)
