"""A ceremony driven by one file: what it makes, what it refuses, what the custodians take home."""

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from paraphe.trust.ca import api as ca
from paraphe.trust.journal import api as journal
from paraphe.trust.register import api as register
from paraphe.trust.vault import api as vault
from tests.trust.conftest import SignerProcess
from tests.trust.people import certify_alice

PLAN = """
[ceremony]
place = "Paris"
people = ["Odile Garde, witness", "Oscar Veille, custodian"]
[root]
name = "Cabinet Martin Root CA"
algorithm = "P-384"
years = 25
shares = 5
needed = 3
[natural]
name = "Cabinet Martin Natural Persons CA"
algorithm = "P-256"
years = 12
[legal]
name = "Cabinet Martin Legal Persons CA"
algorithm = "RSA-3072"
years = 10
"""


def plan_of(tmp_path: Path, text: str = PLAN) -> ca.CeremonyPlan:
    path = tmp_path / "ceremony.toml"
    path.write_text(text, encoding="utf-8")
    return ca.read_plan(path)


def test_a_plan_is_read_aloud(tmp_path: Path) -> None:
    assert plan_of(tmp_path).sentences() == [
        "Place: Paris",
        "Present: Odile Garde, witness",
        "Present: Oscar Veille, custodian",
        "root: Cabinet Martin Root CA, P-384, 25 years",
        "natural: Cabinet Martin Natural Persons CA, P-256, 12 years",
        "legal: Cabinet Martin Legal Persons CA, RSA-3072, 10 years",
        "The root's key-encryption key: 5 shares, 3 are needed.",
    ]


@pytest.mark.django_db
def test_a_ceremony_makes_what_its_file_says(signer: SignerProcess, tmp_path: Path) -> None:
    root = tmp_path / "root"
    minutes = ca.hold_ceremony(plan_of(tmp_path), root)
    _, certificate = register.issuer("root")
    assert "Cabinet Martin Root CA" in certificate.subject.rfc4514_string()
    assert isinstance(certificate.public_key(), ec.EllipticCurvePublicKey)
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 25 * 365
    assert minutes.fingerprints["root"]
    held = journal.JournalEntry.rows().get(tag="ceremony:held")
    assert held.data["minutes_sha256"] == minutes.digest
    assert certify_alice().chain[-1] == certificate

    (root / "kek.key").unlink()
    with pytest.raises(vault.StoreRefused):
        ca.renew_root_crl(root)
    vault.join(root, minutes.shares[1:4])
    assert ca.renew_root_crl(root) == 2
    with pytest.raises(ca.PlanRefused, match="has its authorities already"):
        ca.hold_ceremony(plan_of(tmp_path), tmp_path / "second")


@pytest.mark.django_db
def test_a_folder_in_use_is_not_touched(signer: SignerProcess, tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "kek.key").write_text("something of somebody")
    with pytest.raises(ca.PlanRefused, match="is not empty"):
        ca.hold_ceremony(plan_of(tmp_path), tmp_path / "root")
    assert register.authorities() == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("[root]", "[root", "TOML"),
        ("[natural]", "[other]", "is not a part"),
        ('people = ["Odile Garde, witness", "Oscar Veille, custodian"]', 'people = ["Odile"]', "two people"),
        ('algorithm = "P-384"', 'algorithm = "RSA-1024"', "one of P-256"),
        ("years = 25", "years = 99", "from 1 to 30"),
        ("years = 25", "years = true", "from 1 to 30"),
        ("needed = 3", "needed = 6", "more shares"),
        ("Cabinet Martin Root CA", "", "1 to 64"),
        ("Cabinet Martin Root CA", "Cabinet Martin Legal Persons CA", "same name"),
    ],
)
def test_a_plan_that_cannot_be_followed(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(ca.PlanRefused, match=said):
        plan_of(tmp_path, PLAN.replace(before, after, 1))


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ca.PlanRefused, match="cannot be read"):
        ca.read_plan(tmp_path / "absent.toml")
