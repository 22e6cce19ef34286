"""What became of an activation that a mandate gave: what was never signed goes back."""

from django.db.models import F

from paraphe.kernel.actor import SYSTEM
from paraphe.trust.journal import api as journal
from paraphe.trust.remote import api as remote
from paraphe.trust.seals.models import Mandate, MandateUse, Release


def end_use(use: MandateUse) -> int:
    """Give back what of an activation was never signed, in the caller's transaction; return how many seals."""
    remote.revoke_of_challenge(use.pk)
    unsigned = min(remote.unsigned_of(use.pk), use.count)
    if use.release_id is not None:
        Release.objects.filter(pk=use.release_id).update(used=F("used") - unsigned)
    else:
        Mandate.objects.filter(pk=use.mandate_id).update(used=F("used") - unsigned)
    use.settled = True
    use.save(update_fields=["settled"])
    if unsigned:
        data = {"use": str(use.pk), "count": unsigned}
        journal.write("mandate:given-back", SYSTEM, {"deed": str(use.mandate_id)}, data)
    return unsigned
