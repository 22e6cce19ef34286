"""Alice on the pages of her own certificates: in by telephone, out of the way of everybody else."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client
from django.utils import timezone

from paraphe.trust.codes import rules as code_rules
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.holders import api as holders
from paraphe.trust.journal import api as journal
from paraphe.trust.ra import api as ra
from paraphe.trust.register import api as register
from paraphe.trust.remote import api as remote
from tests.support.browser import chromium, served, visit
from tests.support.outbox import last_message_to, messages_to
from tests.trust.http.conversation import opened, pushed
from tests.trust.ra.people import ALICE, submitted_case
from tests.trust.remote.holders import (
    MOBILE,
    alices_credential,
    code_on_telephone,
    mallorys_program,
    platform,
    wrong_code,
)

pytestmark = pytest.mark.django_db
BOB = ra.SubjectData("collaborator", "Bob", "Durand", "bob@cabinet-martin.example", MOBILE)


@pytest.fixture
def credential(hierarchy: Path) -> remote.Credential:
    platform()
    mallorys_program()
    return alices_credential()


@pytest.fixture
def alice(client: Client, credential: remote.Credential) -> Client:
    """Alice's browser, signed in."""
    return signed_in(client)


def signed_in(browser: Client, address: str = ALICE.email) -> Client:
    assert browser.post("/holder/enter/", {"address": address})["Location"] == "/holder/code/"
    assert browser.post("/holder/code/", {"code": code_on_telephone()})["Location"] == "/holder/"
    return browser


def text(answer: Any) -> str:
    body = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'").replace("&amp;", "&")
    return " ".join(body.split())


def status(credential: remote.Credential) -> str:
    return remote.certificate_status(credential)


def application_code(secret: str) -> str:
    shown = TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(int(timezone.now().timestamp()))
    return shown.decode()


def with_application(alice: Client) -> str:
    page = alice.get("/holder/factors/application/").content.decode()
    secret = re.search(r'<code class="text-break">([A-Z2-7 ]+)</code>', page)
    assert secret
    plain = secret[1].replace(" ", "")
    answer = alice.post("/holder/factors/application/", {"code": application_code(plain), "label": "Mon téléphone"})
    assert answer["Location"] == "/holder/factors/"
    return plain


@pytest.mark.parametrize("address", [ALICE.email, "Alice.Martin@Cabinet-Martin.example ", "06 12 34 56 78", MOBILE])
def test_alice_comes_in_by_what_she_gave(client: Client, credential: remote.Credential, address: str) -> None:
    page = signed_in(client, address).get("/holder/")
    assert "Alice Martin" in text(page)
    assert "Valable" in text(page)
    assert "no-store" in page["Cache-Control"]
    assert "l'accès à vos certificats" in last_message_to(MOBILE).text


def test_a_stranger_learns_nothing(client: Client, credential: remote.Credential) -> None:
    pages = []
    for address in (ALICE.email, "nobody@example.fr", "+33699999999", "neither"):
        browser = Client()
        answer = browser.post("/holder/enter/", {"address": address})
        assert answer["Location"] == "/holder/code/", address
        page = re.sub(r'value="[^"]{30,}"', "", browser.get("/holder/code/").content.decode())
        pages.append(page)
        assert browser.post("/holder/code/", {"code": "000000"}).status_code == 422
        assert browser.get("/holder/")["Location"] == "/holder/enter/"
    assert len(set(pages)) == 1
    assert len(messages_to(MOBILE)) == 1


def test_codes_cannot_be_guessed(client: Client, credential: remote.Credential) -> None:
    client.post("/holder/enter/", {"address": ALICE.email})
    right = code_on_telephone()
    for _try in range(code_rules.TRIES):
        assert client.post("/holder/code/", {"code": wrong_code()}).status_code == 422
    assert client.post("/holder/code/", {"code": right}).status_code == 422
    assert "holder:sign-in-refused" in journal.about(holder=_holder(credential).pk).values_list("tag", flat=True)


def test_a_session_sleeps_and_ends(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        signed_in(client)
        for _step in range(4):
            clock.shift(timedelta(minutes=14))
            assert client.get("/holder/").status_code == 200
        clock.shift(timedelta(minutes=5))
        assert client.get("/holder/")["Location"] == "/holder/enter/"
    with time_machine.travel(timezone.now(), tick=False) as clock:
        signed_in(client)
        clock.shift(timedelta(minutes=15))
        assert client.get("/holder/")["Location"] == "/holder/enter/"


def test_alice_revokes_for_ever(alice: Client, credential: remote.Credential) -> None:
    page = f"/holder/certificates/{credential.pk}/"
    assert "C'est définitif" in text(alice.get(page + "revoke/"))
    assert "Choisissez une raison" in text(alice.post(page + "revoke/", {}))
    assert status(credential) == "valid"
    assert alice.post(page + "revoke/", {"reason": "key_compromise"}).status_code == 302
    serial = remote.certificate_of(credential).serial_number
    assert register.status_of(serial).reason == "key_compromise"
    assert "Révoqué" in text(alice.get(page))
    assert "révoqué" in last_message_to(ALICE.email).subject
    for again in ("revoke/", "suspend/", "reinstate/", "renew/"):
        alice.post(page + again, {"reason": "superseded"})
    assert register.status_of(serial).reason == "key_compromise"
    assert len(messages_to(ALICE.email)) == 1


def test_a_suspension_stops_signing_and_can_end(alice: Client, credential: remote.Credential) -> None:
    page = f"/holder/certificates/{credential.pk}/"
    alice.post(page + "suspend/")
    assert status(credential) == "suspended"
    with pytest.raises(remote.CredentialUnusable):
        remote.check_usable(credential)
    assert "Rétablir" in text(alice.get(page))
    alice.post(page + "reinstate/")
    assert status(credential) == "valid"
    tags = list(
        journal.about(serial=f"{remote.certificate_of(credential).serial_number:x}").values_list("tag", flat=True)
    )
    assert tags[-2:] == ["certificate:suspended", "certificate:reinstated"]


def test_the_certificate_of_somebody_else_does_not_exist(alice: Client, credential: remote.Credential) -> None:
    mallory = ra.create_subject("platform", ra.SubjectData("member", "Mallory", "Noir", "m@example.fr", "+33611111111"))
    foreign = remote.issue_credential(
        attempt_id=uuid4(), subject=mallory, client_id="platform", profile_name="natural-person"
    )
    for path in ("", "file/"):
        assert alice.get(f"/holder/certificates/{foreign.pk}/{path}").status_code == 404
    for path in ("revoke/", "suspend/", "reinstate/", "renew/"):
        assert alice.post(f"/holder/certificates/{foreign.pk}/{path}", {"reason": "superseded"}).status_code == 404
        assert Client().post(f"/holder/certificates/{foreign.pk}/{path}")["Location"] == "/holder/enter/"
    assert status(foreign) == "valid"
    assert alice.get(f"/holder/certificates/{credential.pk}/file/")["Content-Type"] == "application/pkix-cert"


def test_two_people_on_one_telephone_choose(client: Client, credential: remote.Credential) -> None:
    bobs = remote.issue_credential(
        attempt_id=uuid4(),
        subject=ra.create_subject("platform", BOB),
        client_id="platform",
        profile_name="natural-person",
    )
    signed_in(client, MOBILE)
    assert client.get("/holder/")["Location"] == "/holder/who/"
    page = text(client.get("/holder/who/"))
    assert "Alice Martin" in page
    assert "Bob Durand" in page
    assert client.post("/holder/who/", {"holder": str(uuid4())}).status_code == 404
    client.post("/holder/who/", {"holder": str(_holder(bobs).pk)})
    assert client.get(f"/holder/certificates/{bobs.pk}/").status_code == 200
    assert client.get(f"/holder/certificates/{credential.pk}/").status_code == 404


def test_an_application_signs_instead_of_a_code(alice: Client, credential: remote.Credential) -> None:
    secret = with_application(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False) as clock:
        browser = Client()
        page = opened(browser, credential)
        sent = len(messages_to(MOBILE))
        assert "application d'authentification" in text(browser.get(page))
        assert len(messages_to(MOBILE)) == sent
        wrong = f"{(int(application_code(secret)) + 1) % 1_000_000:06d}"
        assert "Il vous reste 4 essais" in text(browser.post(page, {"way": "totp", "code": wrong}))
        code = application_code(secret)
        assert "code=" in browser.post(page, {"way": "totp", "code": code})["Location"]
        again = opened(browser, credential)
        assert browser.post(again, {"way": "totp", "code": code}).status_code == 422
        clock.shift(timedelta(seconds=30))
        assert "code=" in browser.post(again, {"way": "totp", "code": application_code(secret)})["Location"]


def test_five_wrong_codes_of_an_application_close_the_request(alice: Client, credential: remote.Credential) -> None:
    secret = with_application(alice)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False) as clock:
        browser = Client()
        page = opened(browser, credential)
        wrong = f"{(int(application_code(secret)) + 1) % 1_000_000:06d}"
        for _try in range(5):
            answer = browser.post(page, {"way": "totp", "code": wrong})
        assert "Trop d'essais" in text(answer)
        # Asleep for a quarter of an hour, whatever the request; then the right one is right again.
        page = opened(browser, credential)
        assert "Trop d'essais" in text(browser.post(page, {"way": "totp", "code": application_code(secret)}))
        clock.shift(timedelta(minutes=16))
        page = opened(browser, credential)
        assert "code=" in browser.post(page, {"way": "totp", "code": application_code(secret)})["Location"]


def test_codes_by_sms_can_be_given_up(alice: Client, credential: remote.Credential) -> None:
    alice.post("/holder/factors/codes/", {"allowed": "no"})
    assert _holder(credential).codes_allowed, "not while there is nothing else"
    with_application(alice)
    alice.post("/holder/factors/codes/", {"allowed": "no"})
    browser = Client()
    page = opened(browser, credential)
    sent = len(messages_to(MOBILE))
    shown = text(browser.get(page + "?way=sms"))
    assert "application d'authentification" in shown
    browser.post(page + "resend/")
    browser.post(page, {"way": "sms", "code": "123456"})
    assert len(messages_to(MOBILE)) == sent
    with pytest.raises(remote.CodesNotAllowed):
        remote.send_code(remote.load(_id_in(page)).pk, "Lettre")
    factor = holders.of(_holder(credential))[0]
    alice.post(f"/holder/factors/{factor.pk}/remove/")
    assert _holder(credential).codes_allowed, "nobody locks himself out"
    told = [message.subject for message in messages_to(ALICE.email)]
    assert told == ["Vos façons de valider ont changé"] * 3, "whoever it was, she is told of each change"


def test_who_has_only_the_telephone_may_only_end_the_certificate(alice: Client, credential: remote.Credential) -> None:
    secret = with_application(alice)
    thief = signed_in(Client(), MOBILE)
    page = f"/holder/certificates/{credential.pk}/"
    factor = holders.of(_holder(credential))[0]
    for address in ("/holder/factors/", "/holder/factors/application/", "/holder/factors/passkey/"):
        assert thief.get(address)["Location"] == "/holder/prove/"
    for address in (
        f"/holder/factors/{factor.pk}/remove/",
        "/holder/factors/codes/",
        page + "renew/",
        page + "reinstate/",
    ):
        assert thief.post(address, {"allowed": "yes"})["Location"] == "/holder/prove/"
    assert holders.of(_holder(credential)) == [factor]
    assert thief.post("/holder/prove/", {"way": "totp", "code": "000000"}).status_code == 422
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        proved = thief.post("/holder/prove/", {"way": "totp", "code": application_code(secret)})
        assert proved["Location"] == "/holder/factors/"
    assert signed_in(Client(), MOBILE).post(page + "suspend/").status_code == 302
    assert status(credential) == "suspended"


def test_reminders_come_at_ninety_thirty_and_seven_days(credential: remote.Credential) -> None:
    ends = remote.certificate_of(credential).not_valid_after_utc
    told = []
    for days in (120, 89, 60, 29, 29, 8, 6, 1):
        with time_machine.travel(ends - timedelta(days=days, hours=-1), tick=False):
            told.append(remote.remind())
    assert told == [0, 1, 0, 1, 0, 0, 1, 0]
    assert "expire le" in last_message_to(ALICE.email).subject
    assert "dans 5 jours" in last_message_to(ALICE.email).text


def test_a_renewal_needs_no_new_document(client: Client, hierarchy: Path) -> None:
    platform()
    case = submitted_case("passport")
    person = case.subject
    old = remote.issue_credential(
        attempt_id=uuid4(), subject=person, client_id="platform", profile_name="natural-person"
    )
    ends = remote.certificate_of(old).not_valid_after_utc
    with time_machine.travel(ends - timedelta(days=40), tick=False) as clock:
        signed_in(client)
        page = f"/holder/certificates/{old.pk}/"
        assert "Renouveler" in text(client.get(page))
        refused = client.post(page + "renew/", follow=True)
        assert "vérifiée il y a trop longtemps" in text(refused)
        type(case).objects.filter(pk=case.pk).update(state="approved", decided_at=timezone.now() - timedelta(days=1000))
        began = client.post(page + "renew/")["Location"]
        assert began.endswith("/agreement/")
        assert client.post(page + "renew/")["Location"] == began, "a second click is the same renewal"
        found = enrolment.load(_id_in(began))
        agreement = enrolment.ensure_composed(found.id)
        client.post(began, {"shown": agreement.agreement_sha256, "accepted": "on"})
        client.get(began.replace("agreement", "code"))
        clock.shift(timedelta(seconds=31))
        client.post(began.replace("agreement", "code"), {"code": code_on_telephone()})
        new = remote.of_holder(_holder(old))[0]
        assert new.pk != old.pk
        assert remote.certificate_of(new).public_key() != remote.certificate_of(old).public_key()
        assert status(old) == status(new) == "valid"
        assert remote.credentials_of("platform", person.pk)[0].pk == new.pk, "the platform finds it by itself"
        assert not remote.is_renewable(old)
        assert remote.remind() == 0


def _holder(credential: remote.Credential) -> holders.Holder:
    return holders.holder_of(credential.subject)


def _id_in(path: str) -> UUID:
    found = re.search(r"[0-9a-f-]{36}", path)
    assert found
    return UUID(found[0])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch, chromium() as found:
        # The browser's driver runs a loop in this thread; the database is asked between its steps, never during one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield found


@pytest.mark.django_db(transaction=True)
def test_a_passkey_signs_what_the_page_shows(
    browser: Any, credential: remote.Credential, settings: Any, tmp_path: Path
) -> None:
    with served() as address:
        site = address.replace("127.0.0.1", "localhost")
        settings.SITE_URL = site
        with visit(browser, site + "/revocation/") as seen:
            page = seen.page
            device = page.context.new_cdp_session(page)
            device.send("WebAuthn.enable")
            device.send(
                "WebAuthn.addVirtualAuthenticator",
                {
                    "options": {
                        "protocol": "ctap2",
                        "transport": "internal",
                        "hasUserVerification": True,
                        "isUserVerified": True,
                        "hasResidentKey": True,
                    }
                },
            )
            assert seen.violations() == []
            page.fill("input[name=address]", ALICE.email)
            page.click("button[type=submit].btn-primary")
            page.fill("input[name=code]", code_on_telephone())
            page.click("button[type=submit].btn-primary")
            assert seen.violations() == []
            page.goto(site + "/holder/factors/passkey/")
            page.fill("input[name=label]", "Clé du bureau")
            page.click("[data-passkey-button]")
            page.wait_for_url("**/holder/factors/")
            assert "Clé du bureau" in page.inner_text("main")
            assert seen.violations() == []

            request_uri = pushed(credential).json()["request_uri"]
            page.goto(f"{site}/oauth2/authorize?client_id=platform&request_uri={request_uri}")
            assert seen.violations() == []
            assert seen.overflow() == 0
            with page.expect_request("https://platform.example/**") as returned:
                page.click("[data-passkey-button]")
            assert "code=" in returned.value.url
    used = journal.JournalEntry.rows().filter(tag="factor:used").last()
    assert used is not None
    assert {"client_data", "authenticator_data", "signature", "nonce", "binding"} <= set(used.data)
