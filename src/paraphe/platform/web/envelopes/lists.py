"""The list of collections: filters in the address, a page at a time."""

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from paraphe.platform.accounts import api as accounts
from paraphe.platform.envelopes import api as envelopes
from paraphe.platform.web.documents.gate import FirmRequest
from paraphe.platform.web.envelopes.gate import in_envelopes
from paraphe.platform.web.envelopes.words import FILTERS, STATES, TONES

MAX_QUERY = 200


@require_GET
@in_envelopes
def show(request: FirmRequest) -> HttpResponse:
    """Show the collections of a filter, the one changed last first."""
    chosen = request.GET.get("etat", "")
    query = request.GET.get("q", "")[:MAX_QUERY].strip()
    mine = request.GET.get("miennes") == "1"
    after = request.GET.get("apres", "")[:100]
    name, _word, states = next((one for one in FILTERS if one[0] == chosen), FILTERS[0])
    found = envelopes.listing(request.person, request.firm, states=states, query=query, mine=mine, after=after)
    counts = envelopes.counts(request.person, request.firm)
    kept = {"q": query, "miennes": "1" if mine else ""}
    filters = [
        {
            "word": word,
            "url": _address(kept | {"etat": key}),
            "count": sum(counts.get(state, 0) for state in states) if states else None,
            "current": key == name,
        }
        for key, word, states in FILTERS
    ]
    context = {
        "firm": request.firm,
        "rows": [(row, STATES[row.state], TONES[row.state]) for row in found.rows],
        "filters": filters,
        "query": query,
        "mine": mine,
        "chosen": name,
        "after": after,
        "next": _address(kept | {"etat": name, "apres": found.after}) if found.after else "",
        "first": _address(kept | {"etat": name}),
        "any": sum(number for state, number in counts.items() if state != "template"),
        "may_prepare": "prepare" in accounts.rights(request.person, request.firm),
    }
    return render(request, "web_envelopes/list.html", context)


def _address(words: dict[str, str]) -> str:
    given = {name: value for name, value in words.items() if value}
    return reverse("envelopes") + (f"?{urlencode(given)}" if given else "")
