"""Run by test_kill.py in a process of its own: issue with a power cut at every step, in children that kill themselves.

The database is a real one, the signer the real one: nothing is rolled back but by the crash itself.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import django
from django.conf import settings
from django.db import connection

django.setup()
settings.SIGNER_SOCKET = Path(sys.argv[1])

from django.core.management import call_command  # noqa: E402

from paraphe.trust.ca import api as ca  # noqa: E402
from paraphe.trust.journal import api as journal  # noqa: E402
from paraphe.trust.register import api as register  # noqa: E402
from paraphe.trust.register.models import CertificateEntry  # noqa: E402
from paraphe.trust.vault import api as vault  # noqa: E402
from tests.support.children import wait_for  # noqa: E402
from tests.trust.people import ALICE  # noqa: E402


def dies_at(step: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in a child that kills itself before its ``step``-th statement; tell whether it came so far."""
    connection.close()
    child = os.fork()
    if child == 0:
        left = step

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            work()
        os._exit(0)
    status = wait_for(child)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, status
    return os.WIFSIGNALED(status)


def hierarchy_survives(root_directory: Path) -> int:
    step = 0
    while dies_at(step + 1, lambda: ca.create_hierarchy(root_directory)):
        step += 1
    return step


def issuance_survives() -> int:
    step = 0
    while True:
        attempt, key = uuid4(), vault.generate(uuid4(), "P-256", "holder")
        died = dies_at(step + 1, lambda: ca.issue(attempt, "natural-person", ALICE, key))  # noqa: B023
        issued = ca.issue(attempt, "natural-person", ALICE, key)
        tags = [entry.tag for entry in journal.about(attempt=attempt)]
        assert tags == ["certificate:reserved", "certificate:signing", "certificate:issued"], tags
        assert CertificateEntry.objects.filter(attempt_id=attempt).count() == 1
        assert register.certificate(issued.serial) == issued.certificate
        if not died:
            return step
        step += 1


def main() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    ceremony_steps = hierarchy_survives(Path(sys.argv[2]))
    authorities = [ca.chain_of(register.issuer(slug)[1]) for slug in ("root", "natural", "legal")]
    entries = CertificateEntry.objects.exclude(profile="natural-person")
    sys.stdout.write(
        json.dumps(
            {
                "ceremony_steps": ceremony_steps,
                "chains": [len(chain) for chain in authorities],
                "entries": sorted(entries.values_list("profile", "state")),
                "issuance_steps": issuance_survives(),
                "broken_entry": journal.verify(),
            }
        )
    )


if __name__ == "__main__":
    main()
