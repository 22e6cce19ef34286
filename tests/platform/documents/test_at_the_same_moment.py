"""Two at the same moment, on a real database: one document, one event, nothing half done."""

import io
import threading
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from paraphe.floor.files.models import StoredFile
from paraphe.floor.jobs import worker
from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.documents import api as documents
from paraphe.platform.documents.models import Document, Upload
from paraphe.platform.evidence import api as evidence
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import give_certificate
from tests.platform.documents.people import actor, here, keeps
from tests.platform.documents.test_documents import as_person
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*verbs: Callable[[], object]) -> list[object]:
    """Run each verb in a thread of its own, all from one moment on, and return what each gave or refused by."""
    gate, found = threading.Barrier(len(verbs)), list[object]([None] * len(verbs))

    def run(number: int, verb: Callable[[], object]) -> None:
        try:
            gate.wait()
            found[number] = verb()
        except DomainError as error:
            found[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=one) for one in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def tags(document_id: uuid.UUID, tag: str) -> int:
    return evidence.history(document=str(document_id)).filter(tag=tag).count()


def kinds(found: Sequence[object]) -> set[str]:
    return {type(one).__name__ for one in found}


def test_the_last_part_from_two_tabs_makes_one_document() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    letter = pdf_of("Lettre")
    view = documents.begin(person=alice, firm=firm, key=uuid.uuid4(), filename="Lettre.pdf", size=len(letter))

    def last() -> Any:
        return documents.receive(
            actor=actor(alice), person=alice, firm=firm, upload_id=view.id, offset=0, read=io.BytesIO(letter).read
        )

    found = at_once(last, last, last)
    assert kinds(found) <= {"UploadView", "WrongOffset"}
    assert documents.progress(alice, firm, view.id).state == "done"
    assert Document.objects.count() == 1
    assert StoredFile.objects.count() == 1


def test_a_group_that_is_sent_again_while_it_is_kept_is_there_once() -> None:
    """Its answer was lost on the way: the browser sends it again, in another group, while the first one is at it."""
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    group = [documents.Brought(uuid.uuid4(), f"{n}.pdf", pdf_of(f"Bulletin {n}")) for n in range(4)]

    def send(*numbers: int) -> Any:
        brought = [group[number] for number in numbers]
        return lambda: documents.add_many(actor=actor(alice), person=alice, firm=firm, brought=brought)

    found = at_once(send(0, 1, 2), send(0, 1, 2), send(2, 3))
    assert kinds(found) == {"list"}
    assert Document.objects.count() == 4
    assert StoredFile.objects.count() == 4
    assert all(tags(one.pk, "document:added") == 1 for one in Document.objects.all())
    assert Upload.objects.filter(state="done", known=False).count() == 4


def test_the_same_key_begun_twice_is_one_upload() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    key = uuid.uuid4()

    def begin() -> Any:
        return documents.begin(person=alice, firm=firm, key=key, filename="Lettre.pdf", size=100).id

    assert len(set(at_once(begin, begin, begin))) == 1


def test_deleted_while_the_signer_comes_back_is_signed_whole_or_gone(trust: SmallTrust) -> None:
    """Alice typed her code; a colleague deletes at the moment at which her browser returns."""
    client, alice = as_person(cast.ALICE)
    give_certificate(alice.pk, trust)
    firm = cast.firm(cast.MARTIN)
    for number in range(3):
        document = keeps(alice, firm, f"Lettre {number}")
        address = client.post(reverse("document-sign", args=[document.id]), {"visible": "on"})["Location"]
        words = {"state": trust.state_of(address), "code": trust.approve(address)}

        def returns(words: dict[str, str] = words) -> Any:
            return client.get(reverse("signature-return"), words).status_code

        def deletes(document_id: uuid.UUID = document.id) -> Any:
            return documents.delete(actor=actor(alice), person=alice, firm=firm, document_id=document_id)

        returned, deleted = at_once(returns, deletes)
        assert returned in (200, 302, 404, 409)
        worker.drain()
        documents.settle_recent()
        row = Document.objects.filter(pk=document.id).first()
        signed, gone = row is not None and row.current == 1, row is None
        assert signed != gone, (returned, deleted)
        assert gone == (deleted is None), (returned, deleted)
        if signed:
            [found] = documents.signatures(alice, firm, document.id)
            assert found.valid
        assert tags(document.id, "document:deleted") == int(gone)


def test_held_and_deleted_at_once_is_one_of_the_two() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    for _ in range(3):
        found = keeps(alice, firm)
        who: dict[str, Any] = {"actor": actor(alice), "person": alice, "firm": firm, "document_id": found.id}
        told = at_once(
            lambda who=who: documents.delete(**who),  # type: ignore[misc]
            lambda who=who: documents.hold(**who, reason="Litige"),  # type: ignore[misc]
            lambda who=who: documents.delete(**who),  # type: ignore[misc]
        )
        assert kinds(told) <= {"NoneType", "Held", "NotFound"}
        if Document.objects.filter(pk=found.id).exists():
            assert documents.get(alice, firm, found.id).hold is not None
            assert documents.content(alice, firm, found.id).startswith(b"%PDF")
            assert tags(found.id, "document:deleted") == 0
        else:
            assert isinstance(told[1], NotFound)
            assert tags(found.id, "document:deleted") == 1


def test_two_workers_warn_once() -> None:
    alice, firm = here(cast.ALICE), cast.firm(cast.MARTIN)
    keeps(alice, firm)
    Document.objects.update(delete_on=Document.objects.get().added_at.date())
    assert sum(int(str(one)) for one in at_once(documents.warn_due, documents.warn_due)) == 1
