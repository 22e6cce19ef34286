"""What can be wrong with what a firm sets for itself."""

from collections.abc import Mapping

from paraphe.kernel.errors import DomainError


class MayNotChange(DomainError):
    """Only an accountant of the firm, on the roll, changes what the firm set."""

    code = "may_not_change"


class BadOption(DomainError):
    """One option has a value that cannot be; ``params["reason"]`` says why, the others are for its sentence."""

    code = "bad_option"


class OptionsRefused(DomainError):
    """Nothing was changed: ``problems`` has the reason of each option that cannot be as it was given."""

    code = "options_refused"

    def __init__(self, problems: Mapping[str, BadOption]) -> None:
        self.problems = problems
        super().__init__(options=sorted(problems))


class ChangedMeanwhile(DomainError):
    """Somebody saved since this page was read: ``params`` has the present ``version``, who (``by``) and when."""

    code = "changed_meanwhile"


class LogoRefused(DomainError):
    """This is no logo: ``reason`` is ``empty``, ``too_large``, ``too_small`` or ``unreadable``."""

    code = "logo_refused"


class FirmClosed(DomainError):
    """The firm left: nothing can be added or changed."""

    code = "firm_closed"


class SirenMismatch(DomainError):
    """What was typed is not the SIREN of the firm that is to be closed."""

    code = "siren_mismatch"
