"""What people are told of a collection: one function per message, called inside the transaction of what happened.

Each has a key made of what it is about, so that a repeated verb writes once. Nothing is attached, ever: there is one
link, to this site. The firm is named as the Order's register names it, with its SIREN.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from paraphe.floor.messaging import api as messaging
from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import links
from paraphe.platform.envelopes.models import Envelope, Recipient
from paraphe.platform.envelopes.values import DONE, PENDING
from paraphe.platform.firms import api as firms

TEMPLATE: Final = "platform_envelopes/mail/letter"
#: By it the messages to recipients are found again in the outbox: what bounced, what did not arrive.
INVITED_KEY: Final = "envelope-invited:"
LONGEST_IN_SMS: Final = 50
#: Where the firm's words have the link; ours is a button below them.
HERE: Final = "\ufffc"


@dataclass(frozen=True)
class Letter:
    """One e-mail: words, at most one link."""

    subject: str
    greeting: str
    paragraphs: tuple[str, ...]
    about: str
    quote: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    url: str = ""
    label: str = ""
    report_url: str = ""


def invited(envelope: Envelope, recipient: Recipient) -> bool:
    """Ask a recipient to sign or approve, by e-mail in the firm's own words; tell whether the link went by SMS, too.

    Who has a mobile gets a line by SMS. It holds no link unless the firm wants it: the link comes by one way and the
    code by another.
    """
    by_sms = bool(recipient.mobile) and firms.options(envelope.firm).link_by_sms
    with translation.override(recipient.locale):
        _own_words(envelope, recipient, "invitation", invitation_key(recipient))
        if recipient.mobile:
            if by_sms:
                sentence = _("{firm} vous envoie « {title} » à lire : {link}")
            else:
                sentence = _("{firm} vous envoie « {title} » à lire. Le lien est dans l'e-mail adressé à {address}.")
            text = sentence.format(
                firm=envelope.firm.name[:LONGEST_IN_SMS],
                title=envelope.title[:LONGEST_IN_SMS],
                address=recipient.email,
                link=link_of(recipient),
            )
            messaging.send_sms(recipient.mobile, text, key=f"{invitation_key(recipient)}:sms")
    return by_sms


def reminded(envelope: Envelope, recipient: Recipient) -> None:
    """Remind a recipient who is on turn."""
    at = recipient.reminded_at or timezone.now()
    with translation.override(recipient.locale):
        _own_words(envelope, recipient, "reminder", f"envelope-reminded:{recipient.pk}:{at:%Y%m%dT%H%M}")


def completed(envelope: Envelope) -> None:
    """Tell everybody that all have signed, with the link to what was signed."""
    for recipient in _everybody(envelope):
        to_recipient(
            envelope,
            recipient,
            f"envelope-completed:{recipient.pk}",
            subject=gettext_noop("Signé par tous : {title}"),
            paragraphs=(gettext_noop("Tous ont signé « {title} ». Les documents signés vous attendent."),),
            label=gettext_noop("Retrouver les documents signés"),
        )
    to_sender(
        envelope,
        "completed",
        kind="completed",
        subject=gettext_noop("Signé par tous : {title}"),
        paragraphs=(gettext_noop("Tous ont signé « {title} ». Les documents sont prêts, le dossier de preuve suit."),),
    )


def signed(envelope: Envelope, recipient: Recipient) -> None:
    """Tell the sender that somebody signed or approved; of the last one he is told by ``completed``."""
    acting = envelope.recipients.exclude(role=Recipient.Role.COPY).exclude(state=Recipient.State.REPLACED)
    if not acting.filter(state__in=PENDING).exists():
        return
    subject = gettext_noop("Signé par {name} : {title}")
    sentence = gettext_noop("{name} a signé « {title} ». Réponses reçues : {done} sur {all}.")
    if recipient.state == Recipient.State.APPROVED:
        subject = gettext_noop("Approuvé par {name} : {title}")
        sentence = gettext_noop("{name} a approuvé « {title} ». Réponses reçues : {done} sur {all}.")
    done = acting.filter(state__in=DONE).count()
    to_sender(
        envelope,
        f"signed:{recipient.pk}",
        kind="progress",
        subject=subject,
        paragraphs=(sentence,),
        values={"name": name_of(recipient), "done": str(done), "all": str(acting.count())},
    )


def ended(envelope: Envelope) -> None:
    """Tell of the end of a collection, whatever it is, those who have to do with it."""
    tellers = {"completed": completed, "refused": refused, "expired": expired, "cancelled": cancelled}
    if envelope.state in tellers:
        tellers[envelope.state](envelope)


def refused(envelope: Envelope) -> None:
    """Tell the sender who refused and why, and the others that it is over."""
    who = envelope.recipients.filter(state=Recipient.State.REFUSED).order_by("-done_at").first()
    name = name_of(who) if who else ""
    to_sender(
        envelope,
        "refused",
        kind="refused",
        subject=gettext_noop("Refus de signer : {title}"),
        paragraphs=(gettext_noop("{name} refuse de signer « {title} ». La collecte est close."),),
        quote=(who.refusal or "") if who else "",
        values={"name": name},
    )
    for recipient in _concerned(envelope):
        if who is None or recipient.pk != who.pk:
            _over(
                envelope,
                recipient,
                gettext_noop("Un signataire a refusé de signer « {title} » : la demande est close."),
            )


def linked(envelope: Envelope, recipient: Recipient) -> None:
    """Send a recipient another link, asked for by the sender."""
    to_recipient(
        envelope,
        recipient,
        f"envelope-linked:{recipient.pk}:{recipient.link_number}",
        subject=gettext_noop("Nouveau lien : {title}"),
        paragraphs=(gettext_noop("Voici un nouveau lien vers « {title} ». Ceux d'avant n'ouvrent plus rien."),),
        label=gettext_noop("Ouvrir les documents"),
    )


def expires_soon(envelope: Envelope) -> None:
    """Tell who has not signed, and the sender, that the deadline comes."""
    for recipient in _concerned(envelope):
        if recipient.state in ("invited", "opened", "read"):
            to_recipient(
                envelope,
                recipient,
                f"envelope-ending:{recipient.pk}:{_stamp(envelope)}",
                subject=gettext_noop("Bientôt trop tard : {title}"),
                paragraphs=(gettext_noop("« {title} » attend votre signature, jusqu'au {deadline}."),),
                label=gettext_noop("Lire et signer"),
            )
    to_sender(
        envelope,
        f"ending:{_stamp(envelope)}",
        kind="expiring",
        subject=gettext_noop("Échéance proche : {title}"),
        paragraphs=(gettext_noop("« {title} » n'est pas signé par tous. L'échéance est le {deadline}."),),
    )


def expired(envelope: Envelope) -> None:
    """Tell everybody concerned that the deadline is over."""
    for recipient in _concerned(envelope):
        _over(envelope, recipient, gettext_noop("L'échéance de « {title} » est passée : on ne peut plus signer."))
    to_sender(
        envelope,
        "expired",
        kind="expiring",
        subject=gettext_noop("Échéance passée : {title}"),
        paragraphs=(gettext_noop("L'échéance de « {title} » est passée sans que tous aient signé. Elle est close."),),
    )


def cancelled(envelope: Envelope) -> None:
    """Tell those who were asked that nothing is asked any more, and why; the sender too where the operator ended it."""
    if envelope.ended_by is None:
        _stopped(envelope)
        return
    for recipient in _concerned(envelope):
        _over(
            envelope,
            recipient,
            gettext_noop("{firm} a annulé sa demande de signature de « {title} ». Vous n'avez rien à faire."),
            quote=envelope.end_reason or "",
        )


def _stopped(envelope: Envelope) -> None:
    for recipient in _concerned(envelope):
        _over(
            envelope, recipient, gettext_noop("La demande de signer « {title} » a été arrêtée. N'y donnez pas suite.")
        )
    to_sender(
        envelope,
        "stopped",
        kind=None,
        subject=gettext_noop("Collecte arrêtée : {title}"),
        paragraphs=(
            gettext_noop("Un destinataire a signalé « {title} », et l'exploitant a arrêté la collecte. Contactez-le."),
        ),
    )


def replaced(envelope: Envelope, old: Recipient) -> None:
    """Tell somebody who had been invited that another one is asked in his place."""
    if old.invited_at is not None:
        _over(envelope, old, gettext_noop("« {title} » sera signé par une autre personne. Vous n'avez rien à faire."))


def asked(envelope: Envelope, recipient: Recipient, question: str, number: str) -> None:
    """Hand a recipient's question to the sender; his answer goes to the recipient by e-mail."""
    to_sender(
        envelope,
        f"asked:{recipient.pk}:{number}",
        kind="question",
        subject=gettext_noop("Question sur : {title}"),
        paragraphs=(gettext_noop("{name} a une question avant de signer « {title} ». Répondez à cet e-mail."),),
        quote=question,
        values={"name": name_of(recipient)},
        reply_to=recipient.email,
    )


def not_signed(envelope: Envelope, recipient: Recipient, number: str) -> None:
    """Tell a recipient whose code was accepted that his signature could not be finished, and the way back."""
    to_recipient(
        envelope,
        recipient,
        f"envelope-not-signed:{recipient.pk}:{number}",
        subject=gettext_noop("À signer de nouveau : {title}"),
        paragraphs=(
            gettext_noop("Votre signature de « {title} » n'a pas pu être terminée : une panne a duré trop longtemps."),
            gettext_noop("Rien n'est signé en votre nom. Revenez par ce lien : un nouveau code vous sera envoyé."),
        ),
        label=gettext_noop("Signer de nouveau"),
    )


def denied(envelope: Envelope, recipient: Recipient) -> None:
    """Tell the sender that who was invited says it is not for him."""
    to_sender(
        envelope,
        f"denied:{recipient.pk}:{recipient.link_number}",
        kind="undelivered",
        subject=gettext_noop("Mauvais destinataire : {title}"),
        paragraphs=(gettext_noop("« {title} » : la personne invitée comme {name} dit que cela ne la concerne pas."),),
        values={"name": name_of(recipient)},
    )


def bounced(envelope: Envelope, recipient: Recipient) -> None:
    """Tell the sender that an invitation did not arrive."""
    to_sender(
        envelope,
        f"bounced:{recipient.pk}:{recipient.link_number}",
        kind="undelivered",
        subject=gettext_noop("Invitation non remise : {title}"),
        paragraphs=(
            gettext_noop("L'invitation de {name} pour « {title} » n'a pas été remise à {address}. Corrigez l'adresse."),
        ),
        values={"name": name_of(recipient), "address": recipient.email},
    )


def invitation_key(recipient: Recipient) -> str:
    """Return the key of the invitation of a recipient by his present link."""
    return f"{INVITED_KEY}{recipient.pk}:{recipient.link_number}"


def link_of(recipient: Recipient) -> str:
    """Return the address that a recipient opens."""
    return f"{settings.SITE_URL}/signer/{links.token_of(recipient)}/"


def report_link_of(recipient: Recipient) -> str:
    """Return the address by which a recipient reports a request."""
    return f"{settings.SITE_URL}/signaler/{links.token_of(recipient)}/"


def about(firm: accounts.Firm, sender: accounts.Person) -> str:
    """Return who asks: a person, for a firm as the Order's register names it."""
    siren = f"{firm.siren[:3]} {firm.siren[3:6]} {firm.siren[6:]}"
    words = _("Demande de {sender}, {firm} (SIREN {siren}), cabinet identifié par l'Ordre des experts-comptables.")
    return words.format(sender=sender.full_name, firm=firm.name, siren=siren)


def _own_words(envelope: Envelope, recipient: Recipient, kind: str, key: str) -> None:
    """Write an invitation or a reminder in the firm's own words, around our link."""
    values = {
        "cabinet": envelope.firm.name,
        "destinataire": name_of(recipient),
        "document": envelope.title,
        "lien": HERE,
        "echeance": _day(envelope),
    }
    mail = firms.compose_mail(firms.options(envelope.firm), kind, recipient.locale, values)
    parts = [part.replace(HERE, "").strip() for part in mail.body.split("\n\n")]
    greeting, *paragraphs = [part for part in parts if part] or [name_of(recipient)]
    letter = Letter(
        subject=mail.subject.replace(HERE, "").strip(),
        greeting=greeting,
        paragraphs=tuple(paragraphs),
        quote=envelope.message,
        about=about(envelope.firm, envelope.sender),
        facts=((_("Document"), envelope.title), (_("À signer avant le"), _day(envelope))),
        url=link_of(recipient),
        label=_("Lire et approuver") if recipient.role == Recipient.Role.APPROVER else _("Lire et signer"),
        report_url=report_link_of(recipient),
    )
    send(recipient.email, letter, key, recipient.locale, sender_name=mail.sender, reply_to=envelope.sender.email)


def to_recipient(
    envelope: Envelope,
    recipient: Recipient,
    key: str,
    *,
    subject: str,
    paragraphs: Iterable[str],
    label: str = "",
    quote: str = "",
    values: Mapping[str, str] | None = None,
) -> None:
    """Write to a recipient, in his language, about his collection; ``label`` names the button with his link."""
    # Whose link the sender took back reads what happened, and nothing more.
    linked = bool(label and recipient.token_hash)
    with translation.override(recipient.locale):
        filled = {**_values(envelope), **(values or {})}
        letter = Letter(
            subject=_(subject).format_map(filled),
            greeting=_("Bonjour {name},").format(name=name_of(recipient)),
            paragraphs=tuple(_(one).format_map(filled) for one in paragraphs),
            quote=quote,
            about=about(envelope.firm, envelope.sender),
            url=link_of(recipient) if linked else "",
            label=_(label) if linked else "",
            report_url=report_link_of(recipient) if recipient.token_hash else "",
        )
        sender_name = firms.options(envelope.firm).sender_name or envelope.firm.name
        send(recipient.email, letter, key, recipient.locale, sender_name=sender_name, reply_to=envelope.sender.email)


def _over(envelope: Envelope, recipient: Recipient, sentence: str, quote: str = "") -> None:
    """Tell a recipient that nothing is asked of him any more."""
    to_recipient(
        envelope,
        recipient,
        f"envelope-over:{recipient.pk}:{recipient.link_number}",
        subject=gettext_noop("Demande close : {title}"),
        paragraphs=(sentence,),
        quote=quote,
    )


def to_sender(
    envelope: Envelope,
    what: str,
    *,
    kind: accounts.Notice | None,
    subject: str,
    paragraphs: Iterable[str],
    quote: str = "",
    values: Mapping[str, str] | None = None,
    reply_to: str = "",
) -> None:
    """Write to who prepared the collection and, where it is another, to who launched it, each in his own language.

    Who does not want ``kind`` gets none; ``None`` is for what nobody can do without.
    """
    people = {one.pk: one for one in (envelope.sender, envelope.launched_by) if one is not None}
    for person in people.values():
        if kind is None or accounts.wants(person, kind):
            tell(envelope, person, what, subject, paragraphs, quote=quote, values=values, reply_to=reply_to)


def tell(
    envelope: Envelope,
    person: accounts.Person,
    what: str,
    subject: str,
    paragraphs: Iterable[str],
    *,
    quote: str = "",
    values: Mapping[str, str] | None = None,
    reply_to: str = "",
) -> None:
    """Write to somebody of the firm, in his own language whatever that of the collection; ``what`` is in the key."""
    language = accounts.language_of(person)
    with translation.override(language):
        filled = {**_values(envelope), **(values or {})}
        letter = Letter(
            subject=_(subject).format_map(filled),
            greeting=_("Bonjour {name},").format(name=person.full_name),
            paragraphs=tuple(_(one).format_map(filled) for one in paragraphs),
            quote=quote,
            about=f"{envelope.firm.name}, SIREN {envelope.firm.siren}",
            url=f"{settings.SITE_URL}/collectes/{envelope.pk}/",
            label=_("Voir la collecte"),
        )
        key = f"envelope-sender:{envelope.pk}:{what}:{person.pk}"
        send(person.email, letter, key, language, reply_to=reply_to)


def send(to: str, letter: Letter, key: str, language: str, *, sender_name: str = "", reply_to: str = "") -> None:
    """Write into the outbox; an address that cannot be one stops nothing: it shows as not delivered."""
    try:
        messaging.send_template(
            to, TEMPLATE, {"letter": letter}, key=key, language=language, sender_name=sender_name, reply_to=reply_to
        )
    except messaging.AddressRefused:
        return


def _everybody(envelope: Envelope) -> list[Recipient]:
    """Return who signed, approved or gets a copy; who had no link until now gets his."""
    found = [one for one in envelope.recipients.all() if one.state in ("signed", "approved") or one.role == "copy"]
    for one in found:
        if one.link_number == 0 and one.email:
            links.renew(one)
            one.save(update_fields=["token_hash", "link_number"])
    return found


def _concerned(envelope: Envelope) -> list[Recipient]:
    """Return who was written to and was not replaced since."""
    gone = (Recipient.State.REPLACED, Recipient.State.BOUNCED)
    return [one for one in envelope.recipients.exclude(invited_at=None) if one.state not in gone]


def _values(envelope: Envelope) -> dict[str, str]:
    return {"title": envelope.title, "firm": envelope.firm.name, "deadline": _day(envelope)}


def name_of(recipient: Recipient) -> str:
    """Return the name of a recipient as people read it."""
    return f"{recipient.given_name} {recipient.family_name}".strip() or recipient.email


def _day(envelope: Envelope) -> str:
    return date_format(timezone.localtime(envelope.expires_at), "DATE_FORMAT") if envelope.expires_at else ""


def _stamp(envelope: Envelope) -> str:
    return f"{envelope.expires_at:%Y%m%d}" if envelope.expires_at else ""
