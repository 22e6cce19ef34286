"""The door of ceremonies: what somebody does who came by his link. Every verb takes the pass of his browser."""

from paraphe.platform.envelopes.attesting import attestation, attested
from paraphe.platform.envelopes.ceremony_access import (
    CeremonyView,
    Pass,
    content,
    logo,
    look,
    note_download,
    note_opened,
    open_link,
    page_image,
)
from paraphe.platform.envelopes.ceremony_answers import approve, ask, deny, draw, forward, hand_over, refuse
from paraphe.platform.envelopes.ceremony_download import check_download_code, download_code_waits, send_download_code
from paraphe.platform.envelopes.ceremony_identity import (
    expect_named,
    follow_identities,
    identity_address,
    identity_returned,
    identity_status,
)
from paraphe.platform.envelopes.ceremony_reading import consent, fill, note_pages_seen
from paraphe.platform.envelopes.ceremony_signing import (
    Signed,
    begin_signature,
    complete_signature,
    decline_signature,
    settle,
    settle_ended,
    where,
)

__all__ = [
    "CeremonyView",
    "Pass",
    "Signed",
    "approve",
    "ask",
    "attestation",
    "attested",
    "begin_signature",
    "check_download_code",
    "complete_signature",
    "consent",
    "content",
    "decline_signature",
    "deny",
    "download_code_waits",
    "draw",
    "expect_named",
    "fill",
    "follow_identities",
    "forward",
    "hand_over",
    "identity_address",
    "identity_returned",
    "identity_status",
    "logo",
    "look",
    "note_download",
    "note_opened",
    "note_pages_seen",
    "open_link",
    "page_image",
    "refuse",
    "send_download_code",
    "settle",
    "settle_ended",
    "where",
]
