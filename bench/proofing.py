"""Reads held-out photographs of drawn identity documents and counts what was right, wrong, refused and let through.

    .venv/bin/python bench/proofing.py [--cases N] [--altered N] [--jobs N] [--write]

Documents and photographs are made by ``tests/support/specimens`` from seeds that no threshold was chosen on. They are
drawings: rates on real documents are unknown and will be lower. ``--write`` replaces ``bench/results/proofing.md``.
"""

import argparse
import os
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
os.environ.setdefault("OMP_NUM_THREADS", "1")

from paraphe.proofing.api import Claim, Outcome, Policy, Reason, Verdict, examine, judge  # noqa: E402
from paraphe.proofing.observations import Observations, Side, SideSeen  # noqa: E402
from paraphe.proofing.statistics import upper_bound  # noqa: E402
from tests.support.specimens import (  # noqa: E402
    HELD_OUT,
    PRESETS,
    PROFILES,
    Alter,
    Conditions,
    Holder,
    Specimen,
    photographed,
    random_conditions,
    seal_signer,
    specimen,
)
from tests.support.specimens.documents import TODAY  # noqa: E402
from tests.support.specimens.zones import zoned  # noqa: E402

POLICY = Policy(seal_signers=(seal_signer(),))
RESULTS = ROOT / "bench" / "results" / "proofing.md"


@dataclass
class Read:
    """One case: what came of it, and what it cost."""

    profile: str
    condition: str
    kind: str
    refused_at_once: str = ""
    verdict: Verdict | None = None
    exact: bool = False
    wrong: tuple[str, ...] = ()
    cpu: float = 0.0
    line_reader: list[float] = field(default_factory=list)
    peak_mb: float = 0.0


def conditions_named(name: str, seed: int) -> Conditions:
    return random_conditions(seed) if name == "random" else PRESETS[name]


def read(made: Specimen, condition: str, seed: int, sides: dict[str, bytes] | None = None, kind: str = "") -> Read:
    """Photograph and read one document in this process, as the child does."""
    from paraphe.proofing.sight import looking

    conditions = conditions_named(condition, seed)
    taken = sides or {
        name: photographed(picture, conditions, seed + number)
        for number, (name, picture) in enumerate(made.sides.items())
    }
    done = Read(made.profile, condition, kind or made.kind)
    began = time.process_time()
    seen: dict[Side, SideSeen] = {}
    for name, data in taken.items():
        intake = examine(data)
        if not intake.accepted:
            done.refused_at_once = str(intake.reasons[0])
            return done
        pixels = looking.opened(intake.pages[0].jpeg)
        done.line_reader.append(_line_reader_seconds(pixels))
        seen[name] = looking.look(pixels)  # type: ignore[index]
    claim = Claim(made.holder.given_names[0], made.holder.surname)
    done.verdict = judge(Observations(seen, {"x": "y"}), kind=done.kind, claim=claim, today=TODAY, policy=POLICY)
    done.cpu = time.process_time() - began - sum(done.line_reader)
    done.exact = done.verdict.lines == made.mrz
    done.wrong = tuple(_wrong_fields(made, done.verdict))
    done.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return done


def _line_reader_seconds(pixels: object) -> float:
    import cv2

    from paraphe.proofing.sight.zone import read_zone

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)  # type: ignore[call-overload]
    began = time.process_time()
    read_zone(grey)
    return time.process_time() - began


def _wrong_fields(made: Specimen, verdict: Verdict) -> Iterator[str]:
    data = verdict.data
    if data.number != made.number:
        yield "number"
    if made.profile != "driving_licence" and data.birth_date != made.holder.birth:
        yield "birth_date"
    if data.printed_expiry != made.expires:
        yield "expiry"
    surname = zoned(made.holder.surname).replace("<", " ")
    cut = made.profile == "driving_licence"
    if not (surname.startswith(data.surname) if cut else data.surname == " ".join(surname.split())):
        yield "surname"
    given = [" ".join(zoned(name).replace("<", " ").split()) for name in made.holder.given_names]
    if made.profile != "driving_licence" and not " ".join(given).startswith(data.given_names):
        yield "given_names"
    if made.profile != "driving_licence" and data.sex != made.holder.sex:
        yield "sex"


# --- documents that somebody altered --------------------------------------------------------------------------------


def altered(number: int) -> tuple[str, Specimen, str, dict[str, bytes] | None, str]:
    """Return the name of an alteration, the document, its condition, ready photographs if any, the kind said."""
    names: dict[str, Callable[[int], tuple[Specimen, str, dict[str, bytes] | None, str]]] = {
        "wrong check digit": _wrong_digit,
        "name changed in print": lambda seed: _with(seed, Alter(printed_surname="BEAUREGARD")),
        "number changed in print": lambda seed: _with(seed, Alter(printed_number="Z9Z9Z9Z9Z")),
        "birth date changed in print": lambda seed: _with(seed, Alter(printed_birth=date(1999, 9, 19))),
        "expired": lambda seed: (
            specimen("passport", seed, issued=date(2014, 1, 1), expires=TODAY - timedelta(days=1 + seed % 900)),
            "mild",
            None,
            "",
        ),
        "black and white": lambda seed: _condition(seed, replace(PRESETS["mild"], grey=True)),
        "tinted photocopy": lambda seed: _condition(seed, replace(PRESETS["mild"], copy_tint=(1.0, 0.96, 0.88))),
        "cut": lambda seed: _condition(seed, replace(PRESETS["mild"], cut=0.4)),
        "other person's back": _other_back,
        "one side twice": _twice,
        "another kind than said": lambda seed: (specimen("residence_permit", seed), "mild", None, "identity_card"),
        "somebody else's document": lambda seed: _with(seed, Alter()),
        "seal broken": lambda seed: _with(seed, Alter(break_seal=True), condition="clean"),
    }
    name = list(names)[number % len(names)]
    made, condition, sides, kind = names[name](HELD_OUT + 50_000 + number)
    if name == "somebody else's document":
        made = replace(made, holder=replace(made.holder, surname="DUCHEMIN", given_names=("OLIVIER",)))
    return name, made, condition, sides, kind


_CARDS = ("fr_identity_card_2021", "residence_permit", "eu_identity_card_td1")
Altered = tuple[Specimen, str, dict[str, bytes] | None, str]


def _with(seed: int, alter: Alter, condition: str = "mild") -> Altered:
    profile = "fr_identity_card_2021" if alter.break_seal else _CARDS[seed % len(_CARDS)]
    return specimen(profile, seed, alter=alter), condition, None, ""


def _wrong_digit(seed: int) -> Altered:
    def change(lines: tuple[str, ...]) -> tuple[str, ...]:
        digit = str((int(lines[1][6]) + 1 + seed % 8) % 10)
        return (lines[0], lines[1][:6] + digit + lines[1][7:], *lines[2:])

    return specimen(_CARDS[seed % len(_CARDS)], seed, alter=Alter(mrz=change)), "mild", None, ""


def _condition(seed: int, conditions: Conditions) -> Altered:
    made = specimen(_CARDS[seed % len(_CARDS)], seed)
    sides = {name: photographed(picture, conditions, seed + n) for n, (name, picture) in enumerate(made.sides.items())}
    return made, "mild", sides, ""


def _other_back(seed: int) -> Altered:
    made, other = (
        specimen(_CARDS[0], seed),
        specimen(_CARDS[0], seed + 1, holder=Holder("MASSON", ("IRIS",), date(1977, 7, 7), "F")),
    )
    sides = {"front": photographed(made.sides["front"], PRESETS["mild"], seed)}
    sides["back"] = photographed(other.sides["back"], PRESETS["mild"], seed + 1)
    return made, "mild", sides, ""


def _twice(seed: int) -> Altered:
    made = specimen(_CARDS[seed % len(_CARDS)], seed)
    sides = {name: photographed(made.sides["back"], PRESETS["mild"], seed + n) for n, name in enumerate(made.sides)}
    return made, "mild", sides, ""


# --- the run ---------------------------------------------------------------------------------------------------------


def one_case(task: tuple[str, str, int]) -> Read:
    profile, condition, seed = task
    return read(specimen(profile, seed), condition, seed)


def one_altered(number: int) -> tuple[str, str, list[str]]:
    name, made, condition, sides, kind = altered(number)
    done = read(made, condition, HELD_OUT + number, sides, kind)
    if done.refused_at_once:
        return name, "refused at once", [done.refused_at_once]
    assert done.verdict is not None
    return name, str(done.verdict.outcome), [str(reason) for reason in done.verdict.reasons]


def table(rows: list[tuple[str, ...]]) -> str:
    head, *body = rows
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in body)])


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({100 * part / whole:.1f} %)" if whole else "–"


def report(cases: list[Read], tampered: list[tuple[str, str, list[str]]]) -> str:
    by_profile: dict[str, list[Read]] = defaultdict(list)
    by_condition: dict[str, list[Read]] = defaultdict(list)
    for case in cases:
        by_profile[case.profile].append(case)
        by_condition[case.condition].append(case)
    rows: list[tuple[str, ...]] = [
        ("", "zone read to the letter", "would be accepted", "of these, a field wrong", "asked again")
    ]
    for name, group in [*by_profile.items(), *by_condition.items(), ("all", cases)]:
        taken = [case for case in group if not case.refused_at_once]
        accepted = [case for case in taken if case.verdict and case.verdict.outcome is Outcome.ACCEPTED]
        again = [case for case in taken if case.verdict and case.verdict.outcome is Outcome.RETAKE]
        rows.append(
            (name, share(sum(case.exact for case in taken), len(taken)), share(len(accepted), len(taken)),
             str(sum(bool(case.wrong) for case in accepted)), f"{len(again)} + {len(group) - len(taken)} at once")
        )  # fmt: skip
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    why: dict[str, Counter[str]] = defaultdict(Counter)
    for name, outcome, reasons in tampered:
        outcomes[name][outcome] += 1
        why[name].update(reason for reason in reasons if reason not in (Reason.GLARE,))
    bad: list[tuple[str, ...]] = [
        ("altered", "cases", "accepted", "officer", "asked again", "refused at once", "commonest reasons")
    ]
    for name, counted in outcomes.items():
        bad.append(
            (name, str(counted.total()), str(counted["accepted"]), str(counted["review"]), str(counted["retake"]),
             str(counted["refused at once"]), ", ".join(reason for reason, _n in why[name].most_common(3)))
        )  # fmt: skip
    total = sum(counted["accepted"] for counted in outcomes.values())
    bad.append(("**all**", str(len(tampered)), f"**{total}**", "", "", "", ""))
    costs = sorted(case.cpu for case in cases if case.verdict)
    lines = sorted(seconds for case in cases for seconds in case.line_reader)
    reasons = Counter(str(reason) for case in cases if case.verdict for reason in case.verdict.reasons)
    return "\n\n".join(
        [
            table(rows),
            f"Processor time of a case (all its sides): median {costs[len(costs) // 2]:.1f} s, "
            f"95 % under {costs[int(len(costs) * 0.95)]:.1f} s; line reader alone, one photograph: median "
            f"{lines[len(lines) // 2]:.2f} s, 95 % under {lines[int(len(lines) * 0.95)]:.2f} s. "
            f"Largest resident memory of a reading process: {max(case.peak_mb for case in cases):.0f} MB.",
            "Zones are counted on photographs that were taken, of every severity; number, names, birth date, sex and "
            f"expiry are compared. {_bound(cases)}",
            "Reasons given on documents that nobody altered (of which some photographs are bad): "
            + ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
            + ".",
            table(bad),
        ]
    )


def _bound(cases: list[Read]) -> str:
    accepted = [case for case in cases if case.verdict and case.verdict.outcome is Outcome.ACCEPTED]
    wrong = sum(bool(case.wrong) for case in accepted)
    bound = upper_bound(wrong, len(accepted))
    return (
        f"{wrong} wrong of {len(accepted)} would-be accepts: the 95 % upper bound of that rate is {100 * bound:.1f} %."
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=8, help="held-out documents per model and condition")
    options.add_argument("--altered", type=int, default=500)
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    plan = [
        (profile, condition, HELD_OUT + 100 * number + place)
        for profile in PROFILES
        for place, condition in enumerate(("random", "mild", "dim", "perspective", "noisy"))
        for number in range(asked.cases if condition == "random" else max(1, asked.cases // 4))
    ]
    began = time.monotonic()
    with ProcessPoolExecutor(asked.jobs, max_tasks_per_child=50) as pool:
        cases = list(pool.map(one_case, plan))
        tampered = list(pool.map(one_altered, range(asked.altered)))
    text = report(cases, tampered)
    print(text)
    if asked.write:
        head = (
            "# Reading identity documents\n\n"
            f"`bench/proofing.py --cases {asked.cases} --altered {asked.altered}`, {len(cases)} documents and "
            f"{asked.altered} altered ones, held-out seeds, {time.monotonic() - began:.0f} s with {asked.jobs} "
            "process(es) on a shared 2-core machine. Drawn documents in one typeface of OCR-B: real rates are unknown "
            "and will be lower.\n\n"
        )
        RESULTS.write_text(head + text + "\n")


if __name__ == "__main__":
    main()
