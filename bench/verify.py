# ruff: noqa: E402 - what is measured lies beside this folder, and its place must be known first
"""bench/verify: how fast signed files are judged here and by others; one run, same files, same roots.

CPU time per core, the best of three rounds. Ours and pyHanko run in this process; pdfsig is a process for each file and
is measured from outside, as it has no other way; of MuPDF, ``mutool sign -v`` where it was built with cryptography.
Pages are not drawn: no peer does it. Nothing is asserted.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from common import ROOT, Measure, machine, measured, rows

sys.path[:0] = [str(ROOT)]

from pyhanko.pdf_utils import generic

AS_IT_IS = generic.read_hex_string_from_stream
"""How pyHanko reads hexadecimal strings before our engine teaches it to read them at once."""

from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_signature, async_validate_pdf_timestamp

from paraphe.kernel.clock import FixedClock
from paraphe.pdf import hexadecimal
from paraphe.pdf.api import Anchor, SignatureSettings, ValidationSettings, sign
from paraphe.pdf.verdict import certificates, revocation
from paraphe.pdf.verdict.core import validate_here
from tests.pdf.hands import VECTORS, letter
from tests.support.pki import TestPki

NOW = datetime.now(UTC).replace(microsecond=0)
ROUNDS = 20


def made(house: TestPki) -> dict[str, bytes]:
    """Return the files that are judged, all signed by one PKI."""
    found: dict[str, bytes] = {}
    form = (VECTORS / "libreoffice-form.pdf").read_bytes()
    for name, source, level in (
        ("letter B-LT", letter(), "B-LT"),
        ("letter B-LTA", letter(), "B-LTA"),
        ("form B-LT", form, "B-LT"),
    ):
        tail = sign(
            source, house.signer("alice"), SignatureSettings(signer_name="Alice Martin"), level,  # type: ignore[arg-type]
            timestamps=house.timestamps, revocation=house.revocation, roots=house.roots, clock=FixedClock(NOW),
        )  # fmt: skip
        found[name] = tail.whole(source)
    return found


def ours(data: bytes, settings: ValidationSettings) -> None:
    """Judge ``data`` by our engine, as a file that was never seen: nothing is left from the one before."""
    for kept in (certificates.load, certificates.issued_by, revocation._ocsp, revocation._crl):
        kept.cache_clear()
    for kept in (revocation._signed_ocsp, revocation._signed_crl):
        kept.cache_clear()
    generic.read_hex_string_from_stream = hexadecimal.read_hex_string
    report = validate_here(data, b"", settings)
    assert report.ok, [one.problems for one in report.signatures]


def pyhanko(data: bytes, roots: list[asn1_x509.Certificate]) -> None:
    """Judge ``data`` by pyHanko, with the validation material of the file at the time of its timestamps."""
    generic.read_hex_string_from_stream = AS_IT_IS
    reader = PdfFileReader(BytesIO(data))
    settings: dict[str, Any] = {
        "trust_roots": roots, "allow_fetching": False, "revocation_mode": "hard-fail", "moment": NOW,
        "retroactive_revinfo": True, "time_tolerance": timedelta(minutes=5),
    }  # fmt: skip
    context = DocumentSecurityStore.read_dss(reader).as_validation_context(settings)
    for embedded in reader.embedded_signatures:
        if str(embedded.sig_object_type) == "/DocTimeStamp":
            status: Any = asyncio.run(async_validate_pdf_timestamp(embedded, context))
        else:
            status = asyncio.run(async_validate_pdf_signature(embedded, context, context))
        assert status.intact
        assert status.valid


def outside(command: list[str], data: bytes, folder: Path) -> Callable[[], int]:
    """Return work that asks another program about ``data``."""
    path = folder / "signed.pdf"

    def work() -> int:
        path.write_bytes(data)
        subprocess.run([*command, str(path)], capture_output=True, check=False)
        return 1

    return work


def repeated(work: Callable[[], None]) -> Callable[[], int]:
    """Return ``work`` done often enough to be measured."""

    def done() -> int:
        for _ in range(ROUNDS):
            work()
        return ROUNDS

    return done


def table(folder: Path) -> str:
    """Return the table of one run, in Markdown."""
    house = TestPki.create(NOW)
    settings = ValidationSettings(tuple(Anchor(one) for one in house.roots), NOW + timedelta(minutes=1))
    roots = [asn1_x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in house.roots]
    lines: list[list[str]] = [["file", "program", "files a second and core", "ours is"]]
    for name, data in made(house).items():
        best = measured(repeated(lambda data=data: ours(data, settings)))  # type: ignore[misc]
        peers: dict[str, Measure] = {"paraphe": best}
        peers["pyHanko"] = measured(repeated(lambda data=data: pyhanko(data, roots)))  # type: ignore[misc]
        for program, command in (("pdfsig", ["pdfsig", "-nocert"]), ("mutool", ["mutool", "sign", "-v"])):
            if shutil.which(command[0]):
                peers[program] = measured(outside(command, data, folder))
        lines += [[name, one, f"{found.rate:.1f}", f"{best.rate / found.rate:.1f} ×"] for one, found in peers.items()]
    return rows(lines)


def main() -> None:
    """Measure and print; ``--out`` writes the table to a file too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = f"# Judging signed files\n\n{machine()}\n\n{table(Path(folder))}\n"
    print(text)
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text)


if __name__ == "__main__":
    main()
