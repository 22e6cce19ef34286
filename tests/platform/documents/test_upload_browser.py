"""Many files in a real browser: one bad one among them, a lost network, the keyboard, a phone."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from playwright.sync_api import Browser, Page, Route, expect

from paraphe.platform.documents import api as documents
from paraphe.platform.documents import uploads
from paraphe.platform.documents.models import Document
from paraphe.platform.web.documents import sending
from tests.journeys.visitor import pdf_of
from tests.platform.conftest import give_certificate
from tests.platform.documents.test_documents import as_person
from tests.support import cast
from tests.support.browser import Visit, chromium, served, visit
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with pytest.MonkeyPatch.context() as patch, chromium() as found:
        # The browser's driver runs a loop in this thread; the database is asked between its steps, never during one.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "yes")
        yield found


def at_documents(seen: Visit, site: str, trust: SmallTrust) -> None:
    """Let Alice open the list of her documents."""
    client, alice = as_person(cast.ALICE)
    give_certificate(alice.pk, trust)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    seen.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site}])
    seen.page.goto(site + reverse("documents"))


@pytest.mark.parametrize("width", [1280, 390])
def test_one_bad_file_among_many_costs_one_file(
    trust: SmallTrust, browser: Browser, tmp_path: Path, width: int
) -> None:
    brought = []
    for number in range(6):
        brought.append(tmp_path / f"Bulletin de paie de la société d'Arvor {number}.pdf")
        brought[-1].write_bytes(pdf_of(f"Bulletin {number}"))
    for name, data in (("Photo.pdf", b"\x89PNG no pdf"), ("Vide.pdf", b""), ("Coupé.pdf", pdf_of("Coupé")[:600])):
        brought.append(tmp_path / name)
        brought[-1].write_bytes(data)
    with served() as site, visit(browser, site, width=width) as seen:
        at_documents(seen, site, trust)
        page = seen.page
        page.locator("input[type=file]").set_input_files(brought)
        expect(page.locator("[data-queue-summary]")).to_have_text(
            "6 sur 9 envoyés · 3 refusés · Terminé.", timeout=30_000
        )
        told = page.locator("[data-queue-list]").inner_text()
        for reason in ("pas un PDF", "est vide", "incomplet"):
            assert reason in told
        expect(page.locator(".shelf > li")).to_have_count(6)
        assert Document.objects.count() == 6
        assert seen.overflow() <= 0
        assert seen.violations() == []
        page.get_by_role("checkbox", name="Cocher Bulletin de paie de la société d'Arvor 3").focus()
        page.keyboard.press("Space")
        assert page.locator("[data-tick-count]").inner_text() == "1 document coché"
        page.get_by_role("button", name="Supprimer").press("Enter")
        expect(page.get_by_role("heading", name="Supprimer 1 document")).to_be_visible()
        assert seen.violations() == []
        page.get_by_role("button", name="Supprimer définitivement").press("Enter")
        expect(page.locator(".shelf > li")).to_have_count(5)
        assert seen.complaints == []


def test_a_folder_dropped_brings_what_is_in_its_folders_over_a_lost_network(
    trust: SmallTrust, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file manager drops it: two files of one name in two folders, one that is no PDF, what systems hide."""
    folder = tmp_path / "Paies d'Éloïse"
    for number in range(60):
        path = folder / f"service {number // 20}" / "équipe" / f"Bulletin {number % 20}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf_of(f"Bulletin {number}"))
        os.utime(path, (1_800_000_000, 1_800_000_000))
    (folder / "service 1" / "Photo.jpg").write_bytes(b"\xff\xd8\xff no pdf")
    (folder / ".DS_Store").write_bytes(b"x")
    lost: list[str] = []

    def loses(route: Route) -> None:
        """The second group does not arrive."""
        lost.append(route.request.url)
        if len(lost) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    answers: list[object] = []

    def silent(*given: Any, **words: Any) -> HttpResponse:
        """What became of the first group is not told."""
        answers.append(given)
        return HttpResponse(status=502) if len(answers) == 1 else JsonResponse(*given, **words)

    monkeypatch.setattr(sending, "JsonResponse", silent)
    with served() as site, visit(browser, site) as seen:
        at_documents(seen, site, trust)
        seen.page.route("**/documents/envois/ensemble/", loses)
        drop(seen.page, folder)
        expect(seen.page.locator("[data-queue-summary]")).to_have_text(
            "60 sur 61 envoyés · 1 refusé · Terminé.", timeout=30_000
        )
        refused = seen.page.locator(".queue-file.is-refused")
        expect(refused).to_have_count(1)
        assert "service 1/Photo.jpg" in refused.inner_text()
        assert "pas un PDF" in refused.inner_text()
        assert "Déjà là" not in seen.page.locator("[data-queue-list]").inner_text()
        assert seen.page.locator("[data-queue-more]").inner_text() == "et 20 autres ajoutés"
        expect(seen.page.locator(".shelf > li")).to_have_count(50)
        drop(seen.page, folder / "service 1" / "Photo.jpg", beside=True)
        expect(seen.page.locator("[data-queue-summary]")).to_have_text("60 sur 62 envoyés · 2 refusés · Terminé.")
    assert len(lost) == 3 + 2, "each of the two that were lost is sent again"
    assert Document.objects.count() == 60
    assert sorted(Document.objects.values_list("title", flat=True)) == sorted(3 * [f"Bulletin {n}" for n in range(20)])


def drop(page: Page, *paths: Path, beside: bool = False) -> None:
    """Drop files or folders onto the frame, or ``beside`` it, as a file manager does."""
    place = page.locator("h1" if beside else "[data-drop-zone]").bounding_box()
    assert place is not None
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        words = {"type": kind, "x": place["x"] + 20, "y": place["y"] + 10, "data": data}
        session.send("Input.dispatchDragEvent", words)
    session.detach()


def test_a_file_goes_on_where_the_network_was_lost(
    trust: SmallTrust, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (uploads, documents):
        monkeypatch.setattr(place, "PART", 1_000_000)
    large = tmp_path / "Scan.pdf"
    letter = pdf_of("Scan")
    # Room behind the last object: a file of several parts.
    large.write_bytes(letter[:9] + b"%" + b"x" * 3_500_000 + b"\n" + letter[9:])
    lost: list[str] = []

    def loses(route: Route) -> None:
        if route.request.method == "PATCH" and len(lost) < 2:
            lost.append(route.request.headers["upload-offset"])
            route.abort("connectionreset")
        else:
            route.continue_()

    with served() as site, visit(browser, site) as seen:
        at_documents(seen, site, trust)
        seen.page.route("**/documents/envois/*/", loses)
        seen.page.locator("input[type=file]").set_input_files(large)
        expect(seen.page.get_by_role("heading", name="Placez votre signature")).to_be_visible(timeout=20_000)
    assert lost == ["1000000", "1000000"]
    assert Document.objects.get().size == large.stat().st_size
