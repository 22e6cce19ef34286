"""Alice in front of the page: two tabs, the back button, wrong codes, a lost session."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone

from paraphe.trust.codes import api as codes
from paraphe.trust.codes import rules as code_rules
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from tests.support.outbox import last_message_to, messages_to
from tests.trust.http.conversation import arrive, details, opened, pushed, query_of, redeemed
from tests.trust.remote.holders import LETTER, MOBILE, REPORT, RETURN, code_on_telephone, wrong_code

pytestmark = pytest.mark.django_db


def _text(answer: Any) -> str:
    """Return what a person reads, with plain apostrophes."""
    body = re.sub(r"<[^>]+>", " ", answer.content.decode()).replace("&#x27;", "'").replace("&amp;", "&")
    return " ".join(body.split())


def test_the_page_says_who_asks_whose_certificate_and_what(client: Client, credential: remote.Credential) -> None:
    documents = [("Lettre de mission <b>", LETTER), ("Rapport", REPORT)]
    answer = client.get(opened(client, credential, authorization_details=details(credential, documents)))
    text = _text(answer)
    assert "Paraphe vous demande de signer avec le certificat de Alice Martin" in text
    assert "Signer 2 documents" in text
    assert "Lettre de mission &lt;b&gt;" in text
    assert LETTER.hex() in text
    assert REPORT.hex() in text
    assert MOBILE not in text
    assert "+33" in text
    assert text.count("78") >= 1
    assert "« Lettre de mission <b> et 1 autre »" in last_message_to(MOBILE).text
    assert code_on_telephone() not in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]


def test_the_page_is_in_the_language_of_the_request(client: Client, credential: remote.Credential) -> None:
    given = details(credential, [("Engagement letter", LETTER)], locale="en-GB")
    answer = client.get(opened(client, credential, authorization_details=given))
    assert "asks you to sign with the certificate of" in _text(answer)
    assert "is your code to sign" in last_message_to(MOBILE).text


def test_reloads_and_tabs_send_one_code(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    for _tab in range(3):
        assert client.get(page).status_code == 200
    assert len(messages_to(MOBILE)) == 1


def test_the_link_leads_the_same_browser_back_to_its_page(client: Client, credential: remote.Credential) -> None:
    link = pushed(credential).json()["request_uri"]
    first, again = arrive(client, link), arrive(client, link)
    assert first["Location"] == again["Location"]


def test_another_browser_sees_the_same_as_for_nothing(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    stranger = Client()
    for path in (page, page + "resend/", page + "refuse/", page + "return/"):
        foreign = stranger.post(path, {"code": "123456"})
        absent = stranger.post(path.replace(page, "/authorise/4f2e1c1e-5f5f-4d4d-8a8a-0123456789ab/"))
        assert foreign.status_code == absent.status_code == 404
        assert "n'est plus ouverte ici" in _text(foreign)
    assert stranger.get(page).status_code == 404
    assert messages_to(MOBILE) == []


def test_an_expired_session_is_a_clear_page_and_signs_nothing(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    client.get(page)
    client.session.flush()
    client.cookies.clear()
    answer = client.post(page, {"code": code_on_telephone()})
    assert answer.status_code == 404
    assert "votre session a expiré" in _text(answer)


def test_a_wrong_code_says_how_many_tries_are_left(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    client.get(page)
    answer = client.post(page, {"code": wrong_code()})
    assert answer.status_code == 422
    assert "Ce code n'est pas le bon. Il vous reste 4 essais." in _text(answer)
    assert "six chiffres" in _text(client.post(page, {"code": "12"}))
    assert "Saisissez le code" in _text(client.post(page, {}))
    assert client.post(page, {"code": code_on_telephone()}).status_code == 302


def test_five_wrong_codes_close_the_request(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    client.get(page)
    for _try in range(5):
        answer = client.post(page, {"code": wrong_code()})
    assert "Trop d'essais" in _text(answer)
    for again in (client.get(page), client.post(page, {"code": "123456"}), client.post(page + "resend/")):
        assert "Trop d'essais" in _text(again)
    way_back = re.search(r'href="(https://platform.example[^"]+)"', answer.content.decode())
    assert way_back
    assert "error=access_denied" in way_back.group(1)
    tags = journal.about(credential=credential.pk).values_list("tag", flat=True)
    assert "authorisation:locked" in tags
    assert list(tags).count("authorisation:code-refused") == 4


def test_the_code_of_another_request_is_named(client: Client, credential: remote.Credential) -> None:
    first = opened(client, credential)
    client.get(first)
    code_of_first = code_on_telephone()
    second = opened(client, credential, authorization_details=details(credential, [("Rapport", REPORT)]))
    client.get(second)
    answer = client.post(second, {"code": code_of_first})
    assert "envoyé pour une autre demande. Prenez celui du SMS qui nomme « Rapport »" in _text(answer)


def test_another_code_after_thirty_seconds(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = opened(client, credential)
        client.get(page)
        assert "Patientez quelques secondes" in _text(client.post(page + "resend/", follow=True))
        clock.shift(timedelta(seconds=30))
        assert "Un nouveau code vous est envoyé" in _text(client.post(page + "resend/", follow=True))
        assert len(messages_to(MOBILE)) == 1, "the first never left: it was taken back"
        assert client.post(page, {"code": code_on_telephone()}).status_code == 302


def test_an_expired_code_may_be_replaced(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = opened(client, credential)
        client.get(page)
        clock.shift(timedelta(minutes=6))
        assert "n'est plus valable" in _text(client.post(page, {"code": code_on_telephone()}))
        client.post(page + "resend/")
        assert client.post(page, {"code": code_on_telephone()}).status_code == 302


def test_after_fifteen_minutes_the_request_is_over(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = opened(client, credential)
        client.get(page)
        clock.shift(timedelta(minutes=15))
        for answer in (client.get(page), client.post(page, {"code": code_on_telephone()})):
            assert "Le délai est dépassé" in _text(answer)


def test_a_refusal_goes_back_with_the_state(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    client.get(page)
    for _click in range(2):
        answer = client.post(page + "refuse/")
        assert answer["Location"].startswith(RETURN)
        told = {"error": "access_denied", "state": "the state of the platform & more", "iss": settings.SITE_URL}
        assert query_of(answer) == told
    assert "Vous avez refusé de signer" in _text(client.get(page))
    assert "Vous avez refusé de signer" in _text(client.post(page, {"code": code_on_telephone()}))


def test_a_second_click_and_a_second_tab_go_the_same_way(client: Client, credential: remote.Credential) -> None:
    page = opened(client, credential)
    client.get(page)
    code = code_on_telephone()
    first, second = client.post(page, {"code": code}), client.post(page, {"code": code})
    assert first["Location"] == second["Location"]
    assert "Vous avez validé cette signature" in _text(client.get(page))
    assert client.post(page + "return/")["Location"] == first["Location"]
    assert redeemed(query_of(first)["code"]).status_code == 200
    for late in (client.get(page), client.post(page, {"code": code}), client.post(page + "return/")):
        assert "Cette demande est terminée" in _text(late)
    assert "Vous avez validé" in _text(client.post(page + "refuse/"))


def test_a_browser_closed_on_the_way_back_finds_it_again(client: Client, credential: remote.Credential) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        page = opened(client, credential)
        client.get(page)
        lost = query_of(client.post(page, {"code": code_on_telephone()}))["code"]
        clock.shift(timedelta(minutes=2))
        found = query_of(client.post(page + "return/"))["code"]
        assert redeemed(lost).status_code == 400
        assert redeemed(found).status_code == 200


def test_a_process_killed_after_the_code_was_right(
    client: Client, credential: remote.Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = opened(client, credential)
    client.get(page)
    code, checking = code_on_telephone(), codes.check

    def die(*args: Any) -> None:
        checking(*args)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(codes, "check", die)
        with pytest.raises(KeyboardInterrupt):
            client.post(page, {"code": code})
    assert redeemed(query_of(client.post(page, {"code": code}))["code"]).status_code == 200


def test_too_many_codes_are_said_so(client: Client, credential: remote.Credential) -> None:
    for number in range(code_rules.MOST_PER_HOUR):
        codes.send(purpose="signature", subject="x", mobile_e164=MOBILE, binding=str(number).encode(), language="fr")
    answer = client.get(opened(client, credential))
    assert "Aucun code n'a été envoyé" in _text(answer)
    assert len(messages_to(MOBILE)) == code_rules.MOST_PER_HOUR


def test_nothing_else_may_frame_or_script_the_page(client: Client, credential: remote.Credential) -> None:
    answer = client.get(opened(client, credential))
    policy = answer["Content-Security-Policy"]
    assert "https://platform.example" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_forms_need_their_token(credential: remote.Credential) -> None:
    browser = Client(enforce_csrf_checks=True)
    page = opened(browser, credential)
    browser.get(page)
    assert browser.post(page, {"code": code_on_telephone()}).status_code == 403


@pytest.mark.parametrize("query", [{}, {"client_id": "platform"}, {"request_uri": "urn:x"}, {"client_id": "\x00"}])
def test_an_address_that_is_wrong_is_a_clear_page(db: None, query: dict) -> None:
    answer = Client().get("/oauth2/authorize", query)
    assert answer.status_code == 404
    assert "n'est plus ouverte ici" in _text(answer)
