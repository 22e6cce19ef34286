"""Files in parts: any order, repeats, wrong places, lost networks; one document at the end, or nothing left."""

import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from paraphe.floor.files import api as files
from paraphe.floor.files.models import StoredFile
from paraphe.kernel.errors import NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.documents import uploads
from paraphe.platform.documents.models import Document, Upload, UploadPart
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from tests.journeys.visitor import pdf_of
from tests.platform.documents.people import actor, here, keeps
from tests.platform.documents.test_documents import as_person
from tests.support import cast

pytestmark = pytest.mark.django_db
LETTER = pdf_of("Lettre de mission", pages=2)


def begun(person: Any, firm: Any, data: bytes, key: uuid.UUID | None = None) -> documents.UploadView:
    return documents.begin(person=person, firm=firm, key=key or uuid.uuid4(), filename="Lettre.pdf", size=len(data))


def sent(person: Any, firm: Any, view: documents.UploadView, offset: int, data: bytes) -> documents.UploadView:
    return documents.receive(
        actor=actor(person), person=person, firm=firm, upload_id=view.id, offset=offset, read=io.BytesIO(data).read
    )


@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(steps=st.lists(st.tuples(st.integers(-3, len(LETTER) + 3), st.integers(0, 700)), max_size=25))
def test_whatever_is_sent_in_whatever_order_the_document_is_what_was_begun(steps: list[tuple[int, int]]) -> None:
    """Parts at any place, again, overlapping; then what is missing: always exactly the file, once."""
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    Document.objects.all().delete()
    view = begun(alice, firm, LETTER)
    at = 0
    for offset, length in steps:
        # Half of the steps go on where the upload is, the others try their own place.
        where = at if offset % 2 else max(offset, 0)
        part = LETTER[where : where + length]
        if where != at and view.state == "receiving":
            with pytest.raises(documents.WrongOffset) as told:
                sent(alice, firm, view, where, part)
            assert told.value.params["offset"] == at
            continue
        view = sent(alice, firm, view, where, part)
        at = view.offset if view.state == "done" else at + len(part)
        assert view.offset == at
    while view.state == "receiving":
        view = sent(alice, firm, view, at, LETTER[at : at + 900])
        at = view.offset
    assert view.state == "done"
    assert view.document_id is not None
    assert documents.content(alice, firm, view.document_id) == LETTER
    again = sent(alice, firm, view, 0, LETTER[:10])
    assert again.document_id == view.document_id
    assert Document.objects.count() == 1
    assert not UploadPart.objects.exists()


def test_the_same_key_goes_on_and_belongs_to_one_person_in_one_firm() -> None:
    alice, bob, firm = here(cast.ALICE), here(cast.BOB), cast.firm(cast.MARTIN)
    key = uuid.uuid4()
    view = begun(alice, firm, LETTER, key)
    sent(alice, firm, view, 0, LETTER[:100])
    assert begun(alice, firm, LETTER, key).offset == 100
    other = begun(bob, firm, LETTER, key)
    assert (other.id == view.id, other.offset) == (False, 0)
    with pytest.raises(NotFound):
        documents.progress(bob, firm, view.id)
    with pytest.raises(NotFound):
        sent(bob, firm, view, 100, b"x")
    with pytest.raises(NotFound):
        documents.abandon(person=bob, firm=firm, upload_id=view.id)
    documents.abandon(person=alice, firm=firm, upload_id=view.id)
    assert not StoredFile.objects.filter(purpose="documents.part").exists()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [(b"%PDF-1.7 no more", "truncated"), (b"no pdf at all", "not_a_pdf"), (LETTER[:-400], "truncated")],
)
def test_a_bad_file_is_refused_with_its_reason_and_leaves_nothing(data: bytes, refusal: str) -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    view = sent(alice, firm, begun(alice, firm, data), 0, data)
    assert (view.state, view.refusal) == ("refused", refusal)
    assert not StoredFile.objects.exists()
    assert not Document.objects.exists()


def test_too_large_and_empty_are_refused_before_a_byte_is_sent(settings: Any) -> None:
    settings.MAX_PDF_BYTES = 2_000_000
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    large = documents.begin(person=alice, firm=firm, key=uuid.uuid4(), filename="x.pdf", size=200_000_000)
    assert (large.state, large.refusal, large.limit) == ("refused", "file_too_large", 2_000_000)
    assert begun(alice, firm, b"").refusal == "empty"
    view = begun(alice, firm, LETTER)
    with pytest.raises(documents.FileTooLarge):
        sent(alice, firm, view, 0, LETTER + b"more than was said")
    assert documents.progress(alice, firm, view.id).offset == 0
    assert not StoredFile.objects.exists()


def test_who_may_not_bring_begins_nothing_and_a_firm_that_left_takes_nothing() -> None:
    hugo, alice, firm = here(cast.HUGO), here(cast.ALICE), cast.firm(cast.MARTIN)
    with pytest.raises(documents.MayNot):
        begun(hugo, firm, LETTER)
    view = begun(alice, firm, LETTER)
    firms.close(actor=actor(alice), person=alice, firm=firm, typed_siren=firm.siren)
    with pytest.raises(firms.FirmClosed):
        sent(alice, firm, view, 0, LETTER)


def test_the_same_bytes_twice_are_one_document() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    first = sent(alice, firm, begun(alice, firm, LETTER), 0, LETTER)
    second = sent(alice, firm, begun(alice, firm, LETTER), 0, LETTER)
    assert (first.known, second.known, second.document_id) == (False, True, first.document_id)
    assert Document.objects.count() == 1


def test_more_at_once_than_a_person_needs_is_asked_to_wait() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    for _ in range(uploads.MOST_AT_ONCE):
        begun(alice, firm, LETTER)
    with pytest.raises(documents.TooBusy):
        begun(alice, firm, LETTER)
    with time_machine.travel(timezone.now() + timedelta(minutes=3), tick=True):
        assert begun(alice, firm, LETTER).state == "receiving"


def test_what_stopped_in_the_middle_is_finished_and_what_nobody_goes_on_with_is_forgotten() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    left = begun(alice, firm, LETTER)
    sent(alice, firm, left, 0, LETTER[:100])
    stopped = begun(alice, firm, LETTER)
    uploads._store(Upload.objects.get(pk=stopped.id), 0, LETTER)
    # Killed between the last part and the document: the claim is as old as that moment.
    Upload.objects.filter(pk=stopped.id).update(state="checking")
    assert sent(alice, firm, stopped, len(LETTER), b"").state == "checking"
    with time_machine.travel(timezone.now() + timedelta(minutes=5), tick=True):
        uploads.sweep()
    assert documents.progress(alice, firm, stopped.id).state == "done"
    assert Document.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=10), tick=True):
        uploads.sweep()
    assert not Upload.objects.exists()
    assert not StoredFile.objects.filter(purpose="documents.part").exists()


def test_no_room_on_the_disk_keeps_what_came_and_goes_on_later(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    view = begun(alice, firm, LETTER)

    store = files.store

    def full(content: bytes, *, purpose: str) -> files.FileRef:
        if purpose == "document":
            raise files.StorageFull
        return store(content, purpose=purpose)

    with monkeypatch.context() as patch:
        patch.setattr(files, "store", full)
        with pytest.raises(files.StorageFull):
            sent(alice, firm, view, 0, LETTER)
    assert documents.progress(alice, firm, view.id).offset == len(LETTER)
    assert sent(alice, firm, view, len(LETTER), b"").state == "done"


# --- over HTTP --------------------------------------------------------------------------------------------------------


def post(
    client: Client, data: bytes, *, size: int | None = None, key: str | None = None, name: str = "L%C3%A9tat.pdf"
) -> Any:
    """Begin as the script does, with the first part."""
    return client.post(
        reverse("upload-begin"),
        data,
        content_type="application/octet-stream",
        headers={"Upload-Key": key or str(uuid.uuid4()), "Upload-Length": str(size or len(data)), "Upload-Name": name},
    )


def test_a_small_file_comes_in_one_request() -> None:
    client, _ = as_person(cast.ALICE)
    answer = post(client, LETTER)
    assert answer.status_code == 201
    told = answer.json()
    assert told["state"] == "done"
    assert Document.objects.get().title == "Létat"
    assert told["document"] == reverse("document", args=[Document.objects.get().pk])
    assert client.get(told["address"]).json()["state"] == "done"


def test_parts_follow_and_a_wrong_place_is_told() -> None:
    client, _ = as_person(cast.ALICE)
    told = post(client, LETTER[:300], size=len(LETTER)).json()
    assert (told["state"], told["offset"]) == ("receiving", 300)

    def patch(offset: object, data: bytes) -> Any:
        headers = {"Upload-Offset": str(offset)}
        return client.patch(told["address"], data, content_type="application/octet-stream", headers=headers)

    wrong = patch(0, LETTER[:300])
    assert (wrong.status_code, wrong.json()["offset"]) == (409, 300)
    for bad in ("", "x", "-1", "1e3", "9" * 30):
        assert patch(bad, b"x").status_code == 400
    assert patch(300, LETTER[300:]).json()["state"] == "done"


def test_bad_requests_are_answered_in_json_with_a_sentence() -> None:
    client, _ = as_person(cast.ALICE)
    for key, size in (("no key", 10), (str(uuid.uuid4()), "many")):
        headers = {"Upload-Key": key, "Upload-Length": str(size)}
        answer = client.post(reverse("upload-begin"), b"", content_type="application/octet-stream", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_request")
    lost = client.get(reverse("upload", args=[uuid.uuid4()]))
    assert (lost.status_code, lost.json()["code"]) == (404, "not_found")
    refused = post(client, b"hello").json()
    assert refused["state"] == "refused"
    assert "pas un PDF" in refused["reason"]
    hugo, _ = as_person(cast.HUGO)
    answer = post(hugo, LETTER)
    assert (answer.status_code, "droit" in answer.json()["reason"]) == (403, True)
    gone = post(client, LETTER[:50], size=len(LETTER)).json()["address"]
    assert client.delete(gone).status_code == 204
    assert client.get(gone).status_code == 404


def test_without_a_script_one_bad_file_costs_one_file() -> None:
    client, alice = as_person(cast.ALICE)
    good = [SimpleUploadedFile(f"Bulletin {n}.pdf", pdf_of(f"Bulletin {n}")) for n in range(3)]
    answer = client.post(reverse("document-add"), {"file": [*good, SimpleUploadedFile("Photo.jpg", b"hello")]})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Photo.jpg" in page
    assert "pas un PDF" in page
    assert "3 documents sont ajoutés" in page
    assert Document.objects.count() == 3
    assert keeps(alice, cast.firm(cast.MARTIN)).title == "Lettre"


def test_several_small_files_come_in_one_request_and_a_bad_one_costs_itself() -> None:
    client, _ = as_person(cast.ALICE)
    first, second = pdf_of("Bulletin de Noël"), pdf_of("Bulletin d'Ωmega")
    brought = {"Noël.pdf": first, "Photo.jpg": b"hello", "Ωmega.pdf": second, "Copie.pdf": first, "Vide.pdf": b""}
    brought |= {"Lourd.pdf": b"%PDF-" + b" " * documents.MOST_OCTETS_TOGETHER}
    keys = [str(uuid.uuid4()) for _ in brought]

    def send(keys: list[str]) -> Any:
        files = [SimpleUploadedFile(name, data) for name, data in brought.items()]
        return client.post(reverse("upload-together"), {"file": files, "key": keys})

    answer = send(keys)
    assert answer.status_code == 201
    told = answer.json()["results"]
    assert [one["state"] for one in told] == ["done", "refused", "done", "done", "refused", "refused"]
    assert [one["known"] for one in told] == [False, False, False, True, False, False]
    assert told[3]["document"] == told[0]["document"]
    for number, reason in ((1, "pas un PDF"), (4, "est vide"), (5, "trop lourd")):
        assert reason in told[number]["reason"]
    assert {one.title for one in Document.objects.all()} == {"Noël", "Ωmega"}
    assert StoredFile.objects.count() == 2
    for one in Document.objects.all():
        assert [entry.tag for entry in evidence.history(document=str(one.pk))] == ["document:added"]
    assert send(keys).json()["results"] == told, "the same keys: the same uploads"
    again = send([str(uuid.uuid4()) for _ in brought]).json()["results"]
    assert [one["known"] for one in again] == [True, False, True, True, False, False]
    assert Document.objects.count() == 2


def test_a_group_without_its_keys_or_without_the_right_is_refused_as_a_whole() -> None:
    client, _ = as_person(cast.ALICE)
    many = documents.MOST_TOGETHER + 1
    for brought, keys in ((0, 0), (1, 0), (1, 2), (many, many)):
        data = {
            "file": [SimpleUploadedFile(f"{n}.pdf", LETTER) for n in range(brought)],
            "key": [str(uuid.uuid4()) for _ in range(keys)],
        }
        assert client.post(reverse("upload-together"), data).status_code == 400
    one = {"file": SimpleUploadedFile("a.pdf", LETTER), "key": "no key"}
    assert client.post(reverse("upload-together"), one).json()["code"] == "bad_request"
    hugo, _ = as_person(cast.HUGO)
    answer = hugo.post(reverse("upload-together"), {**one, "key": str(uuid.uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (403, "may_not")
    assert not Document.objects.exists()


def test_no_room_for_a_group_keeps_nothing_of_it_and_it_can_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    group = [documents.Brought(uuid.uuid4(), f"{n}.pdf", pdf_of(f"Lettre {n}")) for n in range(3)]
    stored: list[object] = []

    def full(content: bytes, *, purpose: str) -> files.FileRef:
        if len(stored) == 2:
            raise files.StorageFull()
        stored.append(content)
        return store(content, purpose=purpose)

    store = files.store
    with monkeypatch.context() as patch:
        patch.setattr(files, "store", full)
        with pytest.raises(files.StorageFull):
            documents.add_many(actor=actor(alice), person=alice, firm=firm, brought=group)
    assert not Document.objects.exists()
    assert not Upload.objects.exists()
    assert not StoredFile.objects.exists()
    views = documents.add_many(actor=actor(alice), person=alice, firm=firm, brought=group)
    assert [one.state for one in views] == ["done"] * 3
