"""The words of the command line for those who keep the platform: ``paraphe platform …``."""

import argparse
import re
import sys
import uuid
from typing import Any

from paraphe.cli.words import complain
from paraphe.config.environment import Environment
from paraphe.kernel.actor import Actor
from paraphe.kernel.errors import DomainError, NotFound

EUROS = re.compile(r"[0-9]{1,7}([.,][0-9]{1,2})?")

SENTENCES = {
    "firm_unknown": "Nobody of a firm with the SIREN {siren} ever signed in: check the number.",
    "bad_amount": "An amount is at least 0.01 and at most 1000000 euros.",
    "reference_used": "The reference {reference} was credited before, with another amount or to another firm.",
    "nobody_there": "Nobody with the e-mail {email} may prepare or seal in the firm {siren}; he signs in once first.",
    "bad_program_name": "The name of a program has 1 to 80 characters.",
    "bad_reference": "The reference is not one: give the bank's own reference of this transfer, 80 characters at most.",
}
SIREN_AS_REFERENCE = (
    "The SIREN cannot be the reference: the next transfer bears it too; give the bank's own reference of this one."
)


def add_commands(commands: Any) -> None:
    """Add ``platform`` and what stands below it."""
    purpose = "keep the platform"
    below = commands.add_parser("platform", help=purpose, description=purpose).add_subparsers(
        required=True, metavar="WHAT"
    )
    purpose = "the prepaid credit of firms"
    credit = below.add_parser("credit", help=purpose, description=purpose).add_subparsers(required=True, metavar="VERB")
    purpose = "write down that a firm paid by bank transfer; the same transfer counts once"
    add = credit.add_parser("add", help=purpose, description=purpose)
    add.add_argument("--siren", required=True, help="which firm: nine digits")
    add.add_argument("--euros", required=True, type=cents_of, help="how much arrived, as in 250 or 99.90")
    add.add_argument("--reference", required=True, help="what the bank calls this one transfer")
    add.set_defaults(answer=_add)
    purpose = "show what each firm has, and whether it is what its entries say"
    credit.add_parser("list", help=purpose, description=purpose).set_defaults(answer=_list)
    _add_tokens(below)


def _add_tokens(below: Any) -> None:
    purpose = "tokens with which programs of a firm bring files"
    token = below.add_parser("token", help=purpose, description=purpose).add_subparsers(required=True, metavar="VERB")
    purpose = "make a token; it is shown once, on standard output"
    issue = token.add_parser("issue", help=purpose, description=purpose)
    issue.add_argument("--siren", required=True, help="the firm: nine digits")
    issue.add_argument("--person", required=True, metavar="EMAIL", help="for whom it acts, with what he may do")
    issue.add_argument("--name", required=True, help="what the program is called")
    issue.set_defaults(answer=_issue)
    purpose = "end a token at once"
    end = token.add_parser("end", help=purpose, description=purpose)
    end.add_argument("id", type=uuid.UUID, help="as 'list' shows it")
    end.set_defaults(answer=_end)
    purpose = "show every token, never its secret"
    token.add_parser("list", help=purpose, description=purpose).set_defaults(answer=_tokens)


def cents_of(text: str) -> int:
    """Return an amount in euros as cents. Raises ArgumentTypeError."""
    if not EUROS.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is no amount in euros such as 250 or 99.90")
    whole, _, fraction = text.replace(",", ".").partition(".")
    return int(whole) * 100 + int(fraction.ljust(2, "0"))


def _add(options: argparse.Namespace, _environment: Environment) -> int:
    credit = _credit()
    try:
        firm = credit.firm_of(options.siren)
        new = credit.top_up(
            firm=firm, cents=options.euros, reference=options.reference, actor=Actor("system", "operator")
        )
    except DomainError as error:
        complain(sentence(error))
        return 1
    held = credit.balance(firm)
    done = "credited" if new else "was credited before, nothing changed"
    print(f"{_euros(options.euros)} {done}: {firm.name} ({firm.siren}) has {_euros(held.available_cents)} available.")
    return 0


def _list(_options: argparse.Namespace, _environment: Environment) -> int:
    holders = _credit().holders()
    print(f"{'SIREN':<11}{'available':>14}{'reserved':>14}  firm")
    for one in holders:
        held = one.balance
        print(f"{one.siren:<11}{_euros(held.available_cents):>14}{_euros(held.reserved_cents):>14}  {one.name}")
    bent = [one.siren for one in holders if not one.sound]
    if bent:
        complain(f"The balance is not what the entries say, somebody changed the database: {', '.join(bent)}.")
    return 1 if bent else 0


def _issue(options: argparse.Namespace, _environment: Environment) -> int:
    programs = _programs()
    try:
        made, token = programs.issue(
            siren=options.siren, email=options.person, name=options.name, actor=Actor("system", "operator")
        )
    except DomainError as error:
        complain(sentence(error))
        return 1
    print(token)
    print(
        f"{made.id}: {made.name} acts for {made.person} in {made.firm}. The token is not shown again.", file=sys.stderr
    )
    return 0


def _end(options: argparse.Namespace, _environment: Environment) -> int:
    programs = _programs()
    try:
        programs.end(options.id, actor=Actor("system", "operator"))
    except NotFound:
        complain("There is no such token: 'paraphe platform token list' shows all.")
        return 1
    print(f"{options.id} has ended.")
    return 0


def _tokens(_options: argparse.Namespace, _environment: Environment) -> int:
    for one in _programs().listing():
        used = f"{one.used_at:%Y-%m-%d %H}h" if one.used_at else "never used"
        state = f"ended {one.ended_at:%Y-%m-%d}" if one.ended_at else used
        print(f"{one.id}  {one.siren}  {one.person}  {one.name}  ({state})")
    return 0


def sentence(error: DomainError) -> str:
    """Return what is wrong and what to do, for the operator."""
    if error.params.get("reason") == "siren":
        return SIREN_AS_REFERENCE
    known = SENTENCES.get(error.code)
    return known.format(**error.params) if known else str(error)


def _euros(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d} EUR"


def _credit() -> Any:
    # The site is loaded only by those who ask for it: the commands for documents start at once.
    from paraphe.cli import site

    site.use_site("platform")
    from paraphe.platform.credit import api

    return api


def _programs() -> Any:
    from paraphe.cli import site

    site.use_site("platform")
    from paraphe.platform.programs import api

    return api
