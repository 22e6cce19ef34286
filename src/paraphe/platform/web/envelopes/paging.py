"""The people of a collection a page at a time, as a page has room for, found by name, e-mail or state."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.http import HttpRequest

from paraphe.platform.contacts import api as contacts
from paraphe.platform.envelopes import api as envelopes

AT_ONCE: Final = 50


@dataclass(frozen=True)
class Step:
    """As much of one step as is on the page: its number, who is shown, how many it has; whether it is first or last."""

    number: int
    people: Sequence[envelopes.RecipientView]
    size: int
    first: bool
    last: bool


@dataclass(frozen=True)
class PeoplePage:
    """One page of people; ``many`` where one page cannot show all, ``found`` how many the question left."""

    steps: Sequence[Step]
    query: str
    page: int
    pages: int
    found: int
    many: bool

    @property
    def before(self) -> int:
        """Return the number of the page before, 0 for none."""
        return self.page - 1

    @property
    def after(self) -> int:
        """Return the number of the page that follows, 0 for none."""
        return self.page + 1 if self.page < self.pages else 0


def people_page(request: HttpRequest, envelope: envelopes.EnvelopeView, states: Collection[str] = ()) -> PeoplePage:
    """Return who is shown of those who act: found by ``qui`` in the address, in one of ``states`` if there are any."""
    query, typed = request.GET.get("qui", "")[:100].strip(), request.GET.get("page", "")
    words = contacts.folded(query).split()
    sizes = {number: len(list(step)) for number, step in groupby(envelope.acting, lambda one: one.step)}
    order = {number: place for place, number in enumerate(sizes, 1)}
    found = [one for one in envelope.acting if (not states or one.state in states) and _named(one, words)]
    pages = max(-(-len(found) // AT_ONCE), 1)
    page = min(int(typed), pages) if typed.isascii() and typed.isdecimal() and 0 < len(typed) < 6 else 1
    page = max(page, 1)
    shown = found[(page - 1) * AT_ONCE : page * AT_ONCE]
    steps = []
    for step, people in groupby(shown, lambda one: one.step):
        number = order[step]
        steps.append(Step(number, tuple(people), sizes[step], number == 1, number == len(sizes)))
    return PeoplePage(steps, query, page, pages, len(found), len(envelope.acting) > AT_ONCE)


def _named(one: envelopes.RecipientView, words: Sequence[str]) -> bool:
    text = contacts.folded(f"{one.name} {one.email}")
    return all(word in text for word in words)
