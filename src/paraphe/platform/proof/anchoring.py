"""Timestamps over the heads of firms' chains: hourly for all, and once more for each evidence file."""

import logging
from typing import Final

from paraphe.kernel.errors import DomainError
from paraphe.pki.errors import TimestampUnavailable
from paraphe.pki.tsp import token_info
from paraphe.platform.evidence import api as evidence
from paraphe.platform.signing import api as signing

logger = logging.getLogger("paraphe.proof")
BATCH: Final = 200


def anchor(head: evidence.FirmHead) -> None:
    """Have a head timestamped (RFC 3161) and keep the token; one that has a token already is left alone.

    What is stamped is the head's hash itself, which is a SHA-256: ``openssl ts -verify -digest HASH`` checks it. Raises
    TimestampUnavailable.
    """
    known = evidence.anchors(head.firm, since=head.position)
    if not head.position or any(one.position == head.position for one in known):
        return
    token = signing.timestamps().timestamp(bytes.fromhex(head.link_hash))
    evidence.keep_anchor(head, token, token_info(token).gen_time)


def anchor_heads() -> int:
    """Timestamp every head that no timestamp covers; return how many. Raises TimestampUnavailable: the rest waits."""
    done = 0
    while heads := evidence.unanchored(BATCH):
        for head in heads:
            try:
                anchor(head)
            except TimestampUnavailable:
                raise
            except DomainError as error:
                logger.error("the chain of firm %s is not timestamped: %s", head.firm, error.code)
                raise
            done += 1
    return done
