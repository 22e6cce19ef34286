"""Decisions about options, as pure functions: what each may be, and what they may be together."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from string import Formatter
from typing import Any, Final

from paraphe.platform.firms.errors import BadOption, OptionsRefused
from paraphe.platform.firms.texts import PLACEHOLDERS
from paraphe.platform.firms.values import CHANGEABLE, LEVELS, VISIBILITIES, Limits, Mail, Options

MOST_CONSENTS: Final = 10
MOST_REMINDERS: Final = 5
COLLECTION_DAYS: Final = (1, 90)
LONGEST: Final = {"seal_text": 80, "sender_name": 60, "consent": 500, "subject": 150, "body": 4000}
# In the name of a sender they would begin another address or another header.
NOT_IN_A_NAME: Final = re.compile(r"[<>@\"\\]")

Check = Callable[[object, Limits], object]


def checked(present: Options, changes: Mapping[str, object], limits: Limits) -> Options:
    """Return ``present`` with ``changes``. Raises OptionsRefused with the reason of each that cannot be."""
    problems: dict[str, BadOption] = {}
    found: dict[str, Any] = {}
    for name, value in changes.items():
        try:
            found[name] = _check(name)(value, limits)
        except BadOption as problem:
            problems[name] = problem
    wanted = replace(present, **found)
    problems = {**_together(wanted), **problems}
    if problems:
        raise OptionsRefused(problems)
    return wanted


def placeholders_of(text: str) -> list[str]:
    """Return the words between braces in ``text``. Raises BadOption where a brace has no partner or a strange word."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise BadOption(reason="braces") from None
    found = []
    for _text, name, form, conversion in parts:
        if name is None:
            continue
        if form or conversion or not name:
            raise BadOption(reason="braces")
        found.append(name)
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with the value of each placeholder. A brace in a value stays what it is."""
    return "".join(
        literal + (values[name] if name is not None else "") for literal, name, _form, _kind in Formatter().parse(text)
    )


def compose_mail(options: Options, kind: str, locale: str, values: Mapping[str, str]) -> Mail:
    """Return the e-mail ``kind`` (``invitation`` or ``reminder``) in ``locale``; ``values`` for every placeholder."""
    language = "en" if locale[:2] == "en" else "fr"
    return Mail(
        sender=options.sender_name or values["cabinet"],
        subject=" ".join(filled(str(getattr(options, f"{kind}_subject_{language}")), values).split()),
        body=filled(str(getattr(options, f"{kind}_body_{language}")), values),
    )


def _together(wanted: Options) -> dict[str, BadOption]:
    problems = {}
    if wanted.third_party_level == "advanced" and not wanted.third_party_advanced:
        problems["third_party_level"] = BadOption(reason="level_off")
    if any(day >= wanted.collection_days for day in wanted.reminder_days):
        problems["reminder_days"] = BadOption(reason="after_the_end", days=wanted.collection_days)
    return problems


def _check(name: str) -> Check:
    if name not in CHANGEABLE:
        raise BadOption(reason="unknown")
    if name in CHECKS:
        return CHECKS[name]
    return _subject if "_subject_" in name else _body


def _flag(value: object, _limits: Limits) -> bool:
    if not isinstance(value, bool):
        raise BadOption(reason="not_a_choice")
    return value


def _among(choices: Sequence[str]) -> Check:
    def check(value: object, _limits: Limits) -> str:
        if not isinstance(value, str) or value not in choices:
            raise BadOption(reason="not_a_choice")
        return value

    return check


def _number(value: object, least: int, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadOption(reason="not_a_number")
    if not least <= value <= most:
        raise BadOption(reason="out_of_range", least=least, most=most)
    return value


def _reminders(value: object, _limits: Limits) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise BadOption(reason="not_a_number")
    days = tuple(_number(day, 1, COLLECTION_DAYS[1]) for day in value)
    if len(days) > MOST_REMINDERS:
        raise BadOption(reason="too_many", most=MOST_REMINDERS)
    if len(set(days)) != len(days):
        raise BadOption(reason="twice")
    return tuple(sorted(days))


def _text(value: object, longest: int, *, lines: bool = False, required: bool = True) -> str:
    """Return a text without control characters, one line unless ``lines``."""
    if not isinstance(value, str):
        raise BadOption(reason="not_a_text")
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    # A character that is not seen could hide what is asked, or begin a header.
    if not (text.replace("\n", "") if lines else text).isprintable():
        raise BadOption(reason="hidden_characters")
    if len(text) > longest:
        raise BadOption(reason="too_long", most=longest, length=len(text))
    if required and not text:
        raise BadOption(reason="empty")
    return text


def _name(value: object, _limits: Limits) -> str:
    text = _text(value, LONGEST["sender_name"], required=False)
    if NOT_IN_A_NAME.search(text):
        raise BadOption(reason="not_a_name")
    return text


def _consents(value: object, _limits: Limits) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise BadOption(reason="not_a_text")
    texts = tuple(_text(one, LONGEST["consent"]) for one in value)
    if len(texts) > MOST_CONSENTS:
        raise BadOption(reason="too_many", most=MOST_CONSENTS)
    if len(set(texts)) != len(texts):
        raise BadOption(reason="twice")
    return texts


def _subject(value: object, _limits: Limits) -> str:
    text = _text(value, LONGEST["subject"])
    if "lien" in _known(text):
        raise BadOption(reason="link_in_subject")
    return text


def _body(value: object, _limits: Limits) -> str:
    text = _text(value, LONGEST["body"], lines=True)
    # Without it nobody could sign; twice is a matter of taste.
    if "lien" not in _known(text):
        raise BadOption(reason="no_link")
    return text


def _known(text: str) -> list[str]:
    names = placeholders_of(text)
    strange = [name for name in names if name not in PLACEHOLDERS]
    if strange:
        raise BadOption(reason="unknown_placeholder", name=strange[0][:40])
    return names


CHECKS: Final[dict[str, Check]] = {
    "logo_in_signatures": _flag,
    "seal_visible": _flag,
    "seal_text": lambda value, _limits: _text(value, LONGEST["seal_text"], required=False),
    "two_persons_above": lambda value, _limits: _number(value, 0, 100_000),
    "sender_name": _name,
    "third_party_advanced": _flag,
    "third_party_level": _among(LEVELS),
    "code_by_email": _flag,
    "link_by_sms": _flag,
    "collection_days": lambda value, _limits: _number(value, *COLLECTION_DAYS),
    "reminder_days": _reminders,
    "retention_days": lambda value, limits: _number(value, 1, limits.retention_days),
    "read_all_pages": _flag,
    "consent_fr": lambda value, _limits: _text(value, LONGEST["consent"]),
    "consent_en": lambda value, _limits: _text(value, LONGEST["consent"]),
    "custom_consents": _consents,
    "visibility": _among(VISIBILITIES),
    "max_pdf_mb": lambda value, limits: _number(value, 1, limits.max_pdf_mb),
}
