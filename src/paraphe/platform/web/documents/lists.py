"""What the page of a list of documents needs."""

from typing import Final

from paraphe.platform.accounts import api as accounts
from paraphe.platform.documents import api as documents
from paraphe.platform.firms import api as firms
from paraphe.platform.web.documents.filters import KINDS, filters_of, query_of
from paraphe.platform.web.documents.forms import FilterForm, UploadForm
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.firm.banner import banner

THUMBNAIL_WIDTH: Final = 180


def list_context(request: FirmRequest, form: UploadForm) -> dict[str, object]:
    """Return the variables of the list under the filters of the address."""
    words = request.GET.dict()
    filters = filters_of(words)
    overview = documents.overview(request.person, request.firm, filters, words.get("apres", ""))
    found, rights, largest = overview.page, rights_of(request), documents.largest(request.firm)
    return {
        "form": form,
        "filter_form": FilterForm(words, people=_people(request, overview.owners)),
        "filtered": filters != documents.Filters(),
        "query": query_of(filters),
        "following": query_of(filters, apres=found.following) if found.following else "",
        "later_page": "apres" in words,
        "rows": found.rows,
        "kinds": dict(KINDS),
        "to_sign": overview.unsigned if "sign" in rights else 0,
        "most_together": documents.MOST_AT_ONCE,
        "firm": request.firm,
        "may_sign": "sign" in rights,
        "may_add": bool(rights & {"sign", "prepare"}),
        "max_bytes": largest,
        "max_mb": largest // 1_000_000,
        "thumbnail_width": THUMBNAIL_WIDTH,
        "banner": banner(request.person, request.firm),
    }


def rights_of(request: FirmRequest) -> frozenset[accounts.Right]:
    """Return what the person may do here: nothing more in a firm that left."""
    return frozenset() if firms.is_closed(request.firm) else accounts.rights(request.person, request.firm)


def _people(request: FirmRequest, owners: frozenset[int] | None) -> list[tuple[str, str]]:
    """Return those whose documents the person may see, by number and name; none where he sees his own only."""
    if owners is not None and len(owners) < 2:
        return []
    members = [one.person for one in accounts.people_of(request.firm)]
    return [(str(one.pk), one.full_name) for one in members if owners is None or one.pk in owners]
