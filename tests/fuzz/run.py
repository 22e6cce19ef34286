"""``python -m tests.fuzz.run TARGET --seconds N``: fuzzing guided by coverage; what breaks is written to a file.

``--runs N`` ends after so many inputs instead; ``--seed`` makes a run repeatable.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["paraphe"]):
    from tests.fuzz.targets import TARGETS, seeds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runs", type=int, default=-1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--crashes", type=Path, default=Path("var/fuzz"))
    options = parser.parse_args()
    options.crashes.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(seeds(options.target)):
            Path(corpus, f"{number:03}").write_bytes(data)
        words = [
            sys.argv[0],
            corpus,
            f"-max_total_time={options.seconds}",
            f"-runs={options.runs}",
            f"-seed={options.seed}",
            f"-artifact_prefix={options.crashes}/{options.target}-",
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-verbosity=0",
            "-print_final_stats=1",
        ]
        atheris.Setup(words, TARGETS[options.target])
        atheris.Fuzz()


if __name__ == "__main__":
    main()
