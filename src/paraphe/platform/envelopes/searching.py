"""Finding collections by the words of their titles and of the names and e-mails of their people, and by parts of these.

Words are kept folded, one row each, as octets: both databases order these alike, so that the beginning of a word is a
range of an index. How many collections a firm has does not matter then. What stands inside a word is the beginning of
one of its tails, which are kept once for each word that a firm uses, not for each collection: it leads to whole words.
"""

import re
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes.models import Envelope, EnvelopeTail, EnvelopeWord, Recipient

LONGEST_WORD: Final = 40
MOST_WORDS: Final = 400
MOST_ASKED: Final = 8
MOST_MENDED: Final = 10_000
#: Letters that what is looked for inside of words has at least.
SHORTEST_INSIDE: Final = 3
#: Whole words to which a part of a word leads. A part of more words ("ent") is looked for at their beginning only.
MOST_INSIDE: Final = 100
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
    if gone := held.keys() - wanted:
        EnvelopeWord.objects.filter(pk__in=[held[word] for word in gone]).delete()
        forget(envelope.firm_id, gone)
    if new := sorted(wanted - held.keys()):
        EnvelopeWord.objects.bulk_create(
            EnvelopeWord(envelope=envelope, firm_id=envelope.firm_id, word=word) for word in new
        )
        _keep_tails(envelope.firm_id, new)


def forget(firm_id: int, words: Collection[bytes]) -> None:
    """Forget the tails of those of ``words`` that no collection of the firm has any more."""
    used = EnvelopeWord.objects.filter(firm_id=firm_id, word=OuterRef("word"))
    EnvelopeTail.objects.filter(~Exists(used), firm_id=firm_id, word__in=list(words)).delete()


def mend() -> int:
    """Write the tails of words that have none: of one that was used again while somebody else forgot it."""
    own = EnvelopeTail.objects.filter(firm_id=OuterRef("firm_id"), word=OuterRef("word"))
    long = EnvelopeWord.objects.annotate(octets=Length("word")).filter(~Exists(own), octets__gt=SHORTEST_INSIDE)
    missing = list(long.order_by().values_list("firm_id", "word").distinct()[:MOST_MENDED])
    for firm_id, word in missing:
        _keep_tails(firm_id, [bytes(word)])
    return len(missing)


def _keep_tails(firm_id: int, words: Sequence[bytes]) -> None:
    here = EnvelopeTail.objects.filter(firm_id=firm_id, word__in=words).order_by().values_list("word", flat=True)
    known = {bytes(word) for word in here.distinct()}
    rows = [
        EnvelopeTail(firm_id=firm_id, tail=tail, word=word)
        for word in words
        if word not in known
        for tail in tails_of(word)
    ]
    EnvelopeTail.objects.bulk_create(rows, ignore_conflicts=True)


def tails_of(word: bytes) -> list[bytes]:
    """Return what stands inside a word up to its end, whole letters, SHORTEST_INSIDE of them at least."""
    text = word.decode()
    return [text[at:].encode() for at in range(1, len(text) - SHORTEST_INSIDE + 1)]


def words_of(text: str) -> list[bytes]:
    """Return the words of a text as they are kept: without case and accents, each once, in order."""
    found = (word[:LONGEST_WORD].encode() for word in _WORD.findall(contacts.folded(text)))
    return list(dict.fromkeys(found))


@dataclass(frozen=True)
class Meant:
    """What a word of a question means in a firm: every word that begins with it, and those that have it inside."""

    word: bytes
    inside: Sequence[bytes]

    @property
    def condition(self) -> Q:
        """Return what a kept word fulfils that is meant."""
        beginning = Q(**_beginning("word", self.word))
        return beginning | Q(word__in=self.inside) if self.inside else beginning

    def collections(self, firm: accounts.Firm) -> Sequence[uuid.UUID]:
        """Return the collections that have such a word, FEW and one more at most."""
        rows = EnvelopeWord.objects.filter(firm_id=firm.pk).order_by()
        # Asked one after the other: each is a range of the index.
        found = list(rows.filter(**_beginning("word", self.word)).values_list("envelope_id", flat=True)[: FEW + 1])
        if self.inside and len(found) <= FEW:
            found += rows.filter(word__in=self.inside).values_list("envelope_id", flat=True)[: FEW + 1]
        return found[: FEW + 1]


def matching(found: QuerySet[Envelope], firm: accounts.Firm, query: str) -> QuerySet[Envelope]:
    """Return those of ``found``, collections of ``firm``, that have a word with each word of ``query`` in it.

    A word of one or two letters, and a part that more than MOST_INSIDE words have, is looked for at their beginning.
    """
    asked = [_meant(firm, word) for word in words_of(query[:200])[:MOST_ASKED]]
    few: Sequence[uuid.UUID] | None = None
    for one in sorted(asked, key=lambda meant: len(meant.word), reverse=True):
        ids = one.collections(firm)
        if len(ids) <= FEW:
            few = ids
            break
    if asked and few is None:
        # Whoever may know of few collections is not made to wait for those of the whole firm.
        own = list(found.order_by().values_list("pk", flat=True)[: FEW + 1])
        few = own if len(own) <= FEW else None
    if few is not None:
        found = found.filter(pk__in=few)
    for one in asked:
        found = found.filter(Exists(EnvelopeWord.objects.filter(one.condition, envelope=OuterRef("pk"))))
    return found


def _meant(firm: accounts.Firm, word: bytes) -> Meant:
    if len(word.decode()) < SHORTEST_INSIDE:
        return Meant(word, ())
    tails = EnvelopeTail.objects.filter(firm_id=firm.pk, **_beginning("tail", word)).order_by()
    inside = [bytes(one) for one in tails.values_list("word", flat=True).distinct()[: MOST_INSIDE + 1]]
    return Meant(word, inside if len(inside) <= MOST_INSIDE else ())


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
        if all(any(each in word for word in own) for each in asked):
            chosen.setdefault(one.email.casefold(), one)
    return list(chosen.values())[:limit]


def _beginning(field: str, word: bytes) -> dict[str, bytes]:
    # No octet of UTF-8 is 0xFF: it comes after everything that begins with the word.
    return {f"{field}__gte": word, f"{field}__lt": word + b"\xff"}
