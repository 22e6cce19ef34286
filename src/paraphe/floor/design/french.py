"""What French asks of sentences that are French in the source and therefore in no catalogue: plural and spaces.

Django takes what it does not find in a catalogue for English: "0 signatures". In French nothing is singular, too. And a
line must not begin with the colon or the closing guillemet that stands behind a space in the sentence before it.
Whatever is asked for in French and stands in no catalogue falls back to this.
"""

import gettext
import re
from functools import lru_cache
from typing import Final

from django.utils.translation import trans_real

NO_BREAK: Final = "\u00a0"
#: A space that holds: before two-part signs, € and %, where that is not the sign of a placeholder; inside guillemets.
_HOLDS: Final = re.compile(r"(?<=\S) (?=[:;?!»€](?:\W|$)|%(?![(\w]))|(?<=«) ")


@lru_cache(maxsize=8192)
def spaced(sentence: str) -> str:
    """Return a French sentence with spaces that do not break where typography wants them.

    >>> spaced("Quel cabinet ? « {title} » : 100 %").replace(NO_BREAK, "_")
    'Quel cabinet_? «_{title}_»_: 100_%'
    """
    return _HOLDS.sub(NO_BREAK, sentence)


class French(gettext.NullTranslations):
    """Gives every sentence back as it is but for its spaces, the singular for less than two."""

    def gettext(self, message: str) -> str:
        """Return the sentence, its spaces set."""
        return spaced(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the singular for 0 and 1, and for one that is missing (-1)."""
        return spaced(msgid1 if abs(n) < 2 else msgid2)

    def npgettext(self, context: str, msgid1: str, msgid2: str, n: int) -> str:
        """Return the same with a context."""
        return self.ngettext(msgid1, msgid2, n)


def install() -> None:
    """Let French fall back to this, once all applications are there."""
    trans_real.translation("fr").add_fallback(French())
