"""Finding collections by the words of their titles and of the names and e-mails of their people.

Words are kept folded, one row each, as octets: both databases order these alike, so that the beginning of a word is a
range of an index. How many collections a firm has does not matter then.
"""

import re
import uuid
from collections.abc import Sequence
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes.models import Envelope, EnvelopeWord, Recipient

LONGEST_WORD: Final = 40
MOST_WORDS: Final = 400
MOST_ASKED: Final = 8
#: A word that so few collections have, and who may know of so few, is looked up; else the newest are looked through.
FEW: Final = 500
_WORD: Final = re.compile(r"\w+")


def index(envelope: Envelope) -> None:
    """Keep the words by which ``envelope`` is found, in the caller's transaction; writes nothing when none changed."""
    texts = [envelope.title]
    for names in envelope.recipients.values_list("given_name", "family_name", "email"):
        texts.extend(names)
    wanted = set(words_of(" ".join(texts))[:MOST_WORDS])
    held = {bytes(word): pk for pk, word in envelope.words.values_list("pk", "word")}
    if gone := [pk for word, pk in held.items() if word not in wanted]:
        EnvelopeWord.objects.filter(pk__in=gone).delete()
    EnvelopeWord.objects.bulk_create(
        EnvelopeWord(envelope=envelope, firm_id=envelope.firm_id, word=word) for word in sorted(wanted - held.keys())
    )


def words_of(text: str) -> list[bytes]:
    """Return the words of a text as they are kept: without case and accents, each once, in order."""
    found = (word[:LONGEST_WORD].encode() for word in _WORD.findall(contacts.folded(text)))
    return list(dict.fromkeys(found))


def matching(found: QuerySet[Envelope], firm: accounts.Firm, query: str) -> QuerySet[Envelope]:
    """Return those of ``found``, collections of ``firm``, that have a word beginning with each word of ``query``."""
    asked = words_of(query[:200])[:MOST_ASKED]
    few: Sequence[uuid.UUID] | None = None
    for word in sorted(asked, key=len, reverse=True):
        rows = EnvelopeWord.objects.filter(firm_id=firm.pk, **_beginning(word)).order_by()
        ids = list(rows.values_list("envelope_id", flat=True)[: FEW + 1])
        if len(ids) <= FEW:
            few = ids
            break
    if asked and few is None:
        # Whoever may know of few collections is not made to wait for those of the whole firm.
        own = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
        few = own if len(own) <= FEW else None
    if few is not None:
        found = found.filter(pk__in=few)
    for word in asked:
        found = found.filter(Exists(EnvelopeWord.objects.filter(envelope=OuterRef("pk"), **_beginning(word))))
    return found


def signers(found: QuerySet[Envelope], firm: accounts.Firm, query: str, limit: int) -> Sequence[Recipient]:
    """Return people of the newest of ``found`` whose name or e-mail has each word of ``query``, each address once."""
    asked = words_of(query[:200])[:MOST_ASKED]
    if not asked:
        return []
    newest = list(matching(found, firm, query).order_by("-changed_at", "-pk").values_list("pk", flat=True)[:100])
    people = Recipient.objects.filter(envelope__in=newest).exclude(email="").order_by("family_name", "given_name", "pk")
    chosen: dict[str, Recipient] = {}
    for one in people:
        own = words_of(f"{one.given_name} {one.family_name} {one.email}")
        if all(any(word.startswith(each) for word in own) for each in asked):
            chosen.setdefault(one.email.casefold(), one)
    return list(chosen.values())[:limit]


def _beginning(word: bytes) -> dict[str, bytes]:
    # No octet of UTF-8 is 0xFF: it comes after everything that begins with the word.
    return {"word__gte": word, "word__lt": word + b"\xff"}
