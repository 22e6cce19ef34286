"""The words of the command line that tend an installation."""

import argparse
from typing import Any

from paraphe.config.environment import Environment

SITES = ("platform", "trust", "comptexpert")


def add_commands(commands: Any) -> None:
    """Add the commands that start and tend the sites."""

    def add(name: str, purpose: str, answer: Any) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = commands.add_parser(name, help=purpose, description=purpose)
        command.set_defaults(answer=answer)
        return command

    def add_for_site(name: str, purpose: str, answer: Any) -> argparse.ArgumentParser:
        command = add(name, purpose, answer)
        command.add_argument("site", choices=SITES)
        return command

    add("run", "prepare and start everything that this machine needs; Ctrl-C stops it", _run)
    add("setup", "create folders and secrets that are missing; change nothing that exists", _setup)
    add("signer", "start the signer process, the only one that holds keys", _signer)
    add_for_site("site-setup", "bring a site's database up to date and fill it at first start", _set_up)
    add_for_site("serve", "start the web server of a site", _serve)
    add_for_site("worker", "start the background worker of a site", _worker)
    manage = add_for_site("manage", "run a management command of Django", _manage)
    manage.add_argument("words", nargs=argparse.REMAINDER)
    officer = add("add-officer", "create an officer of the trust site", _officer)
    officer.add_argument("email")
    officer.add_argument("name")
    officer.add_argument("--role", action="append", help="registration, revocation, operator; or auditor alone")


# What starts processes and sites is loaded only by those who ask for it: the commands for documents start at once.


def _run(_options: argparse.Namespace, environment: Environment) -> int:
    from paraphe.cli.supervisor import run_everything

    return run_everything(environment)


def _setup(_options: argparse.Namespace, environment: Environment) -> int:
    from paraphe.cli import folders

    folders.prepare(environment)
    print(f"Folders and secrets are ready in {environment.data_dir}.")
    return 0


def _signer(_options: argparse.Namespace, environment: Environment) -> int:
    from paraphe.cli import site

    return site.run_signer(environment)


def _set_up(options: argparse.Namespace, _environment: Environment) -> int:
    from paraphe.cli import site

    return site.set_up(options.site)


def _serve(options: argparse.Namespace, environment: Environment) -> int:
    from paraphe.cli import site

    return site.serve(options.site, environment)


def _worker(options: argparse.Namespace, _environment: Environment) -> int:
    from paraphe.cli import site

    return site.run_worker(options.site)


def _manage(options: argparse.Namespace, _environment: Environment) -> int:
    from paraphe.cli import site

    return site.manage(options.site, options.words)


def _officer(options: argparse.Namespace, _environment: Environment) -> int:
    from paraphe.cli import site

    return site.officer(options.email, options.name, options.role)
