"""What a person chose for himself: his language, and the notices that he wants."""

from collections.abc import Collection, Sequence
from typing import Final, Literal, get_args

from django.conf import settings
from django.db import transaction

from paraphe.kernel.actor import Actor
from paraphe.platform.accounts.errors import UnknownChoice
from paraphe.platform.accounts.models import Person
from paraphe.platform.evidence import api as evidence

Notice = Literal[
    "completed",
    "progress",
    "to_launch",
    "refused",
    "expiring",
    "undelivered",
    "question",
    "sealed",
    "deleted_soon",
    "credit_low",
    "mandate",
]
#: What somebody may be written about, in the order in which pages show it. All are wanted until he says otherwise.
NOTICES: Final[tuple[Notice, ...]] = get_args(Notice)


def wants(person: Person, kind: Notice) -> bool:
    """Tell whether ``person`` wants to be written to about ``kind``; ask before each notice. Raises UnknownChoice."""
    if kind not in NOTICES:
        raise UnknownChoice(notice=kind)
    return kind not in person.unwanted_notices


def wanted(person: Person) -> Sequence[Notice]:
    """Return the kinds of notice that ``person`` wants."""
    return [kind for kind in NOTICES if kind not in person.unwanted_notices]


def choose_notices(*, actor: Actor, person: Person, kinds: Collection[str]) -> None:
    """Let ``person`` be written to about ``kinds`` and nothing else. Raises UnknownChoice."""
    if not set(kinds) <= set(NOTICES):
        raise UnknownChoice(notice="")
    _change(actor, person, unwanted_notices=[kind for kind in NOTICES if kind not in kinds])


def choose_language(*, actor: Actor, person: Person, language: str) -> None:
    """Keep the language in which ``person`` reads pages and e-mails. Raises UnknownChoice."""
    if language not in dict(settings.LANGUAGES):
        raise UnknownChoice(language=language)
    _change(actor, person, language=language)


def language_of(person: Person) -> str:
    """Return the language in which ``person`` is written to: the one he chose, or that of the platform."""
    return person.language or settings.LANGUAGE_CODE


def _change(actor: Actor, person: Person, **values: object) -> None:
    if all(getattr(person, name) == value for name, value in values.items()):
        return
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(**values)
        evidence.record(
            "person:preferences-changed",
            actor=actor,
            subjects={"person": str(person.pk)},
            data={"fields": sorted(values)},
        )
    for name, value in values.items():
        setattr(person, name, value)
