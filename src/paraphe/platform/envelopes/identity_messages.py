"""What people are told of the certificate that an advanced signature needs: as in ``messages``, one function each."""

from collections.abc import Sequence
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_noop

from paraphe.kernel.digests import sha256_hex
from paraphe.platform.envelopes.messages import name_of, to_recipient, to_sender
from paraphe.platform.envelopes.models import Envelope, Recipient

_DIFFERS: Final = {
    "given_name": gettext_noop("{name} ne peut pas signer « {title} » : son prénom est autre."),
    "family_name": gettext_noop("{name} ne peut pas signer « {title} » : son nom est autre."),
    "": gettext_noop("{name} ne peut pas signer « {title} » : son nom ou son prénom est autre."),
}


def certificate_ready(envelope: Envelope, recipient: Recipient) -> None:
    """Tell a recipient who went away meanwhile that he can sign now."""
    to_recipient(
        envelope,
        recipient,
        f"envelope-certified:{recipient.pk}:{recipient.link_number}",
        subject=gettext_noop("Vous pouvez signer : {title}"),
        paragraphs=(
            gettext_noop("Votre identité est vérifiée. Il ne reste qu'à signer « {title} », avec un code par SMS."),
        ),
        label=gettext_noop("Lire et signer"),
    )


def name_corrected(envelope: Envelope, recipient: Recipient) -> None:
    """Tell a recipient whose name was in the way that it is corrected."""
    name = name_of(recipient)
    to_recipient(
        envelope,
        recipient,
        f"envelope-renamed:{recipient.pk}:{sha256_hex(name.encode())[:16]}",
        subject=gettext_noop("Votre nom est corrigé : {title}"),
        paragraphs=(
            gettext_noop("Votre nom est maintenant écrit {name}. Si c'est exact, continuez avec « {title} »."),
        ),
        label=gettext_noop("Lire et signer"),
        values={"name": name},
    )


def name_differs(envelope: Envelope, recipient: Recipient, fields: Sequence[str]) -> None:
    """Tell the sender that a signer is called otherwise than he wrote, in which part, and what mends it."""
    to_sender(
        envelope,
        f"name:{recipient.pk}:{sha256_hex(name_of(recipient).encode())[:16]}",
        kind="undelivered",
        subject=gettext_noop("Nom à corriger : {title}"),
        paragraphs=(
            _DIFFERS.get("".join(fields), _DIFFERS[""]),
            gettext_noop(
                "Demandez-lui comment il est écrit sur sa pièce d'identité et corrigez-le dans la collecte : il en est "
                "prévenu et continue par le même lien."
            ),
        ),
        values={"name": name_of(recipient)},
        reply_to=recipient.email,
    )


def identity_refused(envelope: Envelope, recipient: Recipient) -> None:
    """Tell the sender that the identity document of a signer was not accepted: he may bring another one."""
    to_sender(
        envelope,
        f"identity:{recipient.pk}:{timezone.now():%Y%m%dT%H%M}",
        kind="undelivered",
        subject=gettext_noop("Pièce d'identité non acceptée : {title}"),
        paragraphs=(
            gettext_noop("La pièce d'identité de {name}, demandée pour signer « {title} », n'a pas été acceptée."),
            gettext_noop("Il en connaît la raison et peut en présenter une autre par le même lien."),
        ),
        values={"name": name_of(recipient)},
    )
