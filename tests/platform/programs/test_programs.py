"""Tokens of programs, and what a program may do with one: bring, watch, fetch; never release, never elsewhere."""

import hashlib
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.cli import site
from paraphe.cli.main import main
from paraphe.kernel.actor import Actor
from paraphe.platform.accounts import api as accounts
from paraphe.platform.accounts.models import Membership
from paraphe.platform.enrolment.models import OpenFirm
from paraphe.platform.evidence import api as evidence
from paraphe.platform.programs import api as programs
from paraphe.platform.programs.models import Program
from paraphe.platform.sealing.models import Batch, Item
from tests.platform.programs.hands import opened
from tests.platform.sealing.hands import done, payslip, person, released
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)
OPERATOR = Actor("system", "operator")
SIREN = cast.MARTIN.siren


class Caller:
    """A program with a token."""

    def __init__(self, token: str) -> None:
        self._client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {token}"})

    def begin(self, **changes: Any) -> Any:
        asked = {"title": "Paies", "purpose": "Bulletins de paie", **changes}
        return self._client.post(reverse("api-batches"), json.dumps(asked), content_type="application/json")

    def put(self, batch: str, path: str, data: bytes) -> Any:
        address = reverse("api-batch-files", args=[batch])
        return self._client.put(address, data, content_type="application/pdf", query_params={"path": path})

    def get(self, name: str, *words: object, **query: str) -> Any:
        return self._client.get(reverse(name, args=words), query)


def token_of(who: accounts.Person) -> str:
    _, token = programs.issue(siren=SIREN, email=who.email, name="Logiciel de paie", actor=OPERATOR)
    return token


def test_a_program_brings_a_batch_that_a_person_releases_and_fetches_what_was_sealed(
    trust: SmallTrust, alice: Any
) -> None:
    who, firm = alice
    program = Caller(token_of(who))
    made = program.begin(level="B-T")
    assert made.status_code == 201
    batch = made.json()["id"]
    assert made.json()["page"].endswith(reverse("batch", args=[batch]))
    for number in range(3):
        assert program.put(batch, f"novembre/{number}.pdf", payslip(number)).status_code == 201
    assert program.put(batch, "novembre/0.pdf", payslip(0)).status_code == 201, "the same again"
    assert program.put(batch, "novembre/0.pdf", payslip(1)).json()["code"] == "name_taken"
    assert program.get("api-batch", batch).json()["total"] == 3

    done(batch)
    assert program.get("api-batch", batch).json()["state"] == "draft", "it waits for a person"
    released(who, firm, batch, trust)
    done(batch)
    state = program.get("api-batch", batch).json()
    assert (state["state"], state["sealed"], state["failed"]) == ("done", 3, 0)
    page = program.get("api-batch-files", batch, state="sealed").json()
    assert [one["path"] for one in page["files"]] == [f"novembre/{number}.pdf" for number in range(3)]
    for number, one in enumerate(page["files"]):
        data = program.get("api-batch-file", batch, one["id"]).content
        assert data.startswith(payslip(number))
        assert hashlib.sha256(data).hexdigest() == one["sealed_sha256"]
    assert program.put(batch, "late.pdf", payslip(9)).status_code == 409
    [entry] = [one for one in evidence.history(firm=str(firm.pk)) if one.tag == "batch:created"]
    assert entry.actor_kind == "client"


def test_a_token_is_kept_as_a_hash_and_ends_at_once(alice: Any) -> None:
    token = token_of(alice[0])
    row = Program.objects.get()
    assert token not in "".join(str(value) for value in row.__dict__.values())
    assert Caller(token).begin().status_code == 201
    assert Program.objects.get().used_at is not None
    programs.end(row.pk, actor=OPERATOR)
    programs.end(row.pk, actor=OPERATOR)
    for given in (token, "prg_another", "", token.swapcase()):
        answer = Caller(given).begin()
        assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_a_token_ends_with_the_right_of_its_person_and_with_the_firm(alice: Any) -> None:
    who, firm = alice
    program = Caller(token_of(who))
    batch = program.begin().json()["id"]
    OpenFirm.objects.all().delete()
    assert program.begin().json()["code"] == "firm_not_open"
    opened(firm, person(cast.BOB))
    assert program.get("api-batch", batch).status_code == 200
    Membership.objects.filter(person=who, firm=firm).update(ended_at=timezone.now())
    assert program.begin().status_code == 403
    assert program.get("api-batch", batch).status_code == 404


def test_another_firms_batches_are_not_there(alice: Any) -> None:
    batch = Caller(token_of(alice[0])).begin().json()["id"]
    etienne = person(cast.ETIENNE)
    opened(cast.firm(cast.OCEAN), etienne)
    _, token = programs.issue(siren=cast.OCEAN.siren, email=etienne.email, name="Paie", actor=OPERATOR)
    other = Caller(token)
    assert other.get("api-batch", batch).status_code == 404
    assert other.get("api-batch-files", batch).status_code == 404
    assert other.put(batch, "a.pdf", payslip(1)).status_code == 404
    assert other.get("api-batch-file", batch, 1).status_code == 404
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_request"), (b"[]", "bad_request"), (b'{"title": "a"}', "bad_request"), (b"[" * 9000, "bad_request"),
        (b'{"title": 1, "purpose": "paie"}', "bad_request"), (b'{"title": "a", "purpose": "b", "x": 1}', "bad_request"),
        (b'{"title": "a", "purpose": "b"}', "bad_options"),
        (b'{"title": "a", "purpose": "paie", "level": "B-B"}', "bad_options"),
        (b'{"title": "a", "purpose": "paie", "retention_days": true}', "bad_request"),
    ],
)  # fmt: skip
def test_a_bad_request_is_answered_as_such_and_makes_nothing(alice: Any, body: bytes, code: str) -> None:
    client = Client(headers={"Authorization": f"Bearer {token_of(alice[0])}"})
    answer = client.post(reverse("api-batches"), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not Batch.objects.exists()


def test_a_bad_file_is_refused_and_costs_itself(alice: Any) -> None:
    program = Caller(token_of(alice[0]))
    batch = program.begin().json()["id"]
    for path, data, status in (
        ("../a.pdf", payslip(1), 422), ("a.txt", payslip(1), 422), ("", payslip(1), 422), ("a.pdf", b"", 422),
        ("x" * 500 + ".pdf", payslip(1), 422),
    ):  # fmt: skip
        assert program.put(batch, path, data).status_code == status, path
    assert not Item.objects.exists()
    assert Client().get(reverse("api-batch", args=[batch])).status_code == 401
    wrong = Client(headers={"Authorization": f"Bearer {token_of(alice[0])}"})
    assert wrong.delete(reverse("api-batch", args=[batch])).status_code == 405


@pytest.fixture
def on_this_site(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer on the site under test instead of an installation."""
    monkeypatch.setattr(site, "use_site", lambda name: None)


@pytest.mark.usefixtures("on_this_site")
def test_the_operator_makes_shows_and_ends_tokens(alice: Any, capsys: Any) -> None:
    words = ["platform", "token", "issue", "--siren", SIREN, "--name", "Paie", "--person"]
    assert main([*words, "nobody@example.test"]) == 1
    assert "may prepare or seal" in capsys.readouterr().err
    assert main([*words, alice[0].email]) == 0
    token = capsys.readouterr().out.strip()
    assert Caller(token).begin().status_code == 201
    assert main(["platform", "token", "list"]) == 0
    listed = capsys.readouterr().out
    assert token not in listed
    number = listed.split()[0]
    assert main(["platform", "token", "end", number]) == 0
    assert Caller(token).begin().status_code == 401
    assert main(["platform", "token", "end", "00000000-0000-0000-0000-000000000000"]) == 1
