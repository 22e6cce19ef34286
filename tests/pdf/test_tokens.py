"""The timestamp in a signed file, checked by a program that is not ours."""

import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.pdf.hands import letter, pki, sign


def _token(place: Path) -> tuple[Path, bytes]:
    """Write the token of a signed letter; return where, and the signature value that it stamps."""
    signed = place / "signed.pdf"
    signed.write_bytes(sign(letter()).data)
    with signed.open("rb") as stream:
        signer = PdfFileReader(stream).embedded_signatures[0].signer_info
        (value,) = [one["values"][0] for one in signer["unsigned_attrs"] if one["type"].native.endswith("stamp_token")]
        assert isinstance(value, cms.ContentInfo)
        token = place / "token.der"
        token.write_bytes(value.dump())
        return token, bytes(signer["signature"].native)


@pytest.mark.parametrize("stamped", [True, False])
def test_openssl_verifies_the_token_over_the_signature_value_and_nothing_else(tmp_path: Path, stamped: bool) -> None:
    token, value = _token(tmp_path)
    data = tmp_path / "value"
    data.write_bytes(value if stamped else value + b"\x00")
    root = tmp_path / "root.pem"
    root.write_bytes(pki().roots[0].public_bytes(Encoding.PEM))
    chain = tmp_path / "chain.pem"
    chain.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in pki().signer("tsu").chain))
    at = str(int(pki().now.timestamp()))
    command: list[str | Path] = ["openssl", "ts", "-verify", "-token_in", "-in", token, "-data", data, "-CAfile", root]
    done = subprocess.run([*command, "-untrusted", chain, "-attime", at], capture_output=True, text=True, check=False)
    assert (done.returncode == 0) is stamped, done.stdout + done.stderr
    assert ("Verification: OK" in done.stdout + done.stderr) is stamped
