"""The plural of French, for sentences that are French in the source and therefore in no catalogue.

Django takes what it does not find in a catalogue for English: "0 signatures". In French nothing is singular, too.
Whatever is asked for in French and stands in no catalogue falls back to this rule.
"""

import gettext

from django.utils.translation import trans_real


class French(gettext.NullTranslations):
    """Gives every sentence back as it is, the singular for less than two."""

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the singular for 0 and 1, and for one that is missing (-1)."""
        return msgid1 if abs(n) < 2 else msgid2

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """Return the same with a context."""
        return self.ngettext(msgid1, msgid2, n)


def install() -> None:
    """Let French fall back to this rule, once all applications are there."""
    trans_real.translation("fr").add_fallback(French())
