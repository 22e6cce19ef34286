"""Revocation lists in parts, and with a hundred thousand entries."""

import subprocess
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.test import Client
from django.utils import timezone

from paraphe.floor.jobs.worker import drain
from paraphe.kernel.actor import Actor
from paraphe.pki import crl
from paraphe.trust.ca import api as ca
from paraphe.trust.register import api as register
from paraphe.trust.status import api as status
from tests.trust.conftest import SiteSettings
from tests.trust.people import certify_alice

pytestmark = pytest.mark.django_db

ODILE = Actor(kind="officer", id="odile")


def _address(certificate: x509.Certificate) -> str:
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name
    [name] = points[0].full_name
    return str(name.value)


def _path(certificate: x509.Certificate, settings: SiteSettings) -> str:
    return _address(certificate).removeprefix(settings.SITE_URL)


def _list(client: Client, path: str) -> x509.CertificateRevocationList:
    answer = client.get(path)
    assert answer.status_code == 200
    return x509.load_der_x509_crl(answer.content)


def _reasons(listed: x509.CertificateRevocationList) -> dict[int, str]:
    return {
        one.serial_number: one.extensions.get_extension_for_class(x509.CRLReason).value.reason.value for one in listed
    }


def test_a_suspension_comes_on_the_list_and_goes_from_it(hierarchy: Path, client: Client) -> None:
    alice, bob = certify_alice(), certify_alice()
    status.revoke(bob.serial, "cessation_of_operation", ODILE)
    always = {bob.serial: "cessationOfOperation"}
    assert _reasons(_list(client, "/crl/natural.crl")) == always
    status.suspend(alice.serial, ODILE)
    assert _reasons(_list(client, "/crl/natural.crl")) == {**always, alice.serial: "certificateHold"}
    status.reinstate(alice.serial, ODILE)
    assert _reasons(_list(client, "/crl/natural.crl")) == always
    status.suspend(alice.serial, ODILE)
    status.revoke(alice.serial, "privilege_withdrawn", ODILE, invalid_since=timezone.now() - timedelta(days=1))
    listed = _list(client, "/crl/natural.crl")
    assert _reasons(listed) == {**always, alice.serial: "privilegeWithdrawn"}
    found = listed.get_revoked_certificate_by_serial_number(alice.serial)
    assert found is not None
    assert found.extensions.get_extension_for_class(x509.InvalidityDate)


def test_a_change_encodes_its_own_entry_only_and_once_a_day_all_are_written_anew(
    hierarchy: Path, client: Client
) -> None:
    serials = [certify_alice().serial for _ in range(3)]
    for serial in serials[:2]:
        status.revoke(serial, "superseded", ODILE)
    _list(client, "/crl/natural.crl")
    with patch.object(crl, "_entry", wraps=crl._entry) as encoded:
        status.revoke(serials[2], "superseded", ODILE)
        assert set(_reasons(_list(client, "/crl/natural.crl"))) == set(serials)
        assert [call.args[0].serial for call in encoded.call_args_list] == [serials[2]]
        encoded.reset_mock()
        with time_machine.travel(timezone.now() + timedelta(hours=25)):
            assert set(_reasons(_list(client, "/crl/natural.crl"))) == set(serials)
        assert encoded.call_count == 3


def test_a_certificate_keeps_the_part_that_it_was_issued_with(
    hierarchy: Path, client: Client, settings: SiteSettings, tmp_path: Path
) -> None:
    before = certify_alice()
    settings.CRL_PARTITIONS = 4
    during, other = certify_alice(), certify_alice()
    while other.serial % 4 == during.serial % 4:
        other = certify_alice()
    settings.CRL_PARTITIONS = 8
    assert _address(before.certificate).endswith("/crl/natural.crl")
    assert _address(during.certificate).endswith(f"/crl/natural-4-{during.serial % 4}.crl")
    for one in (before, during):
        status.revoke(one.serial, "superseded", ODILE)
    listed = _list(client, _path(during.certificate, settings))
    assert {one.serial_number for one in listed} >= {during.serial}
    point = listed.extensions.get_extension_for_class(x509.IssuingDistributionPoint)
    assert point.critical
    assert [name.value for name in point.value.full_name or ()] == [_address(during.certificate)]
    assert {one.serial_number for one in _list(client, "/crl/natural.crl")} == {before.serial, during.serial}
    assert during.serial not in {one.serial_number for one in _list(client, _path(other.certificate, settings))}
    _openssl_agrees(client, settings, tmp_path, {during: "certificate revoked", other: "leaf.pem: OK"})


def _openssl_agrees(
    client: Client, settings: SiteSettings, folder: Path, expected: dict[ca.IssuedCertificate, str]
) -> None:
    (folder / "root.pem").write_bytes(ca.root().public_bytes(Encoding.PEM))
    (folder / "issuer.pem").write_bytes(register.issuer("natural")[1].public_bytes(Encoding.PEM))
    for issued, said in expected.items():
        (folder / "leaf.pem").write_bytes(issued.certificate.public_bytes(Encoding.PEM))
        lists = [_list(client, "/crl/root.crl"), _list(client, _path(issued.certificate, settings))]
        (folder / "lists.pem").write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in lists))
        words = ["openssl", "verify", "-extended_crl", "-crl_check_all", "-CRLfile", "lists.pem", "-CAfile", "root.pem"]
        words += ["-untrusted", "issuer.pem", "leaf.pem"]
        found = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
        assert said in found.stdout + found.stderr


@pytest.mark.parametrize(
    "path", ["natural-0-0", "natural-1-0", "natural-4-4", "natural-257-1", "natural-4", "root-4-1"]
)
def test_there_are_no_other_parts(hierarchy: Path, client: Client, path: str) -> None:
    assert client.get(f"/crl/{path}.crl").status_code == 404


def test_the_parts_of_today_are_made_ahead(hierarchy: Path, settings: SiteSettings) -> None:
    settings.CRL_PARTITIONS = 2
    alice = certify_alice()
    status.revoke(alice.serial, "superseded", ODILE)
    drain()
    for part in ("", "2-0", "2-1"):
        latest = register.latest_revocation_list("natural", part)
        assert latest is not None
        assert latest.revision == register.status_revision("natural")
