"""``paraphe seal --pkcs11``, for a process of its own: one process has one state of the library of tokens."""

from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader

from paraphe.cli.main import main
from tests.pki.test_pkcs11 import MODULE, NOW, PIN, Token, token

__all__ = ["token"]
TYPST = Path(__file__).parents[1] / "vectors" / "pdf" / "typst.pdf"


@pytest.mark.parametrize("label", ["P-256", "P-384", "RSA-2048"])
def test_a_key_in_a_token_seals(
    label: str, token: Token, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOKEN_PIN", PIN)
    out = tmp_path / "out.pdf"
    words = ["seal", str(TYPST), "--out", str(out), "--language", "en"]
    address = f"pkcs11:token=paraphe;object={label}?module-path={MODULE}&pin-source=env:TOKEN_PIN"
    with time_machine.travel(NOW, tick=False):
        assert main([*words, "--pkcs11", address.replace("token=paraphe", "token=other")]) == 2
        assert "token" in capsys.readouterr().err
        assert main([*words, "--pkcs11", address]) == 0, capsys.readouterr().err
    [one] = PdfFileReader(BytesIO(out.read_bytes())).embedded_signatures
    assert one.signer_cert.dump() == token.certificates[label].public_bytes(Encoding.DER)
