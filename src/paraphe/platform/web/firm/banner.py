"""What an accountant must know of his firm on the first page: terms that wait, a firm that left."""

from paraphe.platform.accounts import api as accounts
from paraphe.platform.enrolment import api as enrolment
from paraphe.platform.firms import api as firms


def banner(person: accounts.Person, firm: accounts.Firm) -> dict[str, object]:
    """Return the variables of ``platform_web/firm/banner.html``."""
    if closed := firms.closing(firm):
        return {"closed_at": closed.at, "may_reopen": firms.decides(person, firm)}
    if not firms.decides(person, firm):
        return {}
    terms = enrolment.terms_state(firm)
    return {"terms": terms} if terms.to_accept else {}
