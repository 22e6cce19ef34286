"""The cast is seeded once, with passwords of this machine."""

import json
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password

from paraphe.comptexpert.identity import api as identity
from paraphe.comptexpert.identity.models import Account, Client, Firm, Post
from tests.support.cast import ALICE, CAST, FIRMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "comptexpert" / "secrets").mkdir(parents=True)
    return tmp_path


def cast_file(data: Path) -> Path:
    return data / "comptexpert" / "secrets" / "cast.json"


def test_everybody_gets_a_password_that_works_and_only_the_owner_reads(data: Path) -> None:
    identity.seed(data)
    people = json.loads(cast_file(data).read_text(encoding="utf-8"))
    assert [person["identifier"] for person in people] == [person.identifier for person in CAST]
    assert len({person["password"] for person in people}) == len(CAST)
    assert cast_file(data).stat().st_mode & 0o777 == 0o600
    for person in people:
        account = Account.objects.get(identifier=person["identifier"])
        assert check_password(person["password"], account.password)
        assert person["password"] not in account.password


def test_seeding_again_changes_nothing(data: Path) -> None:
    identity.seed(data)
    before = cast_file(data).read_bytes(), list(Account.objects.order_by("pk").values())
    identity.seed(data)
    assert (cast_file(data).read_bytes(), list(Account.objects.order_by("pk").values())) == before
    assert (Firm.objects.count(), Post.objects.count()) == (
        len(FIRMS),
        sum(len(person.posts) for person in CAST),
    )


def test_a_correction_survives_the_next_start(data: Path) -> None:
    identity.seed(data)
    Account.objects.filter(identifier=ALICE.identifier).update(email="new@cabinet-martin.example")
    identity.seed(data)
    assert Account.objects.get(identifier=ALICE.identifier).email == "new@cabinet-martin.example"


def test_a_lost_file_of_passwords_gives_new_ones(data: Path) -> None:
    identity.seed(data)
    old = json.loads(cast_file(data).read_text(encoding="utf-8"))[0]["password"]
    cast_file(data).unlink()
    identity.seed(data)
    new = json.loads(cast_file(data).read_text(encoding="utf-8"))[0]["password"]
    account = Account.objects.get(identifier=ALICE.identifier)
    assert check_password(new, account.password)
    assert not check_password(old, account.password)


def test_a_damaged_file_of_passwords_is_named(data: Path) -> None:
    cast_file(data).write_text('[{"identifier": "alice.martin"', encoding="utf-8")
    with pytest.raises(identity.CastSecretsUnusable) as refusal:
        identity.seed(data)
    assert str(cast_file(data)) in str(refusal.value)


def test_a_program_can_be_registered_again_with_new_addresses() -> None:
    for address in ("https://one.example/", "https://two.example/"):
        identity.register_client(
            client_id="paraphe", client_secret="s" * 40, redirect_uris=[address], post_logout_redirect_uris=[]
        )
    assert Client.objects.get().redirect_uris == ["https://two.example/"]
