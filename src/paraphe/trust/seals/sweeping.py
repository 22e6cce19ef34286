"""What nobody waits for on a page: finish deeds that stopped, settle uses, forget deeds that nobody signed."""

from django.utils import timezone

from paraphe.trust.seals import deeds, finishing, mandates, releases


def sweep() -> None:
    """Do all of it."""
    for deed_id in finishing.unfinished():
        finishing.finish(deed_id)
    mandates.settle()
    releases.close_old()
    deeds.destroy_old(timezone.now())
