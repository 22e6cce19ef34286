"""One's own account: what is shown, chosen, ended, taken away, and by nobody else."""

import csv
import html
import io
import json
import uuid
import zipfile
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.floor.jobs import worker
from paraphe.kernel.errors import NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.accounts.models import PersonExport, Session
from paraphe.platform.enrolment.models import Enrolment
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.evidence import api as evidence
from paraphe.platform.web.account.access import SESSION_KEY
from paraphe.platform.web.settings.devices import device
from paraphe.platform.web.settings.forms import NOTICE_WORDS
from paraphe.platform.web.settings.gathering import everything_about, table
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person, bring
from tests.platform.envelopes.support import CLIENTS, desk
from tests.platform.web.test_every_address import ACCOUNT, add_letter, registered
from tests.support import cast
from tests.support.small_trust import CREDENTIAL, SmallTrust

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1"


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def signed_in(person: cast.CastPerson = cast.ALICE) -> tuple[Client, accounts.Person]:
    client = Client()
    return client, cast.sign_in_client(client, person)


@pytest.mark.parametrize("name", sorted(ACCOUNT))
def test_who_is_not_signed_in_is_led_to_sign_in(client: Client, name: str) -> None:
    words = {"export_id": uuid.uuid4()} if name in ("account-export", "account-export-download") else {}
    words |= {"session_id": uuid.uuid4()} if name == "account-session-end" else {}
    answer = client.generic(ACCOUNT[name], reverse(name, kwargs=words))
    assert answer["Location"].startswith(reverse("sign-in"))


def test_alice_sees_her_certificate_and_where_it_is_kept(trust: SmallTrust) -> None:
    client, alice = signed_in()
    give_certificate(alice.pk, trust)
    page = text(client.get(reverse("account")))
    assert "Valable" in page
    for where in (f"/holder/certificates/{CREDENTIAL}/revoke/", "/holder/factors/"):
        assert where.replace("/", "%2F") in page
    assert "login_hint=alice.martin%40cabinet-martin.example" in page
    assert "14-75-01042" in page


def test_the_page_is_there_when_the_trust_site_is_not(trust: SmallTrust) -> None:
    client, alice = signed_in()
    give_certificate(alice.pk, trust)
    trust.faults["/csc/v2/credentials/list"] = "down"
    answer = client.get(reverse("account"))
    assert answer.status_code == 200
    assert "Le tiers de confiance ne répond pas" in text(answer)


def test_a_revoked_certificate_is_asked_for_again_and_a_good_one_is_not(trust: SmallTrust) -> None:
    client, alice = as_person(cast.ALICE)
    give_certificate(alice.pk, trust)
    assert client.post(reverse("account-certificate-again"))["Location"] == reverse("account")
    assert Enrolment.objects.get(person=alice).step == "done"
    trust.revoked[CREDENTIAL] = "key_compromise"
    assert "Demander un nouveau certificat" in text(client.get(reverse("account")))
    assert client.post(reverse("account-certificate-again"))["Location"] == reverse("registration")
    enrolment = Enrolment.objects.get(person=alice)
    assert (enrolment.step, enrolment.trust_request) == ("mobile", "")


def test_somebody_without_any_right_has_an_account_and_can_leave_with_his_data() -> None:
    client, nora = signed_in(cast.NORA)
    assert client.get(reverse("account")).status_code == 200
    answer = client.post(reverse("account-export-begin"), follow=True)
    assert "Vos données se préparent" in text(answer)
    assert PersonExport.objects.get().person == nora


def test_one_session_is_ended_and_its_browser_is_signed_out() -> None:
    phone, alice = signed_in()
    desk, _ = signed_in()
    stolen = uuid.UUID(phone.session[SESSION_KEY])
    assert text(desk.get(reverse("account"))).count("vue le") == 2
    assert desk.post(reverse("account-session-end", args=[stolen])).status_code == 302
    assert phone.get(reverse("account"))["Location"].startswith(reverse("sign-in"))
    assert desk.get(reverse("account")).status_code == 200
    assert desk.post(reverse("account-session-end", args=[stolen])).status_code == 404, "it is over"
    assert evidence.history(person=str(alice.pk)).filter(tag="person:sessions-ended").count() == 1


def test_nobody_ends_a_session_of_somebody_else() -> None:
    alice, _ = signed_in()
    mallory, _ = signed_in(cast.MALLORY)
    number = uuid.UUID(alice.session[SESSION_KEY])
    absent = mallory.post(reverse("account-session-end", args=[uuid.uuid4()]))
    foreign = mallory.post(reverse("account-session-end", args=[number]))
    assert foreign.status_code == absent.status_code == 404
    assert alice.get(reverse("account")).status_code == 200


def test_all_other_sessions_are_ended_at_once_and_this_one_goes_on() -> None:
    browsers = [signed_in()[0] for _ in range(3)]
    stranger, _ = signed_in(cast.BOB)
    page = browsers[0].post(reverse("account-sessions-end"), follow=True)
    assert "2 autres sessions sont fermées" in text(page)
    assert [each.get(reverse("account")).status_code for each in (*browsers, stranger)] == [200, 302, 302, 200]


def test_a_session_ends_by_itself_and_is_forgotten_a_month_later() -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        _, alice = signed_in()
        clock.shift(timedelta(hours=8, seconds=1))
        with pytest.raises(NotFound):
            accounts.seen(Session.objects.get().pk)
        assert accounts.sessions_of(alice) == []
        clock.shift(timedelta(days=31))
        from paraphe.platform.accounts.sessions import forget_old_sessions

        assert forget_old_sessions() == 1


def test_a_session_that_was_never_opened_signs_nobody_in() -> None:
    client, _ = signed_in()
    session = client.session
    del session[SESSION_KEY]
    session.save()
    assert client.get(reverse("account")).status_code == 302


def test_the_address_is_shortened_before_it_is_kept(client: Client) -> None:
    alice = cast.sign_in(cast.ALICE)
    for address in ("192.0.2.77", "2001:db8:1234:5678::9", "not an address"):
        accounts.open_session(alice, address=address, agent=FIREFOX)
    assert sorted(one.address for one in accounts.sessions_of(alice)) == ["", "192.0.2.0", "2001:db8:1234::"]
    assert (device(FIREFOX), device(SAFARI)) == ("Firefox, Linux", "Safari, iPhone")
    assert device("curl/8") == "Navigateur inconnu"


def test_her_language_comes_with_her_to_another_browser() -> None:
    client, alice = signed_in()
    page = client.post(reverse("account-language"), {"language": "en"}, follow=True)
    assert "My account" in text(page)
    assert accounts.language_of(accounts.person(alice.pk)) == "en"
    client.post(reverse("account-language"), {"language": "klingon"})
    assert accounts.language_of(accounts.person(alice.pk)) == "en"
    with pytest.raises(accounts.UnknownChoice):
        accounts.choose_language(actor=ACTOR, person=alice, language="klingon")


def test_every_kind_of_notice_has_words_and_is_wanted_until_one_says_otherwise() -> None:
    assert tuple(NOTICE_WORDS) == accounts.NOTICES
    client, alice = signed_in()
    assert all(accounts.wants(alice, kind) for kind in accounts.NOTICES)
    client.post(reverse("account-notices"), {"kinds": ["refused", "completed"]})
    alice = accounts.person(alice.pk)
    assert [kind for kind in accounts.NOTICES if accounts.wants(alice, kind)] == ["completed", "refused"]
    client.post(reverse("account-notices"), {"kinds": ["refused", "everything"]})
    assert accounts.wanted(accounts.person(alice.pk)) == ["completed", "refused"]
    with pytest.raises(accounts.UnknownChoice):
        accounts.wants(alice, "everything")  # type: ignore[arg-type]


def test_everything_about_alice_is_in_one_zip(trust: SmallTrust) -> None:
    client, alice = as_person(cast.ALICE)
    give_certificate(alice.pk, trust)
    bring(client, pdf_of("Lettre"), "Lettre d'Éloïse.pdf")
    as_person(cast.BOB)
    page = client.post(reverse("account-export-begin"))["Location"]
    assert client.post(reverse("account-export-begin"))["Location"] == page, "one at a time"
    worker.drain()
    assert "Vos données sont prêtes" in text(client.get(page))
    number = PersonExport.objects.get().pk
    answer = client.get(reverse("account-export-download", args=[number]))
    packed = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    names = set(packed.namelist())
    assert {"profile.json", "memberships.csv", "sessions.csv", "events.csv", "certificate.pem", "resume.pdf"} <= names
    profile = json.loads(packed.read("profile.json"))
    assert (profile["email"], profile["signature_initials"]) == (cast.ALICE.email, "AM")
    assert "Lettre d'Éloïse" in packed.read("documents.csv").decode()
    assert packed.read("resume.pdf").startswith(b"%PDF")
    events = list(csv.DictReader(io.StringIO(packed.read("events.csv").decode("utf-8-sig")), delimiter=";"))
    assert {"person:signed-in", "document:added"} <= {row["event"] for row in events}
    assert "bob.petit" not in "".join(packed.read(name).decode("utf-8", "replace") for name in names)
    bob, _ = signed_in(cast.BOB)
    for name in ("account-export", "account-export-download"):
        assert bob.get(reverse(name, args=[number])).status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        from paraphe.platform.accounts.exports import remove_old_exports

        assert remove_old_exports() == 1
    assert not PersonExport.objects.exists()


def test_what_collections_hold_about_somebody_is_in_it_and_nothing_about_others(trust: SmallTrust) -> None:
    """Bob was asked by another firm; of Claire, in the same collection, he learns nothing."""
    sender = desk(cast.ETIENNE, cast.OCEAN)
    bob = cast.sign_in(cast.BOB)
    asked = {"given_name": "Bob", "family_name": "PETIT", "email": cast.BOB.email.upper(), "mobile": "0612345699"}
    with patch.dict(CLIENTS, {"bob": asked}):
        sent = sender.launched("bob", "claire")
        sender.draft("bob")
    [row] = envelopes.about(bob)
    assert (row["collection"], row["title"], row["firm"]) == (str(sent.id), sent.title, cast.OCEAN.siren)
    assert (row["role"], row["state"], row["mobile"]) == ("signer", "invited", "+33612345699")
    assert "Vidal" not in json.dumps(row, default=str)
    written = dict(everything_about(bob))
    assert sent.title in written["collections.csv"].decode("utf-8-sig")
    assert json.loads(written["collections.json"])[0]["invited_at"]
    assert envelopes.about(cast.sign_in(cast.CHLOE)) == []


def test_a_cell_of_the_tables_is_never_a_formula() -> None:
    rows = table([{"a": "=1+1", "b": None, "c": ["x"]}]).decode("utf-8-sig").splitlines()
    assert rows == ["a;b;c", '\'=1+1;;"[""x""]"']


def test_who_gets_the_right_to_sign_works_on_and_gets_a_certificate_when_it_is_to_be_signed(
    trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    chloe, person = registered(cast.CHLOE)
    letter = add_letter(chloe)
    Enrolment.objects.filter(person_id=person.pk).update(completed_at=timezone.now(), track="collaborator")
    monkeypatch.setattr(accounts, "track", lambda _: "signing_collaborator")
    for name in ("documents", "envelopes"):
        assert chloe.get(reverse(name)).status_code == 200
    assert "Demander mon certificat" in chloe.get(reverse("private-space")).content.decode()
    page = chloe.get(reverse("document-sign", args=[letter.pk]), follow=True)
    assert page.redirect_chain[-1][0] == reverse("registration-mobile")
    assert "Vous avez le droit de signer" in page.content.decode()
    # The right goes before she asked for a certificate: she is where she was, with nothing to accept again.
    monkeypatch.setattr(accounts, "track", lambda _: "collaborator")
    assert "Demander mon certificat" not in chloe.get(reverse("private-space")).content.decode()
    assert Enrolment.objects.get(person_id=person.pk).step == "done"
    # Who is to sign from the beginning comes nowhere without, and is told nothing of the kind.
    monkeypatch.setattr(accounts, "track", lambda _: "signing_collaborator")
    chloe.get(reverse("private-space"))
    Enrolment.objects.filter(person_id=person.pk).update(completed_at=None)
    first = chloe.get(reverse("documents"), follow=True)
    assert first.redirect_chain[-1][0] == reverse("registration-mobile")
    assert "Vous avez le droit de signer" not in first.content.decode()
