"""What Alice did at her desk before the journey begins: run as a program inside the house, it launches a collection.

Prints, as JSON, the number of the collection and the link of each signer.
"""

import json
import os
import sys
from typing import Any

PEOPLE = {
    "Claire": {"family_name": "Vidal", "email": "claire@vidal.example", "mobile": "0698765432"},
    "Denis": {"family_name": "Roux", "email": "denis@roux.example", "mobile": "0698765433"},
    "Basile": {"family_name": "Fontaine", "email": "basile@fontaine.example", "mobile": "0698765434"},
}


def main(names: list[str], *, parallel: bool, boxes: bool, advanced: bool) -> None:
    """Launch a collection for ``names``, who are asked for advanced signatures or for simple ones."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "paraphe.config.sites.platform.settings"
    import django

    django.setup()

    from paraphe.kernel.actor import SYSTEM
    from paraphe.platform.envelopes import api as envelopes
    from paraphe.platform.envelopes import links
    from paraphe.platform.envelopes.models import Recipient
    from paraphe.platform.firms import api as firms
    from tests.journeys.visitor import pdf_of
    from tests.support import cast

    alice = cast.sign_in(cast.ALICE)
    where: dict[str, Any] = {"person": alice, "firm": cast.firm(cast.MARTIN)}
    level = "advanced" if advanced else "simple"
    if advanced:
        seen = firms.options(where["firm"]).version
        firms.change(actor=SYSTEM, **where, changes={"third_party_advanced": True}, seen_version=seen)
    made = envelopes.create(actor=SYSTEM, **where)
    words = {"title": "Lettre de mission 2027", "message": "Bonjour,\nvoici notre lettre de mission."}
    runs = {"expiry_days": 15, "read_all_pages": True, "may_forward": True}
    envelopes.set_options(**where, envelope_id=made.id, typed={**words, **runs})
    envelopes.add_document(
        **where, envelope_id=made.id, filename="Lettre de mission.pdf", chunks=[pdf_of("Lettre de mission", pages=2)]
    )
    for name in names:
        envelopes.add_recipient(
            **where, envelope_id=made.id, typed={"given_name": name, "level": level, **PEOPLE[name]}
        )
    (document,) = envelopes.get(**where, envelope_id=made.id).documents
    envelopes.place_by_default(**where, envelope_id=made.id, document_id=document.id)
    view = envelopes.get(**where, envelope_id=made.id)
    if boxes:
        own = [
            envelopes.FieldData(one.recipient_id, one.kind, one.page, one.x, one.y, one.width, one.height)
            for one in view.documents[0].fields
        ]
        first = view.recipients[0].id
        own.append(envelopes.FieldData(first, "mention", 1, 60.0, 300.0, 220.0, 34.0, label="Lu et approuvé"))
        own.append(envelopes.FieldData(first, "date", 1, 60.0, 350.0, 90.0, 22.0, label="Fait le"))
        envelopes.place(**where, envelope_id=made.id, document_id=document.id, fields=own)
    if parallel:
        Recipient.objects.filter(envelope_id=made.id).update(step=1)
    envelopes.launch(actor=SYSTEM, **where, envelope_id=made.id)
    people = Recipient.objects.filter(envelope_id=made.id)
    found = {one.given_name: f"/signer/{links.token_of(one)}/" for one in people}
    sys.stdout.write(json.dumps({"envelope": str(made.id), "links": found}) + "\n")


if __name__ == "__main__":
    words = {word: word in sys.argv for word in ("parallel", "boxes", "advanced")}
    main([name for name in sys.argv[1:] if name in PEOPLE], **words)
