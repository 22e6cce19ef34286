"""The draft of a collection, step by step: documents, people, boxes, message and options, check and launch."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.contacts import api as contacts
from paraphe.platform.credit import api as credit
from paraphe.platform.documents import api as documents
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.forms import UploadForm
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.boxes import pages_of
from paraphe.platform.web.envelopes.forms import OptionsForm, RecipientForm
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.paging import people_page
from paraphe.platform.web.envelopes.sentences import sentence, told
from paraphe.platform.web.envelopes.steps import draft_of, number_in, step_page, steps_in, where


@require_POST
@in_envelopes
def create(request: FirmRequest) -> HttpResponse:
    """Begin a collection, or a template."""
    template = request.POST.get("template") == "1"
    locale = (get_language() or "fr")[:2]
    made = envelopes.create(
        actor=actor_of(request), person=request.person, firm=request.firm, locale=locale, template=template
    )
    return redirect("envelope-documents", envelope_id=made.id)


@require_http_methods(["GET", "POST"])
@in_envelopes
def files(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show the documents of a draft and take others; what is refused is told with its name."""
    envelope = draft_of(request, envelope_id)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_bound and form.is_valid():
        refused = _take(request, envelope_id, form.cleaned_data["file"])
        if not refused:
            return redirect("envelope-documents", envelope_id=envelope_id)
        for text in refused:
            form.add_error("file", text)
        envelope = envelopes.get(request.person, request.firm, envelope_id)
    held = documents.page_of(request.person, request.firm, documents.Filters(), limit=30).rows
    context = {"form": form, "held": held}
    return step_page(request, envelope, "documents", context, status=422 if form.errors else 200)


@require_POST
@in_envelopes
def from_documents(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Put copies of documents that the person has already into the draft."""
    chosen = [one for one in map(number_in, request.POST.getlist("document")) if one]
    try:
        envelopes.add_from_documents(**where(request, envelope_id), document_ids=chosen)
    except (envelopes.TooMany, envelopes.PdfRefused) as error:
        messages.error(request, sentence(error))
    return redirect("envelope-documents", envelope_id=envelope_id)


@require_POST
@in_envelopes
def document(request: FirmRequest, envelope_id: uuid.UUID, document_id: uuid.UUID) -> HttpResponse:
    """Rename a document, say what it is for, move it, or take it out."""
    here = where(request, envelope_id)
    action = request.POST.get("action", "")
    if action == "remove":
        envelopes.remove_document(**here, document_id=document_id)
    elif action in ("up", "down"):
        order = [one.id for one in envelopes.get(request.person, request.firm, envelope_id).documents]
        envelopes.arrange_documents(**here, order=_moved(order, document_id, -1 if action == "up" else 1))
    else:
        try:
            envelopes.change_document(
                **here,
                document_id=document_id,
                title=request.POST.get("title", ""),
                use=request.POST.get("use", "to_sign"),
            )
        except envelopes.BadOptions:
            messages.error(request, _("Le titre n'a pas été changé : il est vide ou trop long."))
    return redirect("envelope-documents", envelope_id=envelope_id)


@require_POST
@in_envelopes
def order_documents(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Put the documents in the order in which they are named."""
    order = [one for one in map(number_in, request.POST.getlist("order")) if one]
    envelopes.arrange_documents(**where(request, envelope_id), order=order)
    return redirect("envelope-documents", envelope_id=envelope_id)


@require_http_methods(["GET", "POST"])
@in_envelopes
def people(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show who the draft goes to, and add somebody."""
    envelope = draft_of(request, envelope_id)
    form = _person_form(request, envelope)
    if form.is_bound and form.is_valid():
        try:
            envelopes.add_recipient(**where(request, envelope_id), typed=form.typed())
        except envelopes.BadRecipient as error:
            form.refuse(error.problems)
        except envelopes.TooMany as error:
            form.add_error(None, sentence(error))
        else:
            return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")
    query = request.GET.get("q", "")[:200]
    found = contacts.listing(request.person, request.firm, query, limit=8).contacts if query.strip() else ()
    colleagues = _colleagues(request, envelope) if not query else ()
    shown = people_page(request, envelope)
    context = {"form": form, "query": query, "found": found, "colleagues": colleagues, "shown": shown}
    return step_page(request, envelope, "people", context, status=422 if form.errors else 200)


@require_POST
@in_envelopes
def add_known(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Add a contact of the firm, or a member of it."""
    here = where(request, envelope_id)
    role = request.POST.get("role", "signer")
    try:
        if contact := number_in(request.POST.get("contact", "")):
            envelopes.add_contact(**here, contact_id=contact, role=role)
        else:
            member = _member(request, request.POST.get("member", ""))
            typed = {"given_name": member.given_name, "family_name": member.family_name, "email": member.email}
            envelopes.add_recipient(**here, typed={**typed, "role": role})
    except (envelopes.BadRecipient, envelopes.TooMany) as error:
        known = isinstance(error, envelopes.TooMany)
        messages.error(request, sentence(error) if known else _("Ce contact n'est pas complet : corrigez-le d'abord."))
    return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")


@require_http_methods(["GET", "POST"])
@in_envelopes
def person(request: FirmRequest, envelope_id: uuid.UUID, recipient_id: uuid.UUID) -> HttpResponse:
    """Change somebody of the draft, move him, or take him out."""
    envelope = draft_of(request, envelope_id)
    recipient = next((one for one in envelope.recipients if one.id == recipient_id), None)
    if recipient is None:
        raise NotFound(kind="recipient")
    here = {**where(request, envelope_id), "recipient_id": recipient_id}
    action = request.POST.get("action", "")
    if action == "remove":
        envelopes.remove_recipient(**here)
        return redirect("envelope-people", envelope_id=envelope_id)
    if action in ("up", "down", "join", "part"):
        _move(request, envelope, recipient, action)
        return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")
    form = _person_form(request, envelope, recipient)
    if form.is_bound and form.is_valid():
        try:
            envelopes.change_recipient(**here, typed={"label": recipient.label, **form.typed()})
        except envelopes.BadRecipient as error:
            form.refuse(error.problems)
        else:
            return redirect("envelope-people", envelope_id=envelope_id)
    context = {"form": form, "recipient": recipient}
    return step_page(request, envelope, "people", context, status=422 if form.errors else 200, template="person")


@require_POST
@in_envelopes
def order_people(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Put people in the order in which they are named: ``order`` is a step, its members joined by commas."""
    try:
        envelopes.arrange_recipients(**where(request, envelope_id), steps=steps_in(request.POST.getlist("order")))
    except envelopes.BadOrder as error:
        messages.error(request, sentence(error))
    return redirect(reverse("envelope-people", args=[envelope_id]) + "#people")


@require_http_methods(["GET", "POST"])
@in_envelopes
def message(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show and keep what the collection says and how it runs."""
    envelope = draft_of(request, envelope_id)
    own = firms.options(request.firm)
    names = ("title", "message", "kind", "locale", "level", "expiry_days", "read_all_pages", "may_forward", "consent")
    initial: dict[str, Any] = {name: getattr(envelope, name) for name in names}
    initial["reminder_days"] = ", ".join(str(day) for day in envelope.reminder_days)
    form = OptionsForm(request.POST if request.method == "POST" else None, initial=initial, own=own)
    if form.is_bound and form.is_valid():
        typed = {"level": envelope.level, **form.typed()}
        try:
            envelopes.set_options(**where(request, envelope_id), typed=typed)
        except envelopes.BadOptions as error:
            form.refuse(error)
        else:
            return redirect("envelope-check", envelope_id=envelope_id)
    return step_page(request, envelope, "message", {"form": form, "own": own}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@in_envelopes
def check(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show everything that is in the way; launch when nothing is. A second press finds it launched, and is no fault."""
    if request.method == "POST" and envelopes.get(request.person, request.firm, envelope_id).state == "running":
        return redirect("envelope", envelope_id=envelope_id)
    envelope = draft_of(request, envelope_id, to_change=False)
    if request.method == "POST":
        try:
            envelopes.launch(actor=actor_of(request), **where(request, envelope_id))
        except envelopes.NotReady:
            messages.error(request, _("La collecte n'est pas lancée : voici ce qui l'empêche."))
        else:
            return redirect("envelope", envelope_id=envelope_id)
    problems = envelopes.problems(request.person, request.firm, envelope_id)
    if envelope.state == "template":
        # Who takes the roles, and what it costs, is known when the template is used.
        problems = [one for one in problems if one.code in ("title_missing", "nothing_to_sign", "nobody_signs")]
    signers = sum(one.role == "signer" for one in envelope.recipients)
    cents = envelopes.cost(envelope.recipients)
    rights = accounts.rights(request.person, request.firm)
    context = {
        "problems": [told(one, envelope) for one in problems],
        "may_launch": "launch" in rights,
        "launchers": () if "launch" in rights else envelopes.may_launch(request.person, request.firm, envelope_id),
        "signers": signers,
        "price": credit.euros(cents) if cents else "",
        "certified": [one for one in envelope.recipients if envelopes.needs_certificate(one)],
    }
    status = 422 if request.method == "POST" else 200
    return step_page(request, envelope, "check", context, status=status)


@require_POST
@in_envelopes
def hand_over(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show a draft to those who may launch it."""
    envelopes.hand_over(actor=actor_of(request), **where(request, envelope_id))
    messages.success(request, _("La collecte est transmise : qui peut lancer la voit dans sa liste."))
    return redirect("envelopes")


@require_http_methods(["GET", "POST"])
@in_envelopes
def delete(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Ask, then delete a draft or a template."""
    envelope = draft_of(request, envelope_id)
    if request.method == "GET":
        return render(request, "web_envelopes/delete.html", {"envelope": envelope})
    try:
        envelopes.delete(actor=actor_of(request), **where(request, envelope_id))
    except documents.Held as error:
        messages.error(request, sentence(error))
        return redirect("envelope", envelope_id=envelope_id)
    is_template = envelope.state == "template"
    messages.success(request, _("Le modèle est supprimé.") if is_template else _("Le brouillon est supprimé."))
    return redirect("envelope-templates" if is_template else "envelopes")


@require_GET
@in_envelopes
def preview(request: FirmRequest, envelope_id: uuid.UUID, recipient_id: uuid.UUID) -> HttpResponse:
    """Show the documents as one of the signers will see them: his boxes in his colour, those of others pale."""
    envelope = draft_of(request, envelope_id, to_change=False)
    recipient = next((one for one in envelope.acting if one.id == recipient_id), None)
    if recipient is None:
        raise NotFound(kind="recipient")
    previews = [{"document": one, "pages": pages_of(envelope, one, recipient_id)} for one in envelope.documents]
    context = {"recipient": recipient, "previews": previews}
    return step_page(request, envelope, "check", context, template="preview")


def _take(request: FirmRequest, envelope_id: uuid.UUID, uploads: list[UploadedFile[bytes]]) -> list[str]:
    """Put each file into the draft and return what is wrong with those that were refused, by name."""
    refused = []
    for uploaded in uploads:
        name = uploaded.name or ""
        try:
            envelopes.add_document(**where(request, envelope_id), filename=name, chunks=uploaded.chunks())
        except (NotFound, envelopes.MayNot, envelopes.WrongState, firms.FirmClosed):
            raise
        except DomainError as error:
            refused.append(_("{name} : {why}").format(name=documents.title_of(name), why=sentence(error)))
    return refused


def _person_form(
    request: FirmRequest, envelope: envelopes.EnvelopeView, recipient: envelopes.RecipientView | None = None
) -> RecipientForm:
    initial: dict[str, Any] = {"role": "signer", "locale": envelope.locale, "level": envelope.level}
    if recipient is not None:
        names = ("role", "given_name", "family_name", "email", "mobile", "locale", "level", "label")
        initial = {name: getattr(recipient, name) for name in names}
    return RecipientForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        advanced=firms.options(request.firm).third_party_advanced,
        template=envelope.state == "template",
    )


def _move(
    request: FirmRequest, envelope: envelopes.EnvelopeView, recipient: envelopes.RecipientView, action: str
) -> None:
    """Move somebody one step up or down, into the step before, or out of his step."""
    steps = [[one.id for one in step] for step in envelope.steps]
    here = next((place for place, step in enumerate(steps) if recipient.id in step), None)
    if here is None:
        return
    steps[here].remove(recipient.id)
    if action == "join" and here > 0:
        steps[here - 1].append(recipient.id)
    elif action == "part":
        steps.insert(here + 1, [recipient.id])
    else:
        alone = not steps[here]
        before = here - (1 if alone else 0) if action == "up" else here + (2 if alone else 1)
        steps.insert(max(before, 0), [recipient.id])
    envelopes.arrange_recipients(**where(request, envelope.id), steps=[step for step in steps if step])


def _colleagues(request: FirmRequest, envelope: envelopes.EnvelopeView) -> list[accounts.Person]:
    """Return the members of the firm who are not in the draft yet."""
    there = {one.email for one in envelope.recipients}
    members = [one.person for one in accounts.people_of(request.firm)]
    return [one for one in members if one.email.lower() not in there][:8]


def _member(request: FirmRequest, number: str) -> accounts.Person:
    for one in accounts.people_of(request.firm):
        if str(one.person_id) == number:
            return one.person
    raise NotFound(kind="person")


def _moved(order: list[uuid.UUID], one: uuid.UUID, by: int) -> list[uuid.UUID]:
    """Return ``order`` with ``one`` a place further up or down, where there is one."""
    if one not in order:
        return order
    here = order.index(one)
    there = min(max(here + by, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    return order
