"""The ceremony: what it makes, that another program believes it, that it needs the root only when it must."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from django.core.management import CommandError, call_command
from django.utils import timezone

from paraphe.trust.ca import api as ca
from paraphe.trust.ca import jobs
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault
from tests.trust.conftest import SignerProcess, SiteSettings
from tests.trust.people import certify_alice

pytestmark = pytest.mark.django_db


def _pem(path: Path, *certificates: x509.Certificate) -> str:
    path.write_bytes(b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates))
    return str(path)


def _name(certificate: x509.Certificate) -> str:
    return str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)


@pytest.mark.parametrize("algorithm", ["P-256", "RSA-3072"])
def test_openssl_believes_every_certificate_of_the_hierarchy(
    db: None, signer: SignerProcess, settings: SiteSettings, tmp_path: Path, algorithm: str
) -> None:
    settings.KEY_ALGORITHM = algorithm
    ca.create_hierarchy(tmp_path / "root")
    root = _pem(tmp_path / "root.pem", ca.root())
    issued = certify_alice().certificate
    leaves = [
        register.service("ocsp", "natural")[1],
        register.service("ocsp", "legal")[1],
        register.service("tsa", "legal")[1],
    ]

    for leaf in [issued, *leaves]:
        chain = ca.chain_of(leaf)
        assert chain[-1] == ca.root()
        done = subprocess.run(
            ["openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", _pem(tmp_path / "c.pem", *chain[:-1]),
             _pem(tmp_path / "leaf.pem", leaf)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


def test_names_are_the_operators_and_differ_between_installations(hierarchy: Path) -> None:
    names = [_name(register.issuer(slug)[1]) for slug in ("root", "natural", "legal")]
    suffixes = {name.rsplit(" ", 1)[1] for name in names}
    assert len(set(names)) == 3
    assert len(suffixes) == 1
    assert len(suffixes.pop()) == 6
    organisation = ca.root().subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value
    assert organisation == "Paraphe (démonstration)"


def test_a_second_ceremony_changes_nothing_and_does_not_need_the_root(hierarchy: Path) -> None:
    before = register.authorities(), [register.service("tsa", "legal"), register.service("ocsp", "natural")]
    head = journal.head()
    hierarchy.rename(hierarchy.with_name("in-the-safe"))

    ca.create_hierarchy(hierarchy)

    after = register.authorities(), [register.service("tsa", "legal"), register.service("ocsp", "natural")]
    assert after == before
    assert journal.head() == head
    assert not hierarchy.exists()
    assert certify_alice().certificate.issuer == register.issuer("natural")[1].subject


def test_the_signer_never_holds_the_root_key(hierarchy: Path, signer: SignerProcess) -> None:
    root = register.authority("root")
    assert (hierarchy / "keys" / f"{root.key_id}.key").exists()
    assert not (signer.directory / "keys" / f"{root.key_id}.key").exists()
    with pytest.raises(vault.KeyUnknown):
        vault.sign(root.key_id, "root-ca", [bytes(32)], "ecdsa-sha256")


def test_a_root_that_is_lost_before_the_end_is_asked_for_and_not_replaced(
    db: None, signer: SignerProcess, root_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(vault, "generate", lambda *_: (_ for _ in ()).throw(vault.VaultUnavailable()))
        with pytest.raises(vault.VaultUnavailable):
            ca.create_hierarchy(root_directory)
    root = ca.root()
    root_directory.rename(root_directory.with_name("in-the-safe"))

    with pytest.raises(vault.StoreRefused, match="restore it from its backup"):
        ca.create_hierarchy(root_directory)
    assert not root_directory.exists()

    root_directory.with_name("in-the-safe").rename(root_directory)
    ca.create_hierarchy(root_directory)
    assert ca.root() == root
    assert register.issuer("natural")[1].issuer == root.subject


def test_a_root_key_file_that_others_can_read_is_refused(hierarchy: Path) -> None:
    (hierarchy / "kek.key").chmod(0o644)
    with pytest.raises(vault.StoreRefused, match="can be read by others"):
        ca.renew_root_crl(hierarchy)


def test_the_roots_list_is_renewed_by_a_command(hierarchy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("renew_root_crl", folder=hierarchy)
    assert "number 2" in capsys.readouterr().out
    latest = register.latest_revocation_list("root")
    assert latest is not None
    assert (latest.number, latest.next_update - latest.this_update) == (2, timedelta(days=365))
    with pytest.raises(CommandError, match="restore it"):
        call_command("renew_root_crl", folder=hierarchy / "nowhere")


def test_a_start_renews_the_roots_list_when_the_root_is_at_hand(hierarchy: Path) -> None:
    def number() -> int:
        latest = register.latest_revocation_list("root")
        assert latest is not None
        return latest.number

    with time_machine.travel(timezone.now() + timedelta(days=100)):
        ca.create_hierarchy(hierarchy)
        assert number() == 1
    with time_machine.travel(timezone.now() + timedelta(days=310)):
        hierarchy.rename(hierarchy.with_name("in-the-safe"))
        ca.create_hierarchy(hierarchy)
        assert number() == 1
        assert ca.root_crl_ends_within(timedelta(days=60))
        hierarchy.with_name("in-the-safe").rename(hierarchy)
        ca.create_hierarchy(hierarchy)
        assert number() == 2
        assert not ca.root_crl_ends_within(timedelta(days=60))


def test_the_need_for_a_ceremony_is_said_aloud(hierarchy: Path, caplog: pytest.LogCaptureFixture) -> None:
    jobs.watch_root_crl.call()
    assert caplog.text == ""
    with time_machine.travel(timezone.now() + timedelta(days=310)):
        jobs.watch_root_crl.call()
    assert "paraphe manage trust renew_root_crl" in caplog.text


def test_services_are_renewed_before_they_end_with_new_keys(hierarchy: Path) -> None:
    old_ocsp, old_unit = register.service("ocsp", "natural"), register.service("tsa", "legal")
    assert ca.renew_services() == 0

    with time_machine.travel(timezone.now() + timedelta(days=340)):
        assert ca.renew_services() == 2
        new_ocsp = register.service("ocsp", "natural")
        assert new_ocsp[0].generation == 2
        assert new_ocsp[0].key_id != old_ocsp[0].key_id
        assert new_ocsp[1].not_valid_after_utc > old_ocsp[1].not_valid_after_utc
        assert register.service("tsa", "legal") == old_unit
        assert ca.renew_services() == 0


def test_the_ceremony_stands_in_the_journal(hierarchy: Path) -> None:
    tags = [entry.tag for entry in journal.JournalEntry.rows()]
    opened, closed = tags.index("ceremony:opened"), tags.index("ceremony:closed")
    assert opened < tags.index("certificate:signing") < tags.index("certificate:issued") < closed
    assert journal.verify() is None
