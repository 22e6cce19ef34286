"""The signer over its real socket: what it makes, what it refuses, what a crash leaves."""

import os
import socket
import stat
import struct
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from paraphe.kernel.digests import sha256
from paraphe.trust.vault import api as vault
from paraphe.trust.vault import wire
from tests.support.children import wait_for
from tests.trust.conftest import ROOT, SignerProcess, SiteSettings

DIGEST = sha256(b"contrat")


def test_a_key_signs_what_its_public_key_verifies(signer: SignerProcess) -> None:
    key_id = uuid4()
    public = load_der_public_key(vault.generate(key_id, "P-256", "holder"))
    digests = [sha256(bytes([number])) for number in range(3)]

    signatures = vault.sign(key_id, "holder", digests, "ecdsa-sha256")

    assert isinstance(public, ec.EllipticCurvePublicKey)
    for digest, signature in zip(digests, signatures, strict=True):
        public.verify(signature, digest, ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def test_an_rsa_key_signs_in_both_paddings(signer: SignerProcess) -> None:
    key_id = uuid4()
    public = load_der_public_key(vault.generate(key_id, "RSA-3072", "holder"))
    assert isinstance(public, rsa.RSAPublicKey)
    prehashed = utils.Prehashed(hashes.SHA256())

    (pkcs1,) = vault.sign(key_id, "holder", [DIGEST], "rsa-pkcs1-sha256")
    (pss,) = vault.sign(key_id, "holder", [DIGEST], "rsa-pss-sha256")

    public.verify(pkcs1, DIGEST, padding.PKCS1v15(), prehashed)
    public.verify(pss, DIGEST, padding.PSS(padding.MGF1(hashes.SHA256()), 32), prehashed)


def test_more_digests_than_one_message_carries_are_signed_in_order(signer: SignerProcess) -> None:
    key_id = uuid4()
    public = load_der_public_key(vault.generate(key_id, "P-256", "seal"))
    assert isinstance(public, ec.EllipticCurvePublicKey)
    digests = [sha256(str(number).encode()) for number in range(1001)]

    signatures = vault.sign(key_id, "seal", digests, "ecdsa-sha256")

    assert len(signatures) == 1001
    public.verify(signatures[1000], digests[1000], ec.ECDSA(utils.Prehashed(hashes.SHA256())))


def test_making_the_same_key_again_gives_the_same_key(signer: SignerProcess) -> None:
    key_id = uuid4()
    assert vault.generate(key_id, "P-256", "holder") == vault.generate(key_id, "P-256", "holder")


def test_a_key_serves_its_purpose_only(signer: SignerProcess) -> None:
    key_id = uuid4()
    vault.generate(key_id, "P-256", "holder")

    with pytest.raises(vault.PurposeRefused):
        vault.sign(key_id, "natural-ca", [DIGEST], "ecdsa-sha256")
    with pytest.raises(vault.PurposeRefused):
        vault.generate(key_id, "P-256", "natural-ca")
    with pytest.raises(vault.PurposeRefused):
        vault.sign(key_id, "holder", [DIGEST], "rsa-pkcs1-sha256")
    assert len(vault.sign(key_id, "holder", [DIGEST], "ecdsa-sha256")) == 1


@pytest.mark.parametrize("digests", [[], [b"short"], [DIGEST, b""]], ids=["none", "short", "empty"])
def test_only_sha256_digests_are_signed(signer: SignerProcess, digests: list[bytes]) -> None:
    key_id = uuid4()
    vault.generate(key_id, "P-256", "holder")
    with pytest.raises(vault.RequestRefused):
        vault.sign(key_id, "holder", digests, "ecdsa-sha256")


def test_a_destroyed_key_signs_no_more(signer: SignerProcess) -> None:
    key_id = uuid4()
    vault.generate(key_id, "P-256", "holder")
    vault.destroy(key_id)
    vault.destroy(key_id)

    with pytest.raises(vault.KeyUnknown):
        vault.sign(key_id, "holder", [DIGEST], "ecdsa-sha256")
    assert not (signer.directory / "keys" / f"{key_id}.key").exists()


def test_keys_outlive_a_killed_signer_and_clients_come_back_by_themselves(signer: SignerProcess) -> None:
    key_id = uuid4()
    public = vault.generate(key_id, "P-256", "holder")

    signer.kill()
    with pytest.raises(vault.VaultUnavailable):
        vault.sign(key_id, "holder", [DIGEST], "ecdsa-sha256")
    signer.start()

    assert len(vault.sign(key_id, "holder", [DIGEST], "ecdsa-sha256")) == 1
    assert vault.generate(key_id, "P-256", "holder") == public


def test_a_killed_signer_leaves_each_key_whole_or_absent(signer: SignerProcess) -> None:
    made: list[UUID] = []
    lost: list[UUID] = []

    def make_keys() -> None:
        while True:
            key_id = uuid4()
            try:
                vault.generate(key_id, "P-256", "holder")
            except vault.VaultUnavailable:
                lost.append(key_id)
                return
            made.append(key_id)

    threads = [threading.Thread(target=make_keys) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(made) < 20:
        pass
    signer.kill()
    for thread in threads:
        thread.join()
    signer.start()

    assert lost
    for key_id in made:
        assert vault.sign(key_id, "holder", [DIGEST], "ecdsa-sha256")
    for key_id in lost:
        assert vault.generate(key_id, "P-256", "holder")


def test_several_threads_ask_at_once(signer: SignerProcess) -> None:
    key_id = uuid4()
    vault.generate(key_id, "P-256", "seal")
    signatures: list[bytes] = []

    def ask() -> None:
        for _ in range(20):
            signatures.extend(vault.sign(key_id, "seal", [DIGEST], "ecdsa-sha256"))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(signatures) == 160


def test_a_child_process_does_not_share_its_parents_connection(signer: SignerProcess) -> None:
    vault.ping()
    before = vault._kept()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        vault.ping()
        os.write(writer, b"own" if vault._kept() is not before else b"shared")
        os._exit(0)
    assert wait_for(child) == 0
    assert os.read(reader, 10) == b"own"
    os.close(reader)
    os.close(writer)
    vault.ping()


def test_a_long_path_serves_too(tmp_path: Path, settings: SiteSettings) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 8)
    process = SignerProcess(deep)
    assert len(str(process.socket)) > 200
    process.start()
    try:
        settings.SIGNER_SOCKET = process.socket
        vault.ping()
    finally:
        process.stop()
    assert not process.socket.exists()


def test_without_a_signer_the_answer_is_that_it_is_away(tmp_path: Path, settings: SiteSettings) -> None:
    settings.SIGNER_SOCKET = tmp_path / "nowhere" / "signer.sock"
    with pytest.raises(vault.VaultUnavailable):
        vault.wait_until_ready(0.1)


def _connect(signer: SignerProcess) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(5)
    wire.at(signer.socket, connection.connect)
    return connection


@pytest.mark.parametrize(
    "raw",
    [
        struct.pack(">I", 2**31),
        struct.pack(">I", 0),
        struct.pack(">I", 4) + b"null",
        struct.pack(">I", 5) + b"{nope",
        b"\x00\x00",
    ],
    ids=["too long", "empty", "no object", "no json", "cut"],
)
def test_what_is_no_message_ends_the_connection_and_nothing_else(signer: SignerProcess, raw: bytes) -> None:
    with _connect(signer) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        assert wire.receive(connection) == {"ok": False, "error": "vault_request_refused", "reason": "message"}
        assert connection.recv(1) == b""
    vault.ping()


@pytest.mark.parametrize(
    "request_",
    [
        {},
        {"verb": "export", "key": str(uuid4())},
        {"verb": ["sign"]},
        {"verb": "sign", "key": "../../etc/passwd", "purpose": "holder", "algorithm": "ecdsa-sha256", "digests": []},
        {"verb": "sign", "key": str(uuid4()), "purpose": "holder", "algorithm": "ecdsa-sha256", "digests": "AAAA"},
        {"verb": "sign", "key": str(uuid4()), "purpose": "holder", "algorithm": "ecdsa-sha256", "digests": [1]},
        {"verb": "generate", "key": str(uuid4()), "purpose": "tls", "algorithm": "P-256"},
        {"verb": "generate", "key": str(uuid4()), "purpose": "holder", "algorithm": "RSA-512"},
        {"verb": "generate", "key": 7, "purpose": "holder", "algorithm": "P-256"},
    ],
)
def test_strange_requests_are_refused_on_a_connection_that_goes_on(
    signer: SignerProcess, request_: dict[str, object]
) -> None:
    with _connect(signer) as connection:
        wire.send(connection, request_)
        answer = wire.receive(connection)
        assert answer is not None
        assert answer["error"] == "vault_request_refused"
        wire.send(connection, {"verb": "ping"})
        assert wire.receive(connection) == {"ok": True}


def test_another_user_is_turned_away(signer: SignerProcess) -> None:
    assert stat.S_IMODE(signer.socket.stat().st_mode) == 0o600
    if os.geteuid() != 0:
        pytest.skip("only root can become another user to try it")
    listener = signer.socket
    code = (
        "import os, socket, sys\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "s = socket.socket(socket.AF_UNIX); s.connect('signer.sock')\n"
        "s.sendall(b'\\0\\0\\0\\x0f' + b'{\"verb\":\"ping\"}')\n"
        "print(s.recv(100))\n"
    )
    run = partial(subprocess.run, [sys.executable, "-c", code], cwd=signer.directory, capture_output=True, text=True)
    assert "PermissionError" in run(check=False).stderr
    # Even with socket and folder thrown open, the kernel tells the signer who asks.
    try:
        listener.chmod(0o777)
        signer.directory.chmod(0o777)
        done = run(check=False)
    finally:
        listener.chmod(0o600)
        signer.directory.chmod(0o700)
    assert "ok" not in done.stdout
    assert "PermissionError" not in done.stderr
    vault.ping()


def test_a_second_signer_on_the_same_keys_is_refused_in_one_sentence(signer: SignerProcess) -> None:
    code = (
        "import sys; from pathlib import Path; from paraphe.trust.vault import signer\n"
        "d = Path(sys.argv[1])\n"
        "try: signer.serve(d, d / 'other.sock')\n"
        "except Exception as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(signer.directory)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert done.stdout.strip() == f"Another signer already serves the keys in {signer.directory}."
    vault.ping()
