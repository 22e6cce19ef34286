"""Alice goes from the platform's link to the code, straight and crooked."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
import time_machine

from paraphe.floor.files import api as files
from paraphe.trust.enrolment import agreement
from paraphe.trust.enrolment import api as enrolment
from paraphe.trust.enrolment.models import Enrolment, EnrolmentLink
from paraphe.trust.ra import api as ra
from tests.support.identity_photos import card, encoded, grey_copy, photo
from tests.support.outbox import last_message_to, messages_to
from tests.trust.conftest import SiteSettings
from tests.trust.pages.holder import EMAIL, MOBILE, Holder, Platform, code_for, decide, side, wrong

pytestmark = pytest.mark.django_db
STEPS = ("kind", "front", "back", "check", "review", "agreement", "code", "issuing", "done", "refused", "expired")


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def alice(platform: Platform) -> Holder:
    holder = Holder()
    assert holder.enter(platform.enrol()["url"]).status_code == 302
    return holder


def text_of(answer: object) -> str:
    return getattr(answer, "content", b"").decode()


def test_a_link_opens_once(platform: Platform) -> None:
    url = platform.enrol()["url"]
    alice, mallory = Holder(), Holder()
    assert alice.enter(url).status_code == 302
    assert alice.here() == "kind"
    assert mallory.enter(url).status_code == 410
    assert mallory.get().status_code == 404
    # Alice's own back button leads her on.
    assert alice.enter(url).status_code == 302


def test_a_link_grows_old(platform: Platform) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        url = platform.enrol()["url"]
        clock.shift(timedelta(minutes=11))
        answer = Holder().enter(url)
    assert answer.status_code == 410
    assert "ne fonctionne plus" in text_of(answer)


def test_only_the_hash_of_a_link_is_kept(platform: Platform) -> None:
    token = platform.enrol()["url"].rstrip("/").rpartition("/")[2]
    assert token not in str(list(EnrolmentLink.objects.values()))


def test_a_stranger_sees_nothing(alice: Holder) -> None:
    mallory = Holder()
    mallory.id = alice.id
    for step in ("", "image/front.jpg", "progress/", "agreement/1.png", *(f"{step}/" for step in STEPS)):
        assert mallory.get(step).status_code == 404
    alice.id = str(uuid4())
    assert alice.get().status_code == 404


def test_no_step_is_skipped_and_none_replayed(alice: Holder) -> None:
    for step in STEPS:
        answer = alice.get(f"{step}/")
        assert (answer.status_code, step) == (200, "kind") or answer["Location"].endswith("/kind/")
    alice.up_to_review("identity_card")
    assert alice.here() == "review"
    for step in STEPS:
        answer = alice.post(f"{step}/", kind="passport", code="000000")
        assert answer.status_code in (302, 405)
    assert Enrolment.objects.get().status == "review"
    assert alice.get("image/front.jpg").status_code == 302


def test_one_side_after_the_other(alice: Holder) -> None:
    alice.post("kind/", kind="identity_card")
    assert alice.here() == "front"
    assert alice.get("back/")["Location"].endswith("/front/")
    alice.send("front", side("front"))
    assert alice.here() == "back"
    alice.send("back", side("back"))
    assert alice.here() == "check"
    shown = alice.get("image/back.jpg")
    assert shown["Content-Type"] == "image/jpeg"
    assert "no-store" in shown["Cache-Control"]
    # A second tab, still on the kind of document, may change it: the photographs of the other kind go.
    alice.post("kind/", kind="passport")
    assert alice.here() == "front"
    assert alice.get("image/front.jpg").status_code == 404


def test_a_pdf_with_both_sides_is_enough(alice: Holder) -> None:
    alice.post("kind/", kind="identity_card")
    both = encoded(photo(card()), "PDF", save_all=True, append_images=[photo(card(side="back"))])
    alice.send("front", both, "scan.jpg")
    assert alice.here() == "check"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "vide"),
        (b"hello", "ni une photo JPG"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "HEIC"),
        (b"%PDF-1.7 and nothing", "endommag"),
        (encoded(grey_copy(photo())), "noir et blanc"),
        (bytes(10_000_002), "10 Mo"),
    ],
    ids=["empty", "text", "HEIC", "half a PDF", "photocopy", "too large"],
)
def test_a_bad_photograph_is_refused_at_once_with_its_reason(alice: Holder, data: bytes, sentence: str) -> None:
    alice.post("kind/", kind="passport")
    answer = alice.send("front", data)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert alice.here() == "front"
    alice.send("front", side("front"))
    assert alice.here() == "check"


def test_without_a_file_one_is_asked_for(alice: Holder) -> None:
    alice.post("kind/", kind="passport")
    assert alice.post("front/").status_code == 422


def test_a_kind_that_is_switched_off_cannot_be_chosen(alice: Holder, settings: SiteSettings) -> None:
    settings.IDENTITY_DOCUMENTS = ["passport"]
    assert "driving_licence" not in text_of(alice.get("kind/"))
    assert alice.post("kind/", kind="driving_licence").status_code == 422
    assert alice.post("kind/").status_code == 422


def test_photographs_are_not_sent_for_ever(alice: Holder) -> None:
    alice.post("kind/", kind="passport")
    Enrolment.objects.update(photographs=30)
    answer = alice.send("front", side("front"))
    assert answer.status_code == 422
    assert "assistance" in text_of(answer)


def test_the_waiting_page_moves_on_by_itself(alice: Holder) -> None:
    alice.up_to_review()
    assert alice.get("progress/").status_code == 204
    decide(alice.id, ra.Verdict.APPROVE)
    assert alice.get("progress/")["HX-Redirect"].endswith("/agreement/")


def test_a_decision_is_mailed_with_a_link_that_scanners_do_not_use_up(alice: Holder) -> None:
    alice.up_to_agreement()
    text = last_message_to(EMAIL).text
    url = next(word for word in text.split() if "/enter/" in word)
    telephone = Holder()
    scanned = telephone.enter(url)
    assert scanned.status_code == 200
    assert telephone.get().status_code == 404
    assert telephone.http.post(urlsplit(url).path).status_code == 302
    assert telephone.here() == "agreement"
    assert telephone.http.post(urlsplit(url).path)["Location"].endswith(f"/{alice.id}/")
    assert Holder().http.post(urlsplit(url).path).status_code == 410
    assert len(messages_to(EMAIL)) == 1


def test_another_photograph_is_asked_for(alice: Holder) -> None:
    alice.up_to_review("identity_card")
    decide(alice.id, ra.Verdict.RETAKE, "glare")
    assert alice.here() == "front"
    assert "Un reflet masque" in text_of(alice.get("front/"))
    assert "reflet" in last_message_to(EMAIL).text
    alice.send("front", side("front"))
    alice.send("back", side("back"))
    alice.post("check/")
    assert alice.here() == "review"
    decide(alice.id, ra.Verdict.APPROVE)
    assert alice.here() == "agreement"


def test_a_refused_identity_is_told_why(alice: Holder) -> None:
    alice.up_to_review()
    decide(alice.id, ra.Verdict.REFUSE, "other_person")
    page = text_of(alice.get("refused/"))
    assert "celui de votre demande" in page
    assert f"request={alice.id}&amp;state=opaque" in page
    assert "celui de votre demande" in last_message_to(EMAIL).text
    assert "/enter/" not in last_message_to(EMAIL).text
    assert bytes(enrolment.load(UUID(alice.id)).subject.mobile_sealed) == b""


def test_a_request_expires(alice: Holder, platform: Platform) -> None:
    Enrolment.objects.update(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert platform.status(alice.id)["status"] == "expired"
    assert alice.here() == "expired"
    assert alice.get("expired/").status_code == 200


def test_the_agreement_is_shown_page_by_page(alice: Holder) -> None:
    alice.up_to_agreement()
    page = text_of(alice.get("agreement/"))
    found = enrolment.load(UUID(alice.id))
    assert found.agreement_sha256 in page
    for number in range(1, found.agreement_pages + 1):
        assert f"/agreement/{number}.png" in page
        assert alice.get(f"agreement/{number}.png")["Content-Type"] == "image/png"
    assert alice.get(f"agreement/{found.agreement_pages + 1}.png").status_code == 404
    assert alice.get("agreement/accord-de-souscription.pdf").content.startswith(b"%PDF-")


def test_the_agreement_must_be_ticked(alice: Holder) -> None:
    alice.up_to_agreement()
    alice.get("agreement/")
    answer = alice.post("agreement/", shown=enrolment.load(UUID(alice.id)).agreement_sha256)
    assert answer.status_code == 422
    assert alice.here() == "agreement"


def test_another_agreement_than_the_one_shown_is_not_accepted(
    alice: Holder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice.up_to_agreement()
    alice.get("agreement/")
    assert alice.post("agreement/", shown="0" * 64, accepted="on")["Location"].endswith("/agreement/")
    assert "a changé" in text_of(alice.get("agreement/"))
    old = enrolment.load(UUID(alice.id)).agreement_sha256
    text = "# Un autre accord\n\n[person]\n\n[signature]"
    (tmp_path / "subscription-agreement.fr.txt").write_text(text, encoding="utf-8")
    monkeypatch.setattr(agreement, "_TEXTS", tmp_path)
    assert alice.post("agreement/", shown=old, accepted="on")["Location"].endswith("/agreement/")
    assert alice.here() == "agreement"


def test_an_agreement_that_changes_after_it_was_accepted_is_not_signed(alice: Holder) -> None:
    alice.up_to_code()
    forged = files.store(b"%PDF-1.7 something else", purpose="enrolment.agreement")
    Enrolment.objects.update(agreement_file=forged.id)
    answer = alice.post("code/", code=code_for())
    assert answer["Location"].endswith("/agreement/")
    assert "a changé" in text_of(alice.get("agreement/"))
    assert Enrolment.objects.get().credential_id is None


def test_the_code_is_sent_once_and_hides_the_number(alice: Holder) -> None:
    alice.up_to_code()
    page = text_of(alice.get("code/"))
    alice.get("code/")
    assert len(messages_to(MOBILE)) == 1
    assert MOBILE not in page
    assert "accord de souscription" in last_message_to(MOBILE).text


def test_a_new_code_replaces_the_old_one(alice: Holder) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        alice.up_to_code()
        first = code_for()
        alice.post("code/resend/")
        assert len(messages_to(MOBILE)) == 1
        clock.shift(timedelta(seconds=31))
        alice.post("code/resend/")
        assert len(messages_to(MOBILE)) == 1, "the first had not left: it was taken back"
        if code_for() != first:
            assert alice.post("code/", code=first).status_code == 422


def test_five_wrong_codes_and_a_pause(alice: Holder) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        alice.up_to_code()
        right = code_for()
        for left in (4, 3, 2):
            assert f"reste {left} essais" in text_of(alice.post("code/", code=wrong(right)))
        assert "reste 1 essai." in text_of(alice.post("code/", code=wrong(right)))
        assert "cinq fois" in text_of(alice.post("code/", code=wrong(right)))
        assert alice.post("code/", code=right).status_code == 422
        alice.post("code/resend/")
        assert len(messages_to(MOBILE)) == 1
        clock.shift(timedelta(minutes=11))
        alice.post("code/resend/")
        assert len(messages_to(MOBILE)) == 2
        assert Enrolment.objects.get().status == "code"


def test_a_code_has_six_digits(alice: Holder) -> None:
    alice.up_to_code()
    for value in ("", "12345", "1234567", "abcdef", "１２３４５６x"):
        assert alice.post("code/", code=value).status_code == 422


def test_pages_speak_english_to_who_comes_in_english(platform: Platform) -> None:
    alice = Holder()
    alice.enter(platform.enrol(locale="en")["url"])
    assert "Which identity document" in text_of(alice.get("kind/"))
