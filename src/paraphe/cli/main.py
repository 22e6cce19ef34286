"""The words of the command line, and which function answers each."""

import argparse
import io
import os
import sys
from collections.abc import Sequence

from paraphe.cli import (
    demo_pki,
    evidence,
    files,
    inspect,
    platform,
    services,
    sign,
    trust,
    trusted_lists,
    verify,
    watch,
)
from paraphe.config.environment import BadConfiguration, Environment
from paraphe.kernel.errors import DomainError

INTERRUPTED = 130
"""As a shell says it: 128 and the number of the signal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` name and return the exit code; ``docs/cli.md`` has those of each command.

    For the commands that tend an installation: 0 done, 1 refused, 2 usage or environment.
    """
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        # A terminal that does not know a letter gets its number, not an end in the middle.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code: int = options.answer(options, Environment())
        sys.stdout.flush()
    except BadConfiguration as error:
        print(f"Paraphe: {error}", file=sys.stderr)
        return 2
    except DomainError as error:
        print(f"Paraphe: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Who read our output has had enough of it; the interpreter must not try to write the rest.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="paraphe", description="Signing platform and trust services.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (sign, verify, evidence, inspect, demo_pki, trusted_lists, services, trust, platform, files, watch):
        module.add_commands(commands)
    return parser
