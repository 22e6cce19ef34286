"""Who the person says to be, and what the operator decided. Arguments of the judgement."""

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Claim:
    """The person as the client program claims them; ``usage_name`` and ``birth_date`` where they are known."""

    given_name: str
    surname: str
    usage_name: str = ""
    birth_date: date | None = None


@dataclass(frozen=True)
class SealSigner:
    """A key that the operator trusts to sign visible seals; authority and certificate as they stand in the seal.

    ``since`` and ``until`` are the days between which its certificate is valid, None for a key without certificate.
    """

    authority: str
    certificate: str
    public_key_der: bytes
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Policy:
    """Thresholds of the judgement; the defaults are measured (see ``bench/results/proofing.md``)."""

    #: Version of rules and thresholds, kept with each proof.
    version: str = "1"
    #: Least confidence of any character of the machine readable zone.
    min_confidence: float = 0.70
    #: Largest burnt-out blob, as a part of the document's area.
    max_glare: float = 0.016
    #: Strength of a screen's grain, and part of the frame around the document that is an even white sheet, from which
    #: an officer is told.
    max_grain: float = 5.2
    max_paper: float = 0.85
    #: Width of the document in pixels below which nothing can be read.
    min_width: int = 600
    #: Age in years from which a person may hold a certificate.
    adult_age: int = 18
    #: Day after which identity cards of the model before 2021 are no longer taken, if the operator set one.
    old_card_last_day: date | None = None
    seal_signers: tuple[SealSigner, ...] = field(default=())
