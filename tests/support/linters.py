"""The linters of pkilint, in this process: what they find from NOTICE upwards, and what of it is explained.

What is explained stands with its reason in ``docs/standards/divergences.md``.
"""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

Main = Callable[[list[str]], int]

INTERNAL_NAME = "etsi.internal_domain_name"
QUALIFIER = "pkix.certificate_policies_policy_has_qualifier"
CRITICAL_USAGE = "etsi.en_319_412_2.gen-4.3.10-1.eku_extension_is_critical"
EXPLAINED = {
    INTERNAL_NAME: "the addresses of tests and of a demonstration are no public names",
    QUALIFIER: "the CPS pointer, which RFC 5280 allows",
}
OF_TIMESTAMP_UNITS = {CRITICAL_USAGE: "RFC 3161 §2.3 wants it critical"}
NATURAL, LEGAL = (("-t", f"NCP-{kind}-PERSON-CERTIFICATE") for kind in ("NATURAL", "LEGAL"))


def found(capsys: pytest.CaptureFixture[str], main: Main, *arguments: str) -> set[str]:
    """Return the codes of what the linter ``main`` finds in the file that is named last."""
    [*options, last] = arguments
    main(["lint", *options, "-s", "NOTICE", "-f", "CSV", last])
    said = capsys.readouterr()
    assert said.out.startswith("node_path,"), said.err
    return {row["code"] for row in csv.DictReader(said.out.splitlines())}


def written(folder: Path, name: str, data: x509.Certificate | bytes) -> str:
    """Write a certificate, or bytes, into a file for a linter and return its name."""
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.public_bytes(Encoding.PEM))
    return str(path)
