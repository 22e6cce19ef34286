"""Bringing contacts from other programs, and taking them there."""

import uuid

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.contacts import api as contacts
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.contacts.forms import ImportForm
from paraphe.platform.web.contacts.gate import in_address_book
from paraphe.platform.web.contacts.sentences import file_sentence, refusal_sentence
from paraphe.platform.web.documents.gate import FirmRequest

REFUSALS_SHOWN = 100


@require_http_methods(["GET", "POST"])
@in_address_book
def begin(request: FirmRequest) -> HttpResponse:
    """Read a file, then show what it would bring; a file that cannot be read is told beside the field."""
    contacts.check(request.person, request.firm)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and form.is_valid():
        try:
            pending = contacts.begin_import(
                person=request.person, firm=request.firm, data=_bounded(form.cleaned_data["file"])
            )
        except (contacts.MayNot, NotFound):
            raise
        except DomainError as error:
            form.add_error("file", file_sentence(error))
        else:
            return redirect("contact-import-preview", import_id=pending.id)
    status = 422 if request.method == "POST" else 200
    return render(
        request, "platform_web/contacts/import.html", {"form": form, "max_bytes": contacts.MOST_BYTES}, status=status
    )


@require_http_methods(["GET", "POST"])
@in_address_book
def preview(request: FirmRequest, import_id: uuid.UUID) -> HttpResponse:
    """Show what a file would bring; bring it when it is confirmed."""
    if request.method == "POST":
        done = contacts.import_rows(
            actor=actor_of(request), person=request.person, firm=request.firm, import_id=import_id
        )
        text = ngettext("{n} contact est importé.", "{n} contacts sont importés.", done.added)
        messages.success(request, text.format(n=done.added))
        return redirect("contacts")
    found = contacts.pending_import(request.person, request.firm, import_id)
    refused = [(one.line, refusal_sentence(one)) for one in found.refused[:REFUSALS_SHOWN]]
    return render(
        request,
        "platform_web/contacts/preview.html",
        {"found": found, "refused": refused, "more_refused": len(found.refused) - len(refused)},
    )


@require_POST
@in_address_book
def abandon(request: FirmRequest, import_id: uuid.UUID) -> HttpResponse:
    """Forget a file that was brought."""
    contacts.abandon_import(person=request.person, firm=request.firm, import_id=import_id)
    messages.info(request, _("Rien n'a été importé."))
    return redirect("contacts")


@require_GET
@in_address_book
def export_csv(request: FirmRequest) -> HttpResponse:
    """Give all contacts for a spreadsheet."""
    language = (get_language() or "fr")[:2]
    data = contacts.export_csv(actor=actor_of(request), person=request.person, firm=request.firm, language=language)
    return _download(data, "text/csv; charset=utf-8", "contacts.csv")


@require_GET
@in_address_book
def export_vcard(request: FirmRequest) -> HttpResponse:
    """Give all contacts for an address book."""
    data = contacts.export_vcard(actor=actor_of(request), person=request.person, firm=request.firm)
    return _download(data, "text/vcard; charset=utf-8", "contacts.vcf")


def _bounded(uploaded: "UploadedFile[bytes]") -> bytes:
    """Return the bytes of a file, of one that is too large only as many as tell that it is."""
    data: bytes = uploaded.read(contacts.MOST_BYTES + 1)
    return data


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
