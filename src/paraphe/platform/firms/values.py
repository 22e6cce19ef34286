"""The options of a firm as a value, with their defaults."""

from dataclasses import dataclass, fields
from typing import Final, Literal

from paraphe.platform.firms.texts import CONSENT, MAILS

Level = Literal["simple", "advanced"]
Visibility = Literal["own", "team", "all"]

LEVELS: Final = ("simple", "advanced")
VISIBILITIES: Final = ("own", "team", "all")
MAIL_KINDS: Final = ("invitation", "reminder")
LOCALES: Final = ("fr", "en")


@dataclass(frozen=True)
class Limits:
    """What the operator allows at most."""

    retention_days: int
    max_pdf_mb: int


@dataclass(frozen=True)
class Options:
    """What a firm set, or the default where it set nothing. ``version`` is 0 until it changed something."""

    retention_days: int
    """Days after which its documents are deleted; by default all that the operator allows."""
    max_pdf_mb: int
    """Largest PDF that is accepted, in megabytes; by default all that the operator allows."""
    version: int = 0
    has_logo: bool = False
    logo_in_signatures: bool = True
    """Whether the logo of the firm stands in the visible signatures of third parties, where it has one."""
    seal_visible: bool = True
    """Whether the seal of the firm is seen on the document."""
    seal_text: str = ""
    """What stands in a visible seal beside the name of the firm; may be empty."""
    two_persons_above: int = 0
    """Number of documents above which two persons release a batch of seals; 0 for never."""
    sender_name: str = ""
    """From whom third parties receive e-mails; empty: the name of the firm."""
    third_party_advanced: bool = False
    """Whether third parties may be asked for an advanced signature."""
    third_party_level: Level = "simple"
    """The level that is proposed first for a third party; ``advanced`` only where it is on."""
    code_by_email: bool = False
    """Whether a third party without a mobile may receive the code by e-mail; otherwise by SMS only."""
    link_by_sms: bool = False
    """Whether the SMS of an invitation carries the link, too; then one telephone is enough to open and to sign."""
    collection_days: int = 15
    """Days that third parties have to sign."""
    reminder_days: tuple[int, ...] = (3, 7, 12)
    """Days after the invitation at which who has not signed is reminded; rising, all before the end."""
    read_all_pages: bool = True
    """Whether a third party must have seen every page before he signs."""
    consent_fr: str = CONSENT["fr"]
    consent_en: str = CONSENT["en"]
    """What a third party ticks before he signs, unless another text was chosen."""
    custom_consents: tuple[str, ...] = ()
    """Other texts that can be chosen for a collection."""
    visibility: Visibility = "own"
    """Who sees a document: who brought it, his team, or everybody of the firm with a right."""
    invitation_subject_fr: str = MAILS["invitation_subject_fr"]
    invitation_body_fr: str = MAILS["invitation_body_fr"]
    invitation_subject_en: str = MAILS["invitation_subject_en"]
    invitation_body_en: str = MAILS["invitation_body_en"]
    reminder_subject_fr: str = MAILS["reminder_subject_fr"]
    reminder_body_fr: str = MAILS["reminder_body_fr"]
    reminder_subject_en: str = MAILS["reminder_subject_en"]
    reminder_body_en: str = MAILS["reminder_body_en"]


@dataclass(frozen=True)
class Mail:
    """An e-mail to a third party, ready to be sent."""

    sender: str
    subject: str
    body: str


CHANGEABLE: Final = tuple(one.name for one in fields(Options) if one.name not in ("version", "has_logo"))
