"""Every attack with its honest twin: what must not be believed, beside what must be."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.attacks import bases, messages, updating
from tests.attacks.forging import every

REFUND = "1 Trillion Dollar Refund, 2019"
SHADOW = "Shadow Attacks, 2021"
CERTIFICATION = "Breaking the Specification: PDF Certification, 2021"
CRYPTOGRAPHY = "messages, certificates, timestamps"
HARMLESS_UNDER_P3 = {"annotation-Highlight", "annotation-Ink"}
"""What table 257 of ISO 32000-2 permits and hides nothing by its kind."""


@dataclass(frozen=True)
class Attack:
    """One attack: its name, where its class was published, the attacked file and the honest one."""

    name: str
    paper: str
    build: Callable[[], bytes]
    control: Callable[[], bytes]


def attacks() -> Iterator[Attack]:
    """Yield every attack on every base that it applies to."""
    signed = {"ours": bases.ours, "theirs": bases.theirs, "real": bases.real}
    for base, control in signed.items():
        for name, change in every():
            if base != "ours" and name.startswith("isa-") and name != "isa-whole":
                continue
            yield Attack(f"{name}-{base}", REFUND, _applied(change, control), control)
    for name, change in updating.UPDATES.items():
        yield Attack(f"update-{name}-ours", SHADOW, _applied(change, bases.ours), bases.ours)
        for permission in (1, 2, 3):
            if permission == 3 and name in HARMLESS_UNDER_P3:
                continue
            yield Attack(
                f"update-{name}-certified-{permission}",
                CERTIFICATION,
                _applied(change, _author(permission)),
                _author(permission),
            )
    for name, pair in (("hide", updating.hidden_under_a_cover), ("replace-all", updating.hidden_object_set)):
        yield Attack(f"shadow-{name}", SHADOW, _first(pair), _second(pair))
    yield Attack("sneaky-ours", CERTIFICATION, _applied(updating.sneaky, bases.ours), bases.ours)
    yield Attack("sneaky-pyhanko", CERTIFICATION, _applied(updating.sneaky_by_pyhanko, bases.ours), bases.ours)
    for name, build in messages.MESSAGES.items():
        yield Attack(f"message-{name}", CRYPTOGRAPHY, build, messages.good)


def _applied(change: Callable[[bytes], bytes], base: Callable[[], bytes]) -> Callable[[], bytes]:
    return lambda: change(base())


def _author(permission: int) -> Callable[[], bytes]:
    return lambda: bases.by_author(permission)


def _first(pair: Callable[[], tuple[bytes, bytes]]) -> Callable[[], bytes]:
    return lambda: pair()[0]


def _second(pair: Callable[[], tuple[bytes, bytes]]) -> Callable[[], bytes]:
    return lambda: pair()[1]
