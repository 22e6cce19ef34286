"""The sentences that a firm has until it writes its own, and what may stand for a value in them."""

from typing import Final

# The word between braces, and the value of the example in the preview and in the tests.
PLACEHOLDERS: Final[dict[str, str]] = {
    "cabinet": "Cabinet Martin",
    "destinataire": "Camille Bernard",
    "document": "Lettre de mission 2027",
    "lien": "https://example.org/signer/7f3a",
    "echeance": "15/01/2027",
}
CONSENT: Final = {
    "fr": "J'ai lu ce document et j'accepte de le signer électroniquement.",
    "en": "I have read this document and agree to sign it electronically.",
}
MAILS: Final[dict[str, str]] = {
    "invitation_subject_fr": "{cabinet} vous invite à signer : {document}",
    "invitation_body_fr": (
        "Bonjour {destinataire},\n\n{cabinet} vous invite à lire et à signer « {document} ».\n\n{lien}\n\n"
        "Vous pouvez signer jusqu'au {echeance}.\n\nBien cordialement,\n{cabinet}"
    ),
    "invitation_subject_en": "{cabinet} invites you to sign: {document}",
    "invitation_body_en": (
        "Dear {destinataire},\n\n{cabinet} invites you to read and sign “{document}”.\n\n{lien}\n\n"
        "You can sign until {echeance}.\n\nKind regards,\n{cabinet}"
    ),
    "reminder_subject_fr": "Rappel : {document} attend votre signature",
    "reminder_body_fr": (
        "Bonjour {destinataire},\n\n« {document} » attend toujours votre signature.\n\n{lien}\n\n"
        "Vous pouvez signer jusqu'au {echeance}.\n\nBien cordialement,\n{cabinet}"
    ),
    "reminder_subject_en": "Reminder: {document} is waiting for your signature",
    "reminder_body_en": (
        "Dear {destinataire},\n\n“{document}” is still waiting for your signature.\n\n{lien}\n\n"
        "You can sign until {echeance}.\n\nKind regards,\n{cabinet}"
    ),
}
