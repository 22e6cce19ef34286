"""Every address of the platform, asked by everybody who should not: a new one that is not listed here fails."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents.models import Document
from paraphe.platform.enrolment.models import Enrolment, OpenFirm
from paraphe.platform.signing.models import SigningRequest
from paraphe.platform.web.urls import urlpatterns
from tests.journeys.visitor import pdf_of
from tests.support import cast
from tests.support.small_trust import SmallTrust

pytestmark = pytest.mark.django_db

# Shown to whoever has the number, which stands in documents signed under it: tests/platform/mandates.
BY_NUMBER = {"mandate-public", "mandate-public-deed"}
# Shown to everybody, signed in or not.
PUBLIC = {"public-home", "help", "confidence", "verify", "sign-in", "legal", "legal-pdf"}
# Behind a secret link, for people without account: tests/platform/web/test_sealing.py follows one.
BY_LINK = {"received", "received-file"}
# The sign-in itself and the way out: tests/platform/accounts asks them.
SIGN_IN = {"sign-in-start", "oidc-callback", "sign-out", "provider-sign-out"}
# About the person himself, also when he has no right: tests/platform/web/test_settings.py asks them.
ACCOUNT = {
    "account": "GET",
    "account-language": "POST",
    "account-notices": "POST",
    "account-sessions-end": "POST",
    "account-session-end": "POST",
    "account-certificate-again": "POST",
    "account-export-begin": "POST",
    "account-export": "GET",
    "account-export-download": "GET",
}
# About the person of the session and nobody else; no address names a thing.
OWN = {
    "sign-many",
    "delegations",
    "history",
    "history-csv",
    "proofs",
    "mandate-new",
    "choose-firm",
    "no-access",
    "registration",
    "registration-confirm",
    "registration-mobile",
    "registration-identity",
    "registration-restart",
    "registration-return",
    "registration-terms",
    "registration-sign",
    "registration-done",
    "signed-terms",
    "private-space",
    "search",
    "documents",
    "documents-zip",
    "my-signature",
    "document-add",
    "signature-return",
    "credit",
    "credit-csv",
    "credit-pdf",
}
# About one thing that has an owner: anybody else gets the answer for what does not exist.
OWNED: dict[str, tuple[str, dict[str, object]]] = {
    "document": ("GET", {}),
    "document-page": ("GET", {"page": 1, "width": 900}),
    "document-download": ("GET", {}),
    "document-delete": ("POST", {}),
    "document-sign": ("POST", {}),
    "document-change": ("POST", {}),
    "document-prolong": ("POST", {}),
    "document-hold": ("POST", {}),
    "document-release": ("POST", {}),
    "document-signatures": ("GET", {}),
    "document-history": ("GET", {}),
    "document-history-csv": ("GET", {}),
    "signature-progress": ("GET", {}),
}
# About what one person sends, keeps or ticked: tests/platform/documents asks others for it.
NAMED_BY_NOBODY_ELSE: dict[str, dict[str, uuid.UUID]] = {
    "documents-together": {},
    "my-signature-image": {},
    "upload-begin": {},
    "upload-together": {},
    "upload": {"upload_id": uuid.UUID(int=1)},
}
# Of the firm: every colleague with a right for it; tests/platform/web/test_contacts.py asks the others.
OF_THE_FIRM = {
    "contacts": {},
    "contact-add": {},
    "contact-duplicates": {},
    "contact-import": {},
    "contact-export-csv": {},
    "contact-export-vcard": {},
    "contact-import-preview": {"import_id": uuid.UUID(int=1)},
    "contact-import-abandon": {"import_id": uuid.UUID(int=1)},
    "contact": {"contact_id": uuid.UUID(int=1)},
    "contact-delete": {"contact_id": uuid.UUID(int=1)},
    "contact-about": {"contact_id": uuid.UUID(int=1)},
    "contact-erase": {"contact_id": uuid.UUID(int=1)},
}
# Batches of seals, of the firm: tests/platform/web/test_sealing.py asks the others.
BATCH = {"batch_id": uuid.UUID(int=1)}
BATCHES: dict[str, dict[str, Any]] = {
    "batches": {},
    "batch-new": {},
    "batch": BATCH,
    "batch-state": BATCH,
    "batch-change": BATCH,
    "batch-files": BATCH,
    "batch-add": BATCH,
    "batch-split": BATCH,
    "batch-remove": BATCH,
    "batch-propose": BATCH,
    "batch-release": BATCH,
    "batch-not-release": BATCH,
    "batch-delete": BATCH,
    "batch-pause": BATCH,
    "batch-resume": BATCH,
    "batch-cancel": BATCH,
    "batch-retry": BATCH,
    "batch-archive": BATCH,
    "batch-manifest": {**BATCH, "kind": "pdf"},
    "batch-file": {**BATCH, "item_id": 1},
    "batch-deliver": BATCH,
    "batch-deliver-send": BATCH,
    "seal": {},
    "seal-ask": {},
    "seal-revoke": {},
    "standing-new": {},
    "standing-withdraw": {"mandate_id": uuid.UUID(int=1)},
    "seal-return": {},
}
# The firm's own pages; tests/platform/web/test_firm.py asks the others.
FIRM_PAGES: dict[str, dict[str, uuid.UUID]] = {
    "firm-settings": {},
    "proof": {"proof_id": uuid.UUID(int=1)},
    "firm-mail-preview": {},
    "firm-holds": {},
    "firm-hold-lift": {"order_id": uuid.UUID(int=1)},
    "firm-logo": {},
    "firm-logo-image": {},
    "firm-membership": {},
    "firm-terms": {},
    "firm-signed-terms": {"adhesion_id": uuid.UUID(int=1)},
    "firm-leave": {},
    "firm-export-begin": {},
    "firm-export": {"export_id": uuid.UUID(int=1)},
    "firm-export-download": {"export_id": uuid.UUID(int=1)},
}
# About one mandate of a firm: tests/platform/mandates walks its people through these.
MANDATES = {"mandate", "mandate-deed", "mandate-sign", "mandate-withdraw"}
# About one ceremony: whoever came by its link, and nobody else, tests/platform/web/test_ceremony.py asks them.
CEREMONY = {
    "ceremony", "ceremony-link", "ceremony-read", "ceremony-page", "ceremony-document", "ceremony-code",
    "ceremony-logo", "ceremony-fill", "ceremony-sign", "ceremony-approve", "ceremony-wait", "ceremony-return",
    "ceremony-identity", "ceremony-identity-return", "ceremony-refuse", "ceremony-ask", "ceremony-forward",
    "ceremony-deny", "ceremony-hand-over", "ceremony-attestation",
}  # fmt: skip
# Not there for who is not named: tests/platform/web/test_operator.py; the last by a link of a message.
OPERATOR = {"operator", "operator-retry", "operator-revive", "operator-stop", "report-request"}
# Asked by programs with a token, never with a session: tests/platform/programs asks these.
PROGRAMS = {"api-batches", "api-batch", "api-batch-files", "api-batch-file"}
METHODS = {
    "envelope-new": "POST",
    "envelope-template-use": "POST",
    "envelope-bulk-retry": "POST",
    "envelope-from-documents": "POST",
    "envelope-documents-order": "POST",
    "envelope-document": "POST",
    "envelope-add-known": "POST",
    "envelope-people-order": "POST",
    "envelope-people-spread": "POST",
    "envelope-boxes-text": "POST",
    "envelope-boxes-default": "POST",
    "envelope-boxes-copy": "POST",
    "envelope-hand-over": "POST",
    "envelope-make-template": "POST",
    "envelope-relaunch": "POST",
    "envelope-link-revoke": "POST",
    "envelope-link-send": "POST",
    "envelope-extend": "POST",
    "envelope-cancel": "POST",
    "envelope-reorder": "POST",
    "contact-import-abandon": "POST",
    "document-add": "POST",
    "upload-begin": "POST",
    "upload-together": "POST",
    "firm-export-begin": "POST",
    "firm-logo": "POST",
    "firm-hold-lift": "POST",
    "firm-mail-preview": "POST",
    "registration-restart": "POST",
    "batch-add": "POST",
    "batch-split": "POST",
    "batch-remove": "POST",
    "batch-propose": "POST",
    "batch-release": "POST",
    "batch-not-release": "POST",
    "batch-delete": "POST",
    "batch-pause": "POST",
    "batch-resume": "POST",
    "batch-cancel": "POST",
    "batch-retry": "POST",
    "batch-deliver-send": "POST",
    "seal-ask": "POST",
    "seal-revoke": "POST",
    "standing-withdraw": "POST",
}
ONE = uuid.UUID(int=1)
# Collections, of those of the firm who prepare or launch; tests/platform/web/test_envelopes.py asks the others.
ENVELOPES: dict[str, dict[str, Any]] = {
    "envelopes": {},
    "envelope-new": {},
    "envelope-templates": {},
    "envelope-template-use": {"envelope_id": ONE},
    "envelope-table": {"envelope_id": ONE},
    "envelope-table-example": {"envelope_id": ONE},
    "envelope-bulks": {},
    "envelope-bulk": {"bulk_id": ONE},
    "envelope-bulk-retry": {"bulk_id": ONE},
    "envelope-bulk-lines": {"bulk_id": ONE},
    "envelope": {"envelope_id": ONE},
    "envelope-documents": {"envelope_id": ONE},
    "envelope-from-documents": {"envelope_id": ONE},
    "envelope-documents-order": {"envelope_id": ONE},
    "envelope-document": {"envelope_id": ONE, "document_id": ONE},
    "envelope-page": {"envelope_id": ONE, "document_id": ONE, "page": 1, "width": 900},
    "envelope-document-download": {"envelope_id": ONE, "document_id": ONE},
    "envelope-people": {"envelope_id": ONE},
    "envelope-add-known": {"envelope_id": ONE},
    "envelope-people-order": {"envelope_id": ONE},
    "envelope-people-import": {"envelope_id": ONE},
    "envelope-people-book": {"envelope_id": ONE},
    "envelope-people-spread": {"envelope_id": ONE},
    "envelope-person": {"envelope_id": ONE, "recipient_id": ONE},
    "envelope-boxes": {"envelope_id": ONE},
    "envelope-boxes-text": {"envelope_id": ONE},
    "envelope-boxes-default": {"envelope_id": ONE},
    "envelope-boxes-copy": {"envelope_id": ONE},
    "envelope-message": {"envelope_id": ONE},
    "envelope-check": {"envelope_id": ONE},
    "envelope-preview": {"envelope_id": ONE, "recipient_id": ONE},
    "envelope-preview-page": {
        "envelope_id": ONE,
        "recipient_id": ONE,
        "document_id": ONE,
        "page": 1,
        "width": 900,
    },
    "envelope-hand-over": {"envelope_id": ONE},
    "envelope-delete": {"envelope_id": ONE},
    "envelope-make-template": {"envelope_id": ONE},
    "envelope-relaunch": {"envelope_id": ONE},
    "envelope-link-revoke": {"envelope_id": ONE},
    "envelope-link-send": {"envelope_id": ONE},
    "envelope-extend": {"envelope_id": ONE},
    "envelope-cancel": {"envelope_id": ONE},
    "envelope-reorder": {"envelope_id": ONE},
    "envelope-correct": {"envelope_id": ONE, "recipient_id": ONE},
    "envelope-replace": {"envelope_id": ONE, "recipient_id": ONE},
    "envelope-bundle": {"envelope_id": ONE},
    "envelope-proof": {"envelope_id": ONE, "proof_id": ONE},
}
FIRM_THINGS: dict[str, dict[str, Any]] = {**OF_THE_FIRM, **FIRM_PAGES, **NAMED_BY_NOBODY_ELSE, **BATCHES, **ENVELOPES}


def names(patterns: list[Any] | None = None) -> Iterator[str]:
    """Yield the names of all addresses of the platform's pages."""
    for pattern in urlpatterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, pattern
            yield pattern.name


def registered(person: cast.CastPerson, firm: cast.CastFirm | None = None) -> tuple[Client, accounts.Person]:
    """Return a browser of somebody who finished the registration, in a firm for which the service is open."""
    client = Client()
    found = cast.sign_in_client(client, person)
    now = timezone.now()
    enrolment = Enrolment.objects.create(
        person_id=found.pk, track=accounts.track(found), step="done", started_at=now, changed_at=now
    )
    for each in accounts.firms_of(found):
        OpenFirm.objects.get_or_create(firm=each, defaults={"enrolment": enrolment, "opened_at": now})
    if firm is not None:
        assert client.post(reverse("choose-firm"), {"firm": cast.firm(firm).pk}).status_code == 302
    return client, found


def add_letter(client: Client) -> Document:
    """Bring a letter."""
    assert client.post(reverse("document-add"), {"file": SimpleUploadedFile("a.pdf", pdf_of("A"))}).status_code == 302
    return Document.objects.latest("added_at")


def ask(client: Client, name: str, document: object, request: object) -> Any:
    """Ask an address about one thing."""
    method, words = OWNED[name]
    key = {"request_id": request} if name == "signature-progress" else {"document_id": document}
    return client.generic(method, reverse(name, kwargs={**key, **words}))


def signing_request(person: accounts.Person, document: Document) -> SigningRequest:
    now = timezone.now()
    return SigningRequest.objects.create(
        person_id=person.pk,
        subject_id="s",
        credential_id="c",
        sign_algorithm="a",
        purpose="document",
        reference=str(document.pk),
        created_at=now,
        changed_at=now,
    )


def test_every_address_is_in_this_matrix() -> None:
    found = list(names())
    assert len(found) == len(set(found))
    everything = PUBLIC | BY_LINK | SIGN_IN | set(ACCOUNT) | OWN | set(OWNED) | MANDATES | set(FIRM_THINGS)
    assert set(found) == everything | BY_NUMBER | CEREMONY | OPERATOR | PROGRAMS


@pytest.mark.parametrize("name", sorted(OWN | set(OWNED) | set(FIRM_THINGS)))
def test_who_is_not_signed_in_is_led_to_sign_in(client: Client, name: str) -> None:
    if name in OWNED:
        answer = ask(client, name, uuid.uuid4(), uuid.uuid4())
    else:
        answer = client.generic(METHODS.get(name, "GET"), reverse(name, kwargs=FIRM_THINGS.get(name)))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("sign-in"))


@pytest.mark.parametrize("name", sorted(OWNED))
def test_a_stranger_a_colleague_and_another_firm_get_what_does_not_exist(trust: SmallTrust, name: str) -> None:
    alice, alice_herself = registered(cast.ALICE)
    letter = add_letter(alice)
    request = signing_request(alice_herself, letter)
    for person, firm in ((cast.ETIENNE, cast.OCEAN), (cast.BOB, None), (cast.CHLOE, None), (cast.JEANNE, None)):
        other, _ = registered(person, firm)
        foreign = ask(other, name, letter.pk, request.pk)
        absent = ask(other, name, uuid.uuid4(), uuid.uuid4())
        assert foreign.status_code == absent.status_code == 404, person.identifier
    assert ask(alice, name, letter.pk, request.pk).status_code in (200, 302, 409, 422, 503)


@pytest.mark.parametrize("name", sorted(set(OWNED) - {"signature-progress"}))
def test_a_document_of_one_firm_is_not_there_when_one_acts_for_another(trust: SmallTrust, name: str) -> None:
    etienne, _ = registered(cast.ETIENNE, cast.OCEAN)
    letter = add_letter(etienne)
    etienne.post(reverse("choose-firm"), {"firm": cast.firm(cast.LE_GALL).pk})
    assert ask(etienne, name, letter.pk, uuid.uuid4()).status_code == 404
    assert Document.objects.filter(pk=letter.pk).exists()
    etienne.post(reverse("choose-firm"), {"firm": cast.firm(cast.OCEAN).pk})
    assert ask(etienne, name, letter.pk, uuid.uuid4()).status_code in (200, 302, 409, 422, 503)


@pytest.mark.parametrize("person", [cast.NORA, cast.MALLORY], ids=["Nora", "Mallory"])
@pytest.mark.parametrize("name", sorted((OWN | set(OWNED) | set(FIRM_THINGS)) - {"no-access"}))
def test_who_has_no_right_comes_nowhere(client: Client, person: cast.CastPerson, name: str) -> None:
    cast.sign_in_client(client, person)
    if name in OWNED:
        answer = ask(client, name, uuid.uuid4(), uuid.uuid4())
    else:
        answer = client.generic(METHODS.get(name, "GET"), reverse(name, kwargs=FIRM_THINGS.get(name)))
    assert answer.status_code in (302, 404), answer.status_code
    if answer.status_code == 302 and name != "signature-return":
        assert answer["Location"] == reverse("no-access")


@pytest.mark.parametrize("name", sorted((OWN | set(OWNED) | set(FIRM_THINGS)) - {"choose-firm", "no-access"}))
def test_who_is_not_registered_comes_to_his_registration_only(client: Client, name: str) -> None:
    cast.sign_in_client(client, cast.ALICE)
    if name in OWNED:
        answer = ask(client, name, uuid.uuid4(), uuid.uuid4())
    else:
        answer = client.generic(METHODS.get(name, "GET"), reverse(name, kwargs=FIRM_THINGS.get(name)))
    if name == "registration-confirm":
        assert answer.status_code == 200
    elif name in ("signed-terms", "signature-progress"):
        assert answer.status_code == 404
    else:
        assert answer.status_code == 302
        assert answer["Location"].split("?")[0] in {
            reverse(each) for each in ("registration", "registration-confirm", "private-space", "documents")
        }


@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_public_pages_need_nobody(client: Client, name: str) -> None:
    words = {"legal": {"kind": "terms"}, "legal-pdf": {"kind": "terms", "version": "2026-11"}}.get(name, {})
    answer = client.get(reverse(name, kwargs=words))
    assert answer.status_code in (200, 302)
    assert not answer.get("Location", "").startswith(reverse("sign-in"))


def test_pages_of_a_person_are_kept_by_no_cache(trust: SmallTrust) -> None:
    alice, herself = registered(cast.ALICE)
    letter = add_letter(alice)
    for answer in (
        alice.get(reverse("private-space")),
        ask(alice, "document", letter.pk, None),
        ask(alice, "document-download", letter.pk, None),
        ask(alice, "document-page", letter.pk, None),
        ask(alice, "signature-progress", None, signing_request(herself, letter).pk),
    ):
        assert "private" in answer["Cache-Control"]


def test_a_browser_is_told_why_an_address_of_forms_does_not_open() -> None:
    client, address = Client(), reverse("envelope-new")
    told = client.get(address, headers={"Accept": "text/html"})
    assert told.status_code == 405
    assert told["Allow"] == "POST"
    assert "utilisez son bouton" in told.content.decode()
    assert client.get(address, headers={"Accept": "application/json"}).content == b""
