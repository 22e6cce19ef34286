"""What can be wrong with collections and with what is asked of them."""

from collections.abc import Mapping, Sequence

from paraphe.kernel.errors import DomainError
from paraphe.platform.envelopes.values import Problem


class MayNot(DomainError):
    """The person does not have the right for this in this firm; ``params["right"]`` names it."""

    code = "may_not"


class WrongState(DomainError):
    """The collection is in ``params["state"]``, in which this cannot be done."""

    code = "envelope_state"


class ChangedMeanwhile(DomainError):
    """Somebody else changed the boxes of this document since the page was opened; nothing was saved."""

    code = "envelope_changed"


class StillAsked(DomainError):
    """``params["count"]`` collections under way name the person to be erased: they are to be ended first."""

    code = "person_still_asked"


class TooMany(DomainError):
    """More than ``params["limit"]`` of ``params["what"]``: ``documents``, ``recipients``, ``fields`` or ``octets``."""

    code = "envelope_too_many"


class BadOptions(DomainError):
    """What was typed cannot be kept; ``params["problems"]`` gives a reason for each field."""

    code = "envelope_options"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(problems=dict(problems))
        self.problems = dict(problems)


class BadRecipient(DomainError):
    """A recipient cannot be kept so; ``problems`` gives a reason for each field."""

    code = "envelope_recipient"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(problems=dict(problems))
        self.problems = dict(problems)


class BadField(DomainError):
    """A box cannot stand so.

    ``params["reason"]``: ``kind``, ``page``, ``size``, ``label``, ``name`` (no such empty field), ``recipient``
    (nobody of the collection), ``copy``, ``approver`` (who fill nothing), ``attachment`` (is only read), ``many``
    (the same person in two signature fields of the document, or in one that is not seen beside others).
    """

    code = "envelope_field"


class TextMissing(DomainError):
    """The document nowhere has ``params["text"]``."""

    code = "text_missing"


class BadOrder(DomainError):
    """The order names other people than those of the collection, or would pass somebody who was already asked."""

    code = "envelope_order"


class NotDone(DomainError):
    """The recipient did already what was asked of him, or was replaced: nothing can be changed any more."""

    code = "recipient_done"


class LinksRevoked(DomainError):
    """The sender took the link of everybody back who would be reminded: a reminder would lead nowhere."""

    code = "links_revoked"


class TooSoon(DomainError):
    """Everybody on turn was written to less than ``params["minutes"]`` minutes ago."""

    code = "relaunch_too_soon"


class SourceChanged(DomainError):
    """What is stored of a document is not what was brought."""

    code = "source_changed"


class DocumentTampered(DomainError):
    """What is stored of a document is not what was frozen or signed last; ``params["document"]`` is its number."""

    code = "document_tampered"


class NotReady(DomainError):
    """The collection cannot be launched; ``problems`` names everything that is in the way."""

    code = "envelope_not_ready"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems=[one.code for one in problems])
        self.problems = list(problems)


class BadTable(DomainError):
    """The table cannot be read; ``params["reason"]``: ``empty``, ``columns``, ``lines``, ``octets`` or ``encoding``."""

    code = "envelope_table"


class LinkDead(DomainError):
    """No ceremony opens with this link: wrong, replaced, withdrawn or too old; all of them look alike."""

    code = "link_dead"


class NotYourTurn(DomainError):
    """Others come before this recipient."""

    code = "not_your_turn"


class PagesUnseen(DomainError):
    """Pages are still to be seen before one may go on; ``params["left"]`` says how many."""

    code = "pages_unseen"


class FieldsInvalid(DomainError):
    """What was filled in cannot be kept, or is missing; ``problems`` gives a reason for each box.

    Reasons: ``empty``, ``too_long``, ``date``, ``mention``.
    """

    code = "fields_invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(problems=dict(problems))
        self.problems = dict(problems)


class NotConsented(DomainError):
    """The text was not agreed to, or it is another one than the text that was shown."""

    code = "not_consented"


class CertificateUnpaid(DomainError):
    """The firm cannot pay now for the certificate that the recipient needs; nothing is lost."""

    code = "certificate_unpaid"


class MobileMissing(DomainError):
    """There is no mobile to which a code could go, and no certificate that needs none."""

    code = "mobile_missing"


class CodeRefused(DomainError):
    """The code for taking documents away is not accepted, or not sent again now.

    ``params["reason"]``: ``wrong``, ``over`` (expired, or too many tries), ``soon``, ``many`` (today).
    """

    code = "download_code"
