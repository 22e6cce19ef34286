"""What can go wrong at the registration authority."""

from paraphe.kernel.errors import DomainError


class KindUnknown(DomainError):
    """There is no such kind of identity document, or this operator does not take it."""

    code = "kind_unknown"


class SideUnknown(DomainError):
    """This kind of document has no such side."""

    code = "side_unknown"


class PagesMissing(DomainError):
    """A case cannot be submitted before every side is there."""

    code = "pages_missing"


class CaseClosed(DomainError):
    """The case does not wait for what is brought to it: it is submitted or decided already."""

    code = "case_closed"


class AlreadyDecided(DomainError):
    """This officer has decided on this submission before; another one must (four eyes)."""

    code = "already_decided"


class ReasonMissing(DomainError):
    """A refusal or a request for another photograph needs one of the known reasons."""

    code = "reason_missing"


class ChecklistIncomplete(DomainError):
    """An approval needs every point of the checklist."""

    code = "checklist_incomplete"


class RolesRefused(DomainError):
    """There is no such role, or an auditor would have another one too; ``params["reason"]`` says which."""

    code = "roles_refused"


class ProposalRefused(DomainError):
    """The officer may not propose or confirm this; ``params["reason"]``: ``role``, ``own``, ``gone``."""

    code = "proposal_refused"


class AcceptanceRefused(DomainError):
    """No such policy: ``params["reason"]`` is ``profile`` or ``share``."""

    code = "acceptance_refused"
