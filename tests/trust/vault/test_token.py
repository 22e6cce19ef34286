"""The trust site on a token: SoftHSM, keys made inside it, away for a while and back."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from paraphe.kernel.actor import SYSTEM
from paraphe.kernel.digests import sha256
from paraphe.pki import tsp
from paraphe.trust.ca import api as ca
from paraphe.trust.register import api as register
from paraphe.trust.status import api as status
from paraphe.trust.tsa import api as tsa
from paraphe.trust.vault import api as vault
from paraphe.trust.vault.errors import StoreRefused
from paraphe.trust.vault.token import TokenSettings, TokenStore
from tests.trust.conftest import ROOT, SiteSettings
from tests.trust.people import ALICE, certify

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
LETTER = sha256(b"letter of engagement")
PROGRAM = (
    "import sys; from pathlib import Path; from paraphe.trust.vault import signer; "
    "d, m, p = (Path(a) for a in sys.argv[1:4]); signer.initialise(d); "
    "signer.serve(d, d / 'signer.sock', signer.TokenSettings(m, 'paraphe', p))"
)


class Token:
    """A token on disk, and a signer that holds it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.socket = folder, folder / "signer" / "signer.sock"
        (folder / "tokens").mkdir(parents=True)
        (folder / "signer").mkdir(mode=0o700)
        self.pin = folder / "pin"
        self.pin.write_text("2468")
        self.pin.chmod(0o600)
        configuration = folder / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\n")
        self.environment = {**os.environ, "SOFTHSM2_CONF": str(configuration), "PYTHONPATH": str(ROOT / "src")}
        words = ["softhsm2-util", "--init-token", "--free", "--label", "paraphe", "--so-pin", "1357", "--pin", "2468"]
        subprocess.run(words, check=True, capture_output=True, env=self.environment)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.socket.unlink(missing_ok=True)
        words = [sys.executable, "-c", PROGRAM, str(self.folder / "signer"), str(MODULE), str(self.pin)]
        self.process = subprocess.Popen(words, env=self.environment, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not self.socket.exists():
            assert self.process.poll() is None, "the signer ended"
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def the_token(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Token]:
    made = Token(tmp_path_factory.mktemp("token") / "t")
    made.start()
    yield made
    made.kill()


@pytest.fixture
def token(the_token: Token, settings: SiteSettings) -> Token:
    settings.SIGNER_SOCKET = the_token.socket
    return the_token


@pytest.mark.parametrize("algorithm", ["P-256", "P-384", "RSA-3072"])
def test_a_key_made_inside_signs_and_is_destroyed(token: Token, algorithm: vault.KeyAlgorithm) -> None:
    key_id = uuid4()
    public = load_der_public_key(vault.generate(key_id, algorithm, "holder"))
    assert load_der_public_key(vault.generate(key_id, algorithm, "holder")) == public, "asked again, it is the same"
    [value] = vault.sign(key_id, "holder", [LETTER], vault.signature_algorithm(algorithm))
    if isinstance(public, ec.EllipticCurvePublicKey):
        public.verify(value, LETTER, ec.ECDSA(utils.Prehashed(hashes.SHA256())))
    else:
        assert isinstance(public, rsa.RSAPublicKey)
        public.verify(value, LETTER, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    with pytest.raises(vault.PurposeRefused):
        vault.sign(key_id, "tsa", [LETTER], vault.signature_algorithm(algorithm))
    with pytest.raises(vault.PurposeRefused):
        vault.generate(key_id, algorithm, "seal")
    vault.destroy(key_id)
    vault.destroy(key_id)
    with pytest.raises(vault.KeyUnknown):
        vault.sign(key_id, "holder", [LETTER], vault.signature_algorithm(algorithm))


def test_the_token_shows_no_private_key(token: Token) -> None:
    key_id = uuid4()
    vault.generate(key_id, "P-256", "holder")
    shown = (
        "import pkcs11, sys; s = pkcs11.lib(sys.argv[1]).get_token(token_label='paraphe').open(user_pin='2468');"
        "k = next(iter(s.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})));"
        "print(k[pkcs11.Attribute.SENSITIVE], k[pkcs11.Attribute.EXTRACTABLE]); k[pkcs11.Attribute.VALUE]"
    )
    words = [sys.executable, "-c", shown, str(MODULE)]
    said = subprocess.run(words, env=token.environment, capture_output=True, text=True, check=False)
    assert said.stdout.strip() == "True False"
    assert "AttributeSensitive" in said.stderr


def test_a_signer_killed_and_started_again_has_the_same_keys(token: Token) -> None:
    key_id = uuid4()
    public = vault.generate(key_id, "P-256", "holder")
    token.kill()
    with pytest.raises(vault.VaultUnavailable):
        vault.sign(key_id, "holder", [LETTER], "ecdsa-sha256")
    token.start()
    assert vault.generate(key_id, "P-256", "holder") == public
    assert vault.sign(key_id, "holder", [LETTER], "ecdsa-sha256")


def test_a_token_that_is_away_for_a_while_is_waited_for(token: Token) -> None:
    key_id = uuid4()
    vault.generate(key_id, "P-256", "holder")
    away = token.folder / "away"
    (token.folder / "tokens").rename(away)
    try:
        with pytest.raises(vault.VaultUnavailable):
            vault.generate(uuid4(), "P-256", "holder")
        with pytest.raises(vault.VaultUnavailable):
            vault.sign(key_id, "holder", [LETTER], "ecdsa-sha256")
    finally:
        away.rename(token.folder / "tokens")
    assert vault.sign(key_id, "holder", [LETTER], "ecdsa-sha256")


@pytest.mark.django_db
def test_the_whole_site_works_on_a_token(token: Token, tmp_path: Path) -> None:
    ca.create_hierarchy(tmp_path / "root")
    alice = certify(ALICE)
    assert alice.certificate.issuer == alice.chain[0].subject
    stamp = tsa.LocalTimestampSource().timestamp(LETTER)
    tsp.verify_token(stamp, LETTER, [register.issuer("legal")[1], register.issuer("root")[1]])
    assert status.LocalRevocationSource().revocation_info(alice.certificate, alice.chain[0]).ocsp
    status.revoke(alice.serial, "superseded", SYSTEM)
    assert status.current_crl("natural")


def test_a_setting_that_is_wrong_is_a_sentence(token: Token, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", token.environment["SOFTHSM2_CONF"])
        open_pin, empty = tmp_path / "open", tmp_path / "empty"
        open_pin.write_text("2468")
        open_pin.chmod(0o644)
        empty.touch(mode=0o600)
        for settings, word in (
            (TokenSettings(Path("/nowhere.so"), "paraphe", token.pin), "there is no library"),
            (TokenSettings(token.pin, "paraphe", token.pin), "is not a PKCS#11 library"),
            (TokenSettings(MODULE, "other", token.pin), "no token labelled 'other'"),
            (TokenSettings(MODULE, "paraphe", tmp_path / "absent"), "cannot be read"),
            (TokenSettings(MODULE, "paraphe", open_pin), "can be read by others"),
            (TokenSettings(MODULE, "paraphe", empty), "is empty"),
        ):
            with pytest.raises(StoreRefused, match=word):
                TokenStore(settings)
        wrong = tmp_path / "wrong"
        wrong.write_text("9999")
        wrong.chmod(0o600)
        with pytest.raises(StoreRefused, match="is not that of token"):
            TokenStore(TokenSettings(MODULE, "paraphe", wrong))
