"""A mandate withdrawn, used and used up at the same moment."""

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from paraphe.platform.accounts import api as accounts
from paraphe.platform.accounts.models import GrantUse
from tests.support import cast

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Any) -> list[Any]:
    """Do all of it at the same moment; return what came of each, an error that says no included."""
    barrier = threading.Barrier(len(acts))

    def run(act: Any) -> Any:
        try:
            barrier.wait(10)
            return act()
        except accounts.NotAllowed as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def mandate(most: int | None = None) -> tuple[uuid.UUID, Any]:
    """Return the number of a mandate of Chloé, and an act under it."""
    alice, chloe = cast.sign_in(cast.ALICE), cast.sign_in(cast.CHLOE)
    firm, number = cast.firm(cast.MARTIN), uuid.uuid4()
    accounts.grant(
        person=chloe, firm=firm, granted_by=alice, rights=["sign"], mandate=number, most=most,
        starts_on=timezone.localdate(),
    )  # fmt: skip
    by = accounts.Authority("mandate", number)

    def use() -> str:
        key = str(uuid.uuid4())
        accounts.count(chloe, firm, "sign", by=by, kinds=["other"], key=key)
        return key

    return number, use


def test_what_is_begun_while_it_is_withdrawn_is_refused_or_stopped() -> None:
    for _ in range(5):
        number, use = mandate()
        *uses, begun = at_once(use, use, use, lambda number=number: accounts.withdraw(number))
        done = {one for one in uses if isinstance(one, str)}
        assert set(begun) == done, "everything that was counted is in the list of what is to be stopped"
        assert all(isinstance(one, accounts.NotAllowed) for one in uses if one not in done)
        assert isinstance(at_once(use)[0], accounts.NotAllowed)


def test_the_last_act_is_taken_once() -> None:
    for _ in range(5):
        number, use = mandate(most=2)
        found = at_once(use, use, use, use)
        assert sum(isinstance(one, str) for one in found) == 2
        assert GrantUse.objects.filter(grant__mandate=number).count() == 2
