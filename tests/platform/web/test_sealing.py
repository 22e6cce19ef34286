"""Batches in the browser, without its script: bring, look, release at the trust site, take; and who comes nowhere."""

import html
import io
import re
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from paraphe.floor.jobs import worker
from paraphe.floor.messaging.models import Message
from paraphe.platform.contacts import api as contacts
from paraphe.platform.sealing.models import Batch, Delivery, Item, StandingMandate
from tests.platform.conftest import ACTOR, give_certificate
from tests.platform.documents.test_documents import as_person
from tests.platform.sealing.hands import payslip
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)
FORM = {
    "title": "Paies de novembre", "kind": "payslip", "purpose": "Bulletins de paie", "level": "B-T", "place": "last",
    "retention_days": "20",
}  # fmt: skip


def text(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).split())


@pytest.fixture
def alice(trust: SmallTrust) -> Client:
    """Return Alice's browser; her firm has a seal, asked for and signed on the pages."""
    trust.seals.forget()
    client, person = as_person(cast.ALICE)
    give_certificate(person.pk, trust)
    address = client.post(reverse("seal-ask"))["Location"]
    page = client.get(reverse("seal-return"), trust.seals.approve(address), follow=True)
    assert "Le cachet du cabinet est délivré" in text(page)
    return client


def begun(client: Client, **changes: str) -> Batch:
    assert client.post(reverse("batch-new"), {**FORM, **changes}).status_code == 302
    return Batch.objects.latest("created_at")


def bring(client: Client, batch: Batch, *files: tuple[str, bytes], script: bool = False) -> Any:
    words = {"HTTP_ACCEPT": "application/json"} if script else {}
    body = {
        "file": [SimpleUploadedFile(name.rsplit("/", 1)[-1], data) for name, data in files],
        "path": [name for name, _data in files],
    }
    answer = client.post(reverse("batch-add", args=[batch.pk]), body, follow=not script, **words)  # type: ignore[arg-type]
    worker.drain()
    return answer


def release(client: Client, batch: Batch, trust: SmallTrust) -> Any:
    address = client.post(reverse("batch-release", args=[batch.pk]))["Location"]
    answer = client.get(reverse("seal-return"), trust.seals.approve(address), follow=True)
    worker.drain()
    return answer


def test_alice_seals_a_folder_and_takes_it_back(alice: Client, trust: SmallTrust) -> None:
    batch = begun(alice)
    answer = bring(
        alice, batch, ("novembre/Durand.pdf", payslip(1)), ("novembre/notes.txt", b"x"), ("cassé.pdf", b"%PDF-1.4 x"),
        script=True,
    )  # fmt: skip
    assert answer.json()["taken"] == 2
    assert answer.json()["left_out"] == [["novembre/notes.txt", "Ce fichier n'est pas un PDF."]]
    page = text(alice.get(reverse("batch", args=[batch.pk])))
    assert "Ce PDF est incomplet" in page or "abîmé" in page
    assert "hx-get" in page
    answer = release(alice, batch, trust)
    assert "le scellement commence" in text(answer)
    page = text(alice.get(reverse("batch", args=[batch.pk])))
    assert "Bordereau scellé (PDF)" in page
    data = b"".join(alice.get(reverse("batch-archive", args=[batch.pk])).streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["novembre/Durand.pdf", "bordereau.csv", "bordereau.pdf"]
    item = Item.objects.get(path="novembre/Durand.pdf")
    assert alice.get(reverse("batch-file", args=[batch.pk, item.pk])).content.startswith(payslip(1))
    assert alice.get(reverse("batch-manifest", args=[batch.pk, "csv"])).content.startswith(b"\xef\xbb\xbffile;")
    assert alice.get(reverse("batch-manifest", args=[batch.pk, "exe"])).status_code == 404
    listed = text(alice.get(reverse("batch-files", args=[batch.pk]), {"etat": "refused"}))
    assert "cassé.pdf" in listed
    assert "Durand.pdf" not in listed
    assert Message.objects.filter(kind="email").count() >= 1, "a notice that it is done"


def test_what_was_typed_wrong_is_said_at_its_field(alice: Client) -> None:
    for field, value in (("title", ""), ("purpose", "x"), ("retention_days", "9999"), ("level", "B-X")):
        answer = alice.post(reverse("batch-new"), {**FORM, field: value})
        assert answer.status_code == 422, field
        assert "is-invalid" in answer.content.decode()
    assert alice.post(reverse("batch-new"), {**FORM, "visible": "on", "place": "text"}).status_code == 422
    assert not Batch.objects.exists()


def test_the_moving_part_costs_the_same_for_any_number(alice: Client, django_assert_max_num_queries: Any) -> None:
    batch = begun(alice)
    bring(alice, batch, *((f"{number}.pdf", payslip(number)) for number in range(5)))
    Batch.objects.filter(pk=batch.pk).update(state="sealing", released=100_000, sealed=10, run_since=timezone.now())
    with django_assert_max_num_queries(35):
        answer = alice.get(reverse("batch-state", args=[batch.pk]), HTTP_HX_REQUEST="true")
    assert "every 3s" in answer.content.decode()
    assert alice.get(reverse("batch-state", args=[batch.pk])).status_code == 302


def test_ines_releases_with_a_code_and_alice_steers(alice: Client, trust: SmallTrust) -> None:
    ines, ines_herself = as_person(cast.INES)
    page = text(alice.get(reverse("standing-new")))
    assert ines_herself.full_name in page
    assert ines.get(reverse("standing-new")).status_code == 404
    day = timezone.localdate() + timedelta(days=9)
    given = {"purpose": "Paies", "most": "50", "last_day": day.isoformat(), f"mobile_{ines_herself.pk}": "nonsense"}
    refused = alice.post(reverse("standing-new"), given)
    assert refused.status_code == 422
    address = alice.post(reverse("standing-new"), {**given, f"mobile_{ines_herself.pk}": "0698765432"})["Location"]
    assert "Le mandat permanent est signé" in text(
        alice.get(reverse("seal-return"), trust.seals.approve(address), follow=True)
    )
    batch = begun(ines)
    bring(ines, batch, ("a.pdf", payslip(3)))
    assert "le scellement commence" in text(release(ines, batch, trust))
    assert "par code, sous un mandat permanent" in text(ines.get(reverse("batch", args=[batch.pk])))
    mandate = StandingMandate.objects.get()
    assert ines.post(reverse("standing-withdraw", args=[mandate.pk])).status_code == 404
    assert "Le mandat est retiré" in text(alice.post(reverse("standing-withdraw", args=[mandate.pk]), follow=True))


def test_each_payslip_goes_to_its_person_once(alice: Client, trust: SmallTrust) -> None:
    firm, herself = cast.firm(cast.MARTIN), cast.sign_in(cast.ALICE)
    typed = {"given_name": "Chloé", "family_name": "Durand", "email": "chloe@example.org", "language": "fr"}
    contacts.add(actor=ACTOR, person=herself, firm=firm, typed=typed)
    batch = begun(alice)
    bring(alice, batch, ("DURAND Chloe 11.pdf", payslip(1)), ("Inconnu.pdf", payslip(2)))
    release(alice, batch, trust)
    address = reverse("batch-deliver", args=[batch.pk])
    page = text(alice.get(address))
    assert "chloe@example.org" in page
    assert "Personne ne correspond à ce nom." in page
    assert not Delivery.objects.exists(), "looking sends nothing"
    table = SimpleUploadedFile("t.csv", b"fichier;mail\nInconnu.pdf;hugo@example.org\nautre.pdf;x@y.z\n")
    by_table = text(alice.post(address, {"table": table}))
    assert "hugo@example.org" in by_table
    assert "Aucun fichier du lot ne porte ce nom." in by_table
    for _twice in range(2):
        alice.post(reverse("batch-deliver-send", args=[batch.pk]), {"table": ""})
        worker.drain()
    assert Delivery.objects.count() == 1
    delivery = Delivery.objects.get()
    assert delivery.sent_at is not None
    assert alice.get(reverse("received", args=["x" * 30])).status_code == 404


def test_the_link_shows_the_file_and_notes_that_it_was_taken(
    alice: Client, trust: SmallTrust, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "paraphe.platform.sealing.delivering.messaging.send_template", lambda **words: sent.append(words)
    )
    batch = begun(alice)
    bring(alice, batch, ("a.pdf", payslip(1)))
    release(alice, batch, trust)
    table = SimpleUploadedFile("t.csv", b"a.pdf;hugo@example.org;Hugo")
    page = alice.post(reverse("batch-deliver", args=[batch.pk]), {"table": table}).content.decode()
    sealed = re.search(r'name="table" value="([0-9a-f]+)"', page)
    assert sealed
    alice.post(reverse("batch-deliver-send", args=[batch.pk]), {"table": sealed[1]})
    worker.drain()
    address = next(one["context"]["address"] for one in sent if one["template"].endswith("delivery"))
    path = "/recu/" + address.rsplit("/recu/", 1)[1]
    hugo = Client()
    assert "Votre document" in text(hugo.get(path))
    assert Delivery.objects.get().opened_at is None, "mail programs look at links"
    assert hugo.get(path + "document.pdf").content.startswith(payslip(1))
    assert Delivery.objects.get().opened_at is not None


@pytest.mark.parametrize("person", [cast.HUGO, cast.ETIENNE], ids=["Hugo who launches", "Étienne of another firm"])
def test_others_come_nowhere(alice: Client, person: cast.CastPerson) -> None:
    batch = begun(alice)
    other, _ = as_person(person)
    if person is cast.ETIENNE:
        other.post(reverse("choose-firm"), {"firm": cast.firm(cast.OCEAN).pk})
    for name in ("batch", "batch-files", "batch-deliver", "batch-archive"):
        assert other.get(reverse(name, args=[batch.pk])).status_code in (403, 404), name
    for name in ("batch-delete", "batch-release", "batch-pause", "batch-cancel", "batch-add", "batch-remove"):
        assert other.post(reverse(name, args=[batch.pk])).status_code in (302, 403, 404), name
    batch.refresh_from_db()
    assert batch.state == "draft"


def test_chloe_prepares_and_does_not_release(alice: Client) -> None:
    chloe, _ = as_person(cast.CHLOE)
    batch = begun(chloe)
    bring(chloe, batch, ("a.pdf", payslip(1)))
    page = text(chloe.get(reverse("batch", args=[batch.pk])))
    assert "Une personne qui a le droit de sceller libère le lot." in page
    assert "n'avez pas ce droit" in text(chloe.post(reverse("batch-release", args=[batch.pk]), follow=True))
