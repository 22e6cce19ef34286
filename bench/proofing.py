"""Reads held-out photographs of drawn identity documents and counts what was right, wrong, refused and let through.

    .venv/bin/python bench/proofing.py [--cases N] [--bad N] [--jobs N] [--quick] [--minutes N] [--write]

Documents and photographs are made by ``tests/support/specimens`` from seeds that no threshold was chosen on. They are
drawings: rates on real documents are unknown and will be lower. ``--write`` replaces ``bench/results/proofing.md``.
"""

import argparse
import os
import random
import resource
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(ROOT / "bench")]
os.environ.setdefault("OMP_NUM_THREADS", "1")

import proofing_cases  # noqa: E402
from proofing_cases import READABLE, Given  # noqa: E402

from paraphe.proofing.api import Claim, Outcome, Policy, Verdict, examine, judge  # noqa: E402
from paraphe.proofing.observations import Observations, Side, SideSeen  # noqa: E402
from paraphe.proofing.statistics import upper_bound  # noqa: E402
from tests.support.specimens import PROFILES, Specimen, seal_signer  # noqa: E402
from tests.support.specimens.documents import TODAY  # noqa: E402
from tests.support.specimens.zones import zoned  # noqa: E402

POLICY = Policy(seal_signers=(seal_signer(),))
RESULTS = ROOT / "bench" / "results" / "proofing.md"


@dataclass
class Read:
    """One case: what came of it, and what it cost in seconds of processor time."""

    group: str
    name: str
    profile: str
    refused_at_once: str = ""
    verdict: Verdict | None = None
    reasons: tuple[str, ...] = ()
    named: bool = False
    exact: bool = False
    wrong: tuple[str, ...] = ()
    cpu: float = 0.0
    line_reader: list[float] = field(default_factory=list)
    peer: tuple[bool, float] | None = None
    peak_mb: float = 0.0

    @property
    def outcome(self) -> str:
        return "refused at once" if self.verdict is None else str(self.verdict.outcome)


def read(task: tuple[str, tuple[Any, ...], bool]) -> Read:
    """Make, hand in and read one case in this process, as the child does."""
    from paraphe.proofing.sight import looking

    maker, arguments, with_peer = task
    given: Given = getattr(proofing_cases, maker)(*arguments)
    done = Read(given.group, given.name, given.made.profile)
    pictures: list[Any] = []
    for data in given.files:
        intake = examine(data, max_pages=2 if len(given.files) < len(given.made.sides) else 1)
        done.reasons += tuple(str(hint) for hint in intake.hints)
        if not intake.accepted:
            done.refused_at_once = str(intake.reasons[0])
            done.reasons += tuple(str(reason) for reason in intake.reasons)
            break
        pictures += [looking.opened(page.jpeg) for page in intake.pages]
    else:
        _judged(done, given, pictures)
    done.named = bool(given.expected & set(done.reasons))
    done.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if with_peer and pictures:
        done.peer = _peer(pictures, given.made)
    return done


def _judged(done: Read, given: Given, pictures: list[Any]) -> None:
    from paraphe.proofing.sight import looking

    began = time.process_time()
    seen: dict[Side, SideSeen] = {}
    names: tuple[Side, ...] = ("front", "back")
    for name, pixels in zip(names, pictures, strict=False):
        done.line_reader.append(_line_reader_seconds(pixels))
        seen[name] = looking.look(pixels)
    claim = Claim(given.made.holder.given_names[0], given.made.holder.surname)
    done.verdict = judge(Observations(seen, {"x": "y"}), kind=given.kind, claim=claim, today=TODAY, policy=POLICY)
    done.cpu = time.process_time() - began - sum(done.line_reader)
    done.reasons += tuple(str(reason) for reason in done.verdict.reasons)
    done.exact = done.verdict.lines == given.made.mrz
    done.wrong = tuple(_wrong_fields(given.made, done.verdict))


def _line_reader_seconds(pixels: Any) -> float:
    import cv2

    from paraphe.proofing.sight.zone import read_zone

    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    began = time.process_time()
    read_zone(grey)  # type: ignore[arg-type]
    return time.process_time() - began


def _peer(pictures: list[Any], made: Specimen) -> tuple[bool, float]:
    """Read the whole photographs with the page reader alone, which knows no zones: is the zone among its lines?"""
    from paraphe.proofing.mrz.api import normalised
    from paraphe.proofing.sight.pages import page_reader

    began = time.process_time()
    lines = {normalised(line.text) for picture in pictures for line in page_reader().read(picture)}
    return set(made.mrz) <= lines, time.process_time() - began


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


# --- the report ------------------------------------------------------------------------------------------------------


def table(*rows: tuple[str, ...]) -> str:
    head, *body = rows
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in body)])


def share(part: int, of: int) -> str:
    return f"{part} of {of} ({100 * part / of:.1f} %)" if of else "–"


def grouped(cases: Iterable[Read], key: Callable[[Read], str]) -> dict[str, list[Read]]:
    groups: dict[str, list[Read]] = defaultdict(list)
    for case in cases:
        groups[key(case)].append(case)
    return defaultdict(list, sorted(groups.items()))


def whole_row(name: str, cases: list[Read]) -> tuple[str, ...]:
    accepted = [case for case in cases if case.outcome == Outcome.ACCEPTED]
    peers = [case.peer for case in cases if case.peer]
    return (
        name,
        share(sum(case.exact for case in cases), len(cases)),
        share(sum(found for found, _seconds in peers), len(peers)),
        str(len(accepted)),
        str(sum(bool(case.wrong) for case in accepted)),
        str(sum(case.outcome == Outcome.REVIEW for case in cases)),
        str(sum(case.outcome == Outcome.RETAKE for case in cases)),
        str(sum(case.verdict is None for case in cases)),
    )


def whole_table(cases: list[Read], key: Callable[[Read], str]) -> str:
    head = (
        "", "zone to the letter", "page reader alone", "would be accepted", "of these, a field wrong", "officer",
        "asked again", "refused at once",
    )  # fmt: skip
    rows = [whole_row(name, group) for name, group in grouped(cases, key).items()]
    return table(head, *rows, whole_row("**all**", cases))


def bad_table(cases: list[Read]) -> str:
    rows: list[tuple[str, ...]] = [
        ("", "cases", "accepted", "officer", "asked again", "refused at once", "right reason named", "reasons given")
    ]
    for name, group in [*grouped(cases, lambda case: case.name).items(), ("**all**", cases)]:
        outcomes = Counter(case.outcome for case in group)
        why = Counter(reason for case in group for reason in case.reasons)
        commonest = ", ".join(reason for reason, _count in why.most_common(3)) if name != "**all**" else ""
        rows.append(
            (name, str(len(group)), str(outcomes["accepted"]), str(outcomes["review"]), str(outcomes["retake"]),
             str(outcomes["refused at once"]), share(sum(case.named for case in group), len(group)), commonest)
        )  # fmt: skip
    return table(*rows)


def spread(values: list[float]) -> str:
    ordered = sorted(values)
    return f"median {statistics.median(ordered):.2f} s, 95 % under {ordered[int(len(ordered) * 0.95)]:.2f} s"


def report(cases: list[Read]) -> str:
    groups = grouped(cases, lambda case: case.group)
    whole = [*groups["readable"], *groups["random"], *groups["otherwise"]]
    accepted = [case for case in whole if case.outcome == Outcome.ACCEPTED]
    wrong = sum(bool(case.wrong) for case in accepted)
    bound = 100 * upper_bound(wrong, len(accepted))
    let_in = [case for case in groups["bad"] if case.outcome == Outcome.ACCEPTED]
    false = Counter(reason for case in groups["readable"] for reason in case.reasons)
    peers = [case.peer[1] for case in cases if case.peer]
    parts = [
        "## Readable photographs, by model",
        whole_table(groups["readable"], lambda case: case.profile),
        "## Readable photographs, by condition",
        whole_table(groups["readable"], lambda case: case.name),
        "## Photographs of random severity, some of which nobody could read",
        whole_table(groups["random"], lambda case: case.profile),
        "## Handed in otherwise",
        whole_table(groups["otherwise"], lambda case: case.name),
        "## Bad photographs and altered documents",
        bad_table(groups["bad"]),
        f"Accepted although bad: **{len(let_in)} of {len(groups['bad'])}**; the 95 % upper bound of that rate is "
        f"{100 * upper_bound(len(let_in), len(groups['bad'])):.1f} %. The bound holds for these alterations and no "
        "others: a forgery whose texts agree is not found by reading, and this program looks at nothing else.",
        "## What is compared",
        "Number, names, birth date, sex and expiry of each document that would be accepted are compared with what was "
        f"drawn: {wrong} wrong of {len(accepted)}; the 95 % upper bound of that rate is {bound:.1f} %. Reasons given "
        f"on the {len(groups['readable'])} readable photographs of good documents, all of them false: "
        + (", ".join(f"{reason} {count}" for reason, count in false.most_common()) or "none")
        + ".",
        "## Cost",
        f"Processor time of a case, all its sides: {spread([case.cpu for case in cases if case.verdict])}. "
        f"Line reader alone, one photograph: {spread([one for case in cases for one in case.line_reader])}. "
        f"Page reader alone on whole photographs, all sides: {spread(peers)}. "
        f"Largest resident memory of a reading process: {max(case.peak_mb for case in cases):.0f} MB.",
    ]
    return "\n\n".join(parts)


def plan(cases: int, bad: int) -> list[tuple[str, tuple[Any, ...], bool]]:
    tasks: list[tuple[str, tuple[Any, ...], bool]] = []
    for place, profile in enumerate(PROFILES):
        for number, condition in enumerate([*READABLE, *READABLE][:cases] + ["random"] * cases):
            tasks.append(("whole", (profile, condition, 1000 * place + number), number % 4 == 0))
    tasks += [("otherwise", (number,), False) for number in range(cases * 3)]
    return [*tasks, *(("bad", (number,), False) for number in range(bad))]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cases", type=int, default=8, help="readable and random photographs of each model")
    options.add_argument("--bad", type=int, default=500, help="bad photographs and altered documents")
    options.add_argument("--jobs", type=int, default=1)
    options.add_argument("--quick", action="store_true", help="two of each model, one of each bad kind: ten minutes")
    options.add_argument("--minutes", type=int, default=0, help="stop after so long, and report what was read by then")
    options.add_argument("--write", action="store_true")
    asked = options.parse_args()
    if asked.quick:
        asked.cases, asked.bad = 2, proofing_cases.how_many_bad()
    began = time.monotonic()
    tasks = plan(asked.cases, asked.bad)
    # In any order, so that a run that is cut short is a sample of the whole.
    random.Random(asked.cases).shuffle(tasks)
    cases: list[Read] = []
    # Not forked: the libraries that look at pictures have threads.
    with ProcessPoolExecutor(asked.jobs, mp_context=get_context("spawn")) as pool:
        for done in pool.map(read, tasks):
            cases.append(done)
            if asked.minutes and time.monotonic() - began > 60 * asked.minutes:
                pool.shutdown(cancel_futures=True)
                break
            if len(cases) % 20 == 0:
                print(
                    f"{len(cases)} of {len(tasks)} after {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True
                )
    text = report(cases)
    print(text)
    if asked.write:
        head = (
            "# Reading identity documents\n\n"
            f"`bench/proofing.py --cases {asked.cases} --bad {asked.bad}`, {len(cases)} cases of {len(tasks)} from "
            "held-out seeds, "
            f"{time.monotonic() - began:.0f} s with {asked.jobs} process(es) on a shared 2-core machine. Drawn "
            "documents, one typeface of OCR-B: rates on real documents are unknown and will be lower.\n\n"
        )
        RESULTS.write_text(head + text + "\n")


if __name__ == "__main__":
    main()
