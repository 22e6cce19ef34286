"""Why a PDF is not taken, and what can go wrong with one that was. Every refusal is a class with its stable code."""

from paraphe.kernel.errors import DomainError


class PdfRefused(DomainError):
    """This PDF cannot be taken or signed."""

    code = "pdf_refused"


class NotAPdf(PdfRefused):
    """The bytes do not begin like a PDF."""

    code = "not_a_pdf"


class Empty(PdfRefused):
    """There are no bytes."""

    code = "empty"


class Truncated(PdfRefused):
    """The end of the file is missing."""

    code = "truncated"


class Encrypted(PdfRefused):
    """The file is protected by a password or a certificate."""

    code = "encrypted"


class NoPages(PdfRefused):
    """The file has no page."""

    code = "no_pages"


class TooLarge(PdfRefused):
    """The file is larger than ``params["limit"]`` bytes."""

    code = "too_large"


class TooManyPages(PdfRefused):
    """The file has more pages than ``params["limit"]``."""

    code = "too_many_pages"


class Damaged(PdfRefused):
    """The file cannot be read."""

    code = "damaged"


class DynamicForm(PdfRefused):
    """The file is an XFA form, which has no fixed appearance."""

    code = "dynamic_form"


class CertifiedNoChanges(PdfRefused):
    """The author certified the file and forbids any change (ISO 32000-2 §12.8.2.2, P = 1)."""

    code = "certified_no_changes"


class NoSuchPage(PdfRefused):
    """The page does not exist."""

    code = "no_such_page"


class NotPermitted(PdfRefused):
    """The document's author or its field forbids this signature."""

    code = "not_permitted"


class TooComplex(PdfRefused):
    """The file could not be read within the limits of time and memory."""

    code = "too_complex"


class BadBox(PdfRefused):
    """The box of the signature is no rectangle on its page."""

    code = "bad_box"


class FieldTaken(PdfRefused):
    """There is no empty signature field of this name."""

    code = "field_taken"


class FieldMissing(PdfRefused):
    """There is no such form field to fill, or it has no place of its own where its value would be seen."""

    code = "field_missing"


class RenderFailed(PdfRefused):
    """The page could not be made into an image within its limits of time and memory."""

    code = "render_failed"


class EncryptedForRecipients(PdfRefused):
    """The file is encrypted for the certificates of its recipients (ISO 32000-2 §7.6.5)."""

    code = "encrypted_for_recipients"


class OwnerProtected(PdfRefused):
    """The owner of the file forbids signing it (ISO 32000-2 table 22)."""

    code = "owner_protected"


class Unavailable(PdfRefused):
    """The file cannot be read from where it is."""

    code = "not_readable"


class BadImage(PdfRefused):
    """The logo or the handwritten signature is no PNG or JPEG of a reasonable size."""

    code = "bad_image"


class InitialsOnSigned(PdfRefused):
    """Initials would be new annotations under an earlier signature, which makes that one look tampered with."""

    code = "initials_on_signed"


class NoRoom(PdfRefused):
    """The signature with its certificates and its timestamp is larger than the room that was left for it."""

    code = "no_room"


class SplitSigned(PdfRefused):
    """The file is signed: its pages apart would have no signature any more."""

    code = "split_signed"


class AnchorMissing(PdfRefused):
    """The text at which a document was to be split stands on none of its pages."""

    code = "anchor_missing"


class SignatureMismatch(DomainError):
    """The signature value is not over the prepared digest by the key of the certificate."""

    code = "signature_mismatch"


class StateBroken(DomainError):
    """Stored bytes are not a prepared signature of this version."""

    code = "state_broken"


class LevelNotReached(DomainError):
    """What was made is not at the level that was asked for, and is not given out; ``params["problems"]`` says why."""

    code = "level_not_reached"
