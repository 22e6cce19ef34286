"""The words of the command line, and which function answers each."""

import argparse
import sys
from collections.abc import Callable, Sequence

from paraphe.cli import folders, site
from paraphe.cli.supervisor import run_everything
from paraphe.config.environment import BadConfiguration, Environment
from paraphe.kernel.errors import DomainError

SITES = ("platform", "trust", "comptexpert")

Answer = Callable[[argparse.Namespace, Environment], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` name and return the exit code: 0 done, 1 refused, 2 usage or environment."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.answer(options, Environment())
    except BadConfiguration as error:
        print(f"Paraphe: {error}", file=sys.stderr)
        return 2
    except DomainError as error:
        print(f"Paraphe: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return code


def _setup(options: argparse.Namespace, environment: Environment) -> int:
    folders.prepare(environment)
    print(f"Folders and secrets are ready in {environment.data_dir}.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="paraphe", description="Signing platform and trust services.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, purpose: str, answer: Answer) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=purpose, description=purpose)
        command.set_defaults(answer=answer)
        return command

    def add_for_site(name: str, purpose: str, answer: Answer) -> argparse.ArgumentParser:
        command = add(name, purpose, answer)
        command.add_argument("site", choices=SITES)
        return command

    add(
        "run",
        "prepare and start everything that this machine needs; Ctrl-C stops it",
        lambda _, env: run_everything(env),
    )
    add("setup", "create folders and secrets that are missing; change nothing that exists", _setup)
    add("signer", "start the signer process, the only one that holds keys", lambda _, env: site.run_signer(env))
    add_for_site(
        "site-setup", "bring a site's database up to date and fill it at first start", lambda o, _: site.set_up(o.site)
    )
    add_for_site("serve", "start the web server of a site", lambda o, env: site.serve(o.site, env))
    add_for_site("worker", "start the background worker of a site", lambda o, _: site.run_worker(o.site))
    manage = add_for_site("manage", "run a management command of Django", lambda o, _: site.manage(o.site, o.words))
    manage.add_argument("words", nargs=argparse.REMAINDER)
    officer = add("add-officer", "create a registration officer", lambda o, _: site.officer(o.email, o.name))
    officer.add_argument("email")
    officer.add_argument("name")
    return parser
