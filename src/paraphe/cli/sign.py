"""``paraphe sign`` and ``paraphe seal``: their words, and nothing heavy before one of them is said."""

import argparse
from pathlib import Path
from typing import Any

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")
MOST_JOBS = 64
MOST_ANCHOR = 200


def add_commands(commands: Any) -> None:
    """Add ``sign`` and ``seal`` to the words of the command line."""
    for word, purpose in (
        ("sign", "sign PDF files as a person (PAdES); exit 0 all done, 1 some refused, 2 usage or environment"),
        ("seal", "seal PDF files as a firm (PAdES); exit 0 all done, 1 some refused, 2 usage or environment"),
    ):
        command = commands.add_parser(word, help=purpose.partition(";")[0], description=purpose)
        _add_files(command)
        _add_splitting(command, splits=word == "seal")
        _add_credential(command)
        _add_platform(command, brings=word == "seal")
        _add_signature(command)
        _add_appearance(command)
        command.set_defaults(answer=answer, kind="signature" if word == "sign" else "seal")


def answer(options: argparse.Namespace, _environment: object) -> int:
    """Sign or seal what ``options`` name and return the exit code."""
    # Imported here: the other words of the command line need not wait for it.
    if options.platform is not None:
        from paraphe.cli import sending

        return sending.run(options)
    from paraphe.cli.sealing import run

    return run(options)


def _add_files(command: argparse.ArgumentParser) -> None:
    command.add_argument("inputs", nargs="*", metavar="IN", help="a PDF, a folder (every *.pdf in it), or a pattern")
    target = command.add_mutually_exclusive_group()
    target.add_argument("--out", type=Path, metavar="FILE|DIR", help="the output of one input, or the folder of many")
    target.add_argument("--out-dir", type=Path, metavar="DIR", help="the folder of the outputs, which keep their names")
    existing = command.add_mutually_exclusive_group()
    existing.add_argument("--overwrite", action="store_true", help="replace outputs that exist")
    existing.add_argument("--resume", action="store_true", help="leave alone what an earlier run finished")
    command.add_argument("--jobs", type=_jobs, default=1, metavar="N", help="processes at once (1 to 64)")
    command.add_argument("--json", action="store_true", help="one line of JSON per input")
    command.add_argument("--password-env", metavar="VAR", help="variable with the password that opens the documents")


def _add_splitting(command: argparse.ArgumentParser, *, splits: bool) -> None:
    command.set_defaults(split_every=None, split_at=None, split_label="nothing")
    if not splits:
        return
    rule = command.add_mutually_exclusive_group()
    rule.add_argument("--split-every", type=_pages, metavar="N", help="split each input into parts of N pages first")
    rule.add_argument("--split-at", type=_anchor, metavar="TEXT", help="split where a page bears this text")
    command.add_argument(
        "--split-label", choices=("nothing", "word", "line"),
        help="what follows that text, a word or its line, names the part; pages with the same stay together",
    )  # fmt: skip


def _add_credential(command: argparse.ArgumentParser) -> None:
    key = command.add_mutually_exclusive_group()
    key.add_argument("--p12", type=Path, metavar="FILE", help="PKCS#12 file with key and certificates")
    key.add_argument(
        "--pkcs11", metavar="URI", help="pkcs11:token=…;object=…?module-path=…&pin-source=env:VAR (RFC 7512)"
    )
    command.add_argument("--p12-pass-env", metavar="VAR", help="variable with the password of the PKCS#12 file")
    command.add_argument("--pss", action="store_true", help="RSASSA-PSS instead of PKCS#1 v1.5, for RSA keys")


def _add_platform(command: argparse.ArgumentParser, *, brings: bool) -> None:
    command.set_defaults(platform=None)
    if not brings:
        return
    remote = command.add_argument_group(
        "by a platform", "instead of a key: the files go into a batch that a person releases on its page"
    )
    remote.add_argument("--platform", metavar="URL", help="address of the platform")
    remote.add_argument("--token-file", type=Path, metavar="FILE", help="token of 'paraphe platform token issue'")
    remote.add_argument("--title", help="of the batch; without it the name of the folder of the first file")
    remote.add_argument("--purpose", help="what is sealed, as the person who releases it reads it")
    remote.add_argument("--batch", metavar="ID", help="one that was begun before: to go on, or to fetch its results")


def _add_signature(command: argparse.ArgumentParser) -> None:
    command.add_argument("--level", choices=LEVELS, help="without it: B-T with --tsa, B-B without")
    command.add_argument("--tsa", metavar="URL", help="time-stamping authority, or demo:DIR of paraphe demo-pki")
    command.add_argument(
        "--crl", type=Path, nargs="+", default=[], metavar="FILE", help="revocation lists that need not be fetched"
    )
    command.add_argument("--field", metavar="NAME", help="an empty signature field, or the name of a new one")
    command.add_argument(
        "--certify", type=int, choices=(1, 2, 3), metavar="N",
        help="certify: afterwards allow 1 nothing, 2 forms, 3 forms and annotations",
    )  # fmt: skip
    command.add_argument("--reason", default="", help="why, in the signature")


def _add_appearance(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--visible", type=_place, metavar="PAGE,X,Y,W,H",
        help="page from 1; points from the top left corner of the page as seen",
    )  # fmt: skip
    command.add_argument("--name", help="instead of the name in the certificate")
    command.add_argument("--role", default="")
    command.add_argument("--firm", default="")
    command.add_argument("--logo", type=Path, metavar="FILE", help="PNG or JPEG")
    command.add_argument("--image", type=Path, metavar="FILE", help="handwritten signature, PNG or JPEG")
    command.add_argument("--language", choices=("fr", "en"), help="of the appearance and of what is said")


def _jobs(text: str) -> int:
    found = int(text)
    if not 1 <= found <= MOST_JOBS:
        raise ValueError(text)
    return found


def _place(text: str) -> tuple[int, float, float, float, float]:
    page, x, y, width, height = text.split(",")
    if int(page) < 1:
        raise ValueError(text)
    return int(page), float(x), float(y), float(width), float(height)


def _pages(text: str) -> int:
    found = int(text)
    if found < 1:
        raise ValueError(text)
    return found


def _anchor(text: str) -> str:
    if not 1 <= len("".join(text.split())) <= MOST_ANCHOR:
        raise ValueError(text)
    return text


# What argparse says of a bad one.
_jobs.__name__, _place.__name__ = "number from 1 to 64", "place"
_pages.__name__, _anchor.__name__ = "number of pages", "text of 1 to 200 characters"
