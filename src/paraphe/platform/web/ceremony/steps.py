"""Where the recipient is on his way, and what every page of it shows."""

from django.utils.translation import gettext as _

from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.ceremony.gate import GuestRequest

NO_BREAK = "\u00a0"
Shown = envelopes.ceremony.CeremonyView


def next_step(view: Shown) -> str:
    """Return the name of the page after the reading."""
    if view.role == "approver":
        return "ceremony-approve"
    if view.to_fill:
        return "ceremony-fill"
    return "ceremony-identity" if view.identity else "ceremony-sign"


def context_of(_request: GuestRequest, view: Shown, current: str = "read") -> dict[str, object]:
    """Return what every page shows: the firm, its title, the steps."""
    between = [*(["fill"] if view.to_fill else []), *(["identity"] if view.identity else [])]
    order = ["read", *between, "approve" if view.role == "approver" else "sign"]
    labels = {
        "read": _("Lire"),
        "fill": _("Remplir"),
        "identity": _("Identité"),
        "sign": _("Signer"),
        "approve": _("Approuver"),
    }
    place = order.index(current) if current in order else len(order)
    marks = ["done" if number < place else "current" if number == place else "todo" for number in range(len(order))]
    return {
        "view": view,
        "steps": [(labels[name], mark) for name, mark in zip(order, marks, strict=True)],
        "mobile": masked(view.mobile),
        "report_url": view.report_url,
    }


def masked(mobile: str) -> str:
    """Return a mobile of which only the last two digits are shown, in a line that does not break.

    >>> masked("+33612345678").replace(NO_BREAK, " ")
    '•• •• •• •• 78'
    """
    return NO_BREAK.join(["••"] * 4 + [mobile[-2:]]) if mobile else ""
