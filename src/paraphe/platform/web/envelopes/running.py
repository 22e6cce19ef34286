"""The page of a collection that runs or ended, and what can be done with it."""

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from paraphe.kernel.errors import DomainError, NotFound
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.evidence import api as evidence
from paraphe.platform.firms import api as firms
from paraphe.platform.web.account.access import actor_of
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.forms import RecipientForm
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.paging import people_page
from paraphe.platform.web.envelopes.sentences import sentence, told
from paraphe.platform.web.envelopes.steps import number_in, steps_in, where
from paraphe.platform.web.envelopes.words import (
    HELD_UP,
    NAME_PARTS,
    PEOPLE_STATES,
    RECIPIENT_STATES,
    RECIPIENT_TONES,
    STATES,
    TONES,
    WAITS,
)
from paraphe.platform.web.history.words import word

SHOWN_EVENTS = 200
#: Events that say more than a sender needs to read; the evidence file has them all.
TOO_FINE = frozenset({"ceremony:page-seen", "ceremony:digest-shown"})


@require_GET
@in_envelopes
def show(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Show a collection; a draft opens at its first step that lacks something."""
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    if envelope.editable:
        prepares = "prepare" in accounts.rights(request.person, request.firm)
        return redirect(_step_of(envelope) if prepares else "envelope-check", envelope_id=envelope_id)
    rights = accounts.rights(request.person, request.firm)
    chosen = request.GET.get("etat", "")
    people = people_page(request, envelope, PEOPLE_STATES.get(chosen, PEOPLE_STATES[""])[1])
    waits = envelopes.waits(envelope)
    context = {
        "envelope": envelope,
        "firm": request.firm,
        "state": STATES[envelope.state],
        "tone": TONES[envelope.state],
        "people": people,
        "steps": [(step, [_shown(one, waits.get(one.id, ())) for one in step.people]) for step in people.steps],
        "states": _states(envelope),
        "chosen": chosen,
        "replaced": [one for one in envelope.recipients if one.state == "replaced"],
        "events": _events(envelope),
        "may_run": "launch" in rights,
        "may_remind": envelope.state == "running" and ("launch" in rights or envelope.sender_id == request.person.pk),
        "may_link": envelope.state != "launching" and ("launch" in rights or envelope.sender_id == request.person.pk),
        "moving": envelope.state in ("launching", "completing"),
        "frozen": sum(one.file_id is not None for one in envelope.documents),
        "proofs": _proofs(request, envelope, {str(one.id) for step in people.steps for one in step.people}),
        "pending": [one for one in envelope.acting if one.pending],
        "order": [[one for one in step if one.pending] for step in envelope.steps if any(one.pending for one in step)],
    }
    return render(request, "web_envelopes/running.html", context)


@require_POST
@in_envelopes
def relaunch(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Remind one of those on turn, or all of them."""
    recipient = number_in(request.POST.get("recipient", ""))
    return _done(request, envelope_id, envelopes.relaunch, _("Le rappel est envoyé."), recipient_id=recipient)


@require_POST
@in_envelopes
def revoke_link(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Take the link of one recipient back."""
    done = _("Le lien est révoqué : il n'ouvre plus rien.")
    return _done(request, envelope_id, envelopes.revoke_link, done, recipient_id=_recipient(request))


@require_POST
@in_envelopes
def send_link(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Send one recipient another link."""
    done = _("Un nouveau lien est envoyé ; ceux d'avant n'ouvrent plus rien.")
    return _done(request, envelope_id, envelopes.send_link, done, recipient_id=_recipient(request))


@require_POST
@in_envelopes
def extend(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Give more time."""
    typed = request.POST.get("days", "")
    days = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 5 else 0
    return _done(request, envelope_id, envelopes.extend, _("L'échéance est reportée."), days=days)


@require_POST
@in_envelopes
def cancel(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """End it, with a reason."""
    reason = request.POST.get("reason", "")
    return _done(request, envelope_id, envelopes.cancel, _("La collecte est annulée."), reason=reason)


@require_POST
@in_envelopes
def reorder(request: FirmRequest, envelope_id: uuid.UUID) -> HttpResponse:
    """Put those of whom something is expected in another order, or move one of them."""
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    steps = steps_in(request.POST.getlist("order"))
    if moved := number_in(request.POST.get("up", "")):
        steps = [[one.id for one in step if one.pending] for step in envelope.steps]
        steps = [step for step in steps if step]
        here = next((place for place, step in enumerate(steps) if moved in step), 0)
        steps[here].remove(moved)
        steps.insert(max(here - 1, 0) if not steps[here] else here, [moved])
        steps = [step for step in steps if step]
    return _done(request, envelope_id, envelopes.reorder, _("L'ordre est changé."), steps=steps)


@require_http_methods(["GET", "POST"])
@in_envelopes
def correct(request: FirmRequest, envelope_id: uuid.UUID, recipient_id: uuid.UUID) -> HttpResponse:
    """Correct how somebody is reached."""
    return _person_page(request, envelope_id, recipient_id, envelopes.correct, "correct")


@require_http_methods(["GET", "POST"])
@in_envelopes
def replace(request: FirmRequest, envelope_id: uuid.UUID, recipient_id: uuid.UUID) -> HttpResponse:
    """Ask somebody else in the place of one who did nothing yet."""
    return _person_page(request, envelope_id, recipient_id, envelopes.replace, "replace")


def _person_page(
    request: FirmRequest, envelope_id: uuid.UUID, recipient_id: uuid.UUID, verb: Callable[..., Any], name: str
) -> HttpResponse:
    envelope = envelopes.get(request.person, request.firm, envelope_id)
    recipient = next((one for one in envelope.acting if one.id == recipient_id), None)
    if recipient is None:
        raise NotFound(kind="recipient")
    names = ("given_name", "family_name", "email", "mobile", "locale")
    form = RecipientForm(
        request.POST if request.method == "POST" else None,
        initial={one: getattr(recipient, one) for one in names} if name == "correct" else {"locale": recipient.locale},
        advanced=False,
        fixed=True,
    )
    if form.is_bound and form.is_valid():
        try:
            verb(actor=actor_of(request), **where(request, envelope_id), recipient_id=recipient_id, typed=form.typed())
        except envelopes.BadRecipient as error:
            form.refuse(error.problems)
        except envelopes.NotReady as error:
            for problem in error.problems:
                form.add_error(None, told(problem, envelope).text)
        except envelopes.NotDone as error:
            messages.error(request, sentence(error))
            return redirect("envelope", envelope_id=envelope_id)
        else:
            done = _("Les coordonnées sont corrigées.") if name == "correct" else _("La personne est remplacée.")
            messages.success(request, done)
            return redirect("envelope", envelope_id=envelope_id)
    context = {"envelope": envelope, "recipient": recipient, "form": form, "replacing": name == "replace"}
    return render(request, "web_envelopes/person.html", context, status=422 if form.errors else 200)


def _done(
    request: FirmRequest, envelope_id: uuid.UUID, verb: Callable[..., Any], done: str, **words: Any
) -> HttpResponse:
    try:
        verb(actor=actor_of(request), **where(request, envelope_id), **words)
    except (NotFound, envelopes.MayNot, envelopes.WrongState, firms.FirmClosed):
        raise
    except envelopes.BadOptions as error:
        texts = {"reason": _("Dites pourquoi, en 500 caractères au plus."), "days": _("Donnez de 1 à 365 jours.")}
        messages.error(request, texts[next(iter(error.problems))])
    except DomainError as error:
        messages.error(request, sentence(error))
    else:
        messages.success(request, done)
    return redirect("envelope", envelope_id=envelope_id)


def _recipient(request: FirmRequest) -> uuid.UUID:
    """Return who is named by the button. Raises NotFound."""
    found = number_in(request.POST.get("recipient", ""))
    if found is None:
        raise NotFound(kind="recipient")
    return found


def _shown(recipient: envelopes.RecipientView, waits: Sequence[str]) -> dict[str, object]:
    return {
        "held_up": [HELD_UP[code] for code in waits if code in HELD_UP],
        "one": recipient,
        "word": _("Pas la bonne personne") if recipient.denied else RECIPIENT_STATES[recipient.state],
        "wait": _wait(recipient),
        "tone": RECIPIENT_TONES.get(recipient.state, "info" if recipient.invited_at else "secondary"),
        "facts": [
            (label, at)
            for label, at in (
                (_("Invité"), recipient.invited_at),
                (_("Lien ouvert"), recipient.opened_at),
                (_("Documents lus"), recipient.read_at),
                (_("Dernier rappel"), recipient.reminded_at),
                (_("A répondu"), recipient.done_at),
            )
            if at is not None
        ],
    }


def _wait(recipient: envelopes.RecipientView) -> dict[str, object] | None:
    """Return why somebody cannot sign yet, where the sender may want to know."""
    if not recipient.pending or recipient.wait_code not in WAITS:
        return None
    words, mine = WAITS[recipient.wait_code]
    field = NAME_PARTS.get(recipient.wait_fields, _("nom ou prénom"))
    return {"text": str(words).format(field=field), "mine": mine}


def _events(envelope: envelopes.EnvelopeView) -> list[dict[str, object]]:
    names = {str(one.id): one.name for one in envelope.recipients}
    titles = {str(one.id): one.title for one in envelope.documents}
    entries = evidence.history(envelope=str(envelope.id)).exclude(tag__in=TOO_FINE).order_by("-sequence")
    return [
        {
            "what": word(entry.tag),
            "at": entry.at,
            "about": names.get(entry.subjects.get("recipient", ""))
            or titles.get(entry.subjects.get("document", ""))
            or "",
        }
        for entry in entries[:SHOWN_EVENTS]
    ]


def _states(envelope: envelopes.EnvelopeView) -> list[tuple[str, object, int]]:
    """Return the filters of people that would show somebody, with how many."""
    counts = [
        (name, word, [one for one in envelope.acting if not held or one.state in held])
        for name, (word, held) in PEOPLE_STATES.items()
    ]
    return [(name, word, len(found)) for name, word, found in counts if found]


def _proofs(request: FirmRequest, envelope: envelopes.EnvelopeView, shown: Collection[str]) -> list[dict[str, object]]:
    """Return the evidence file and the attestations of who is ``shown``, with what they are about.

    Those that are not sealed yet have no address.
    """
    names = {str(one.id): one.name for one in envelope.recipients}
    titles = {str(one.id): one.title for one in envelope.documents}
    return [
        {
            "one": one,
            "name": names.get(one.recipient, ""),
            "title": titles.get(one.document, ""),
            "evidence": one.kind == "evidence",
        }
        for one in envelopes.proofs(request.person, request.firm, envelope.id)
        if one.kind == "evidence" or one.recipient in shown
    ]


def _step_of(envelope: envelopes.EnvelopeView) -> str:
    if not envelope.documents:
        return "envelope-documents"
    if not envelope.recipients:
        return "envelope-people"
    return "envelope-check" if any(one.fields for one in envelope.documents) else "envelope-boxes"
