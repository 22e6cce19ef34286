"""What can be wrong with seals, batches and releases."""

from paraphe.kernel.errors import DomainError


class MayNot(DomainError):
    """The person has not the right that this needs; ``params["right"]`` names it."""

    code = "may_not"


class NoSeal(DomainError):
    """The firm has no seal in force."""

    code = "no_seal"


class SealAsked(DomainError):
    """The firm has a seal in force, or a request for one waits for its signature."""

    code = "seal_asked"


class ReturnMismatch(DomainError):
    """The browser came back with something that nothing of this person waits for."""

    code = "return_mismatch"


class WrongBatchState(DomainError):
    """The batch is not in a state in which this can be done; ``params["state"]`` is its state."""

    code = "wrong_batch_state"


class BadOptions(DomainError):
    """An option is not one; ``params["field"]`` names it."""

    code = "bad_options"


class BadName(DomainError):
    """The name of a file is not one that can be kept; ``params["reason"]``: ``path``, ``long``, ``not_pdf``."""

    code = "bad_name"


class NameTaken(DomainError):
    """The batch has another file of this name."""

    code = "name_taken"


class FileTooLarge(DomainError):
    """The file is larger than ``params["megabytes"]``."""

    code = "file_too_large"


class BatchFull(DomainError):
    """The batch has as many files as one may have, ``params["most"]``."""

    code = "batch_full"


class ArchiveRefused(DomainError):
    """The ZIP is not taken; ``params["reason"]``: ``damaged``, ``too_many``, ``too_large``."""

    code = "archive_refused"


class NothingReady(DomainError):
    """No file of the batch is ready to be sealed, or some have not been looked at yet."""

    code = "nothing_ready"


class SecondPersonNeeded(DomainError):
    """Above ``params["above"]`` documents the firm asks for two persons; the one who proposed is not the second."""

    code = "second_person_needed"


class NoWayToRelease(DomainError):
    """The person has no certificate, and no standing mandate with room for ``params["count"]`` names him."""

    code = "no_way_to_release"


class BadMandate(DomainError):
    """A standing mandate cannot be asked for so; ``params["field"]`` names what is wrong."""

    code = "bad_mandate"


class BadMatching(DomainError):
    """The list of recipients cannot be read; ``params["reason"]``: ``unreadable``, ``columns``, ``too_long``."""

    code = "bad_matching"
