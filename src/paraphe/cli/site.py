"""What one process of an installation does. Each process has the settings of one site only."""

import importlib
import os
import signal
import sys
import threading
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from types import ModuleType
from typing import cast

from paraphe.config.environment import BadConfiguration, Environment


def use_site(name: str) -> None:
    """Give this process the settings of site ``name``. Raises BadConfiguration when they are wrong."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"paraphe.config.sites.{name}.settings"
    # Read here, so that a wrong setting is answered by its sentence and not from the depth of Django.
    importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
    import django

    django.setup()


def _check() -> None:
    """Run the checks of every application of this site. Raises BadConfiguration with what they find wrong."""
    from django.core import checks

    wrong = [message.msg for message in checks.run_checks() if message.is_serious(checks.ERROR)]
    if wrong:
        raise BadConfiguration(sentence=" ".join(wrong))


def set_up(name: str) -> int:
    """Bring the database of site ``name`` up to date and create what it needs at first start."""
    use_site(name)
    from django.core.management import call_command

    _check()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    importlib.import_module(f"paraphe.config.sites.{name}.first_start").prepare()
    return 0


def serve(name: str, environment: Environment) -> int:
    """Serve site ``name`` over HTTP until told to stop."""
    use_site(name)
    from granian.constants import Interfaces
    from granian.server import Server

    _check()
    Server(
        f"paraphe.config.sites.{name}.wsgi:application",
        address=environment.text("PARAPHE_HOST"),
        port=environment.number(f"PARAPHE_{name.upper()}_PORT", 1, 65535),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=4,
        log_access=False,
        respawn_failed_workers=True,
        process_name=None,
    ).serve()
    return 0


def run_worker(name: str) -> int:
    """Work off the background jobs of site ``name`` until told to stop."""
    use_site(name)
    from paraphe.floor.jobs import worker

    _check()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    worker.run(stop)
    return 0


def run_signer(environment: Environment) -> int:
    """Hold the keys and answer the trust site until told to stop. Knows no database and no network."""
    signer = importlib.import_module("paraphe.trust.vault.signer")
    directory = environment.data_dir / "signer"
    signer.initialise(directory)
    signer.serve(directory, directory / "signer.sock", _token(environment, signer))
    return 0


def _token(environment: Environment, signer: ModuleType) -> object | None:
    """Return where the token is, or None for sealed files. Raises BadConfiguration."""
    if environment.choice("PARAPHE_KEY_STORE", "software", "pkcs11") == "software":
        return None
    names = ("PARAPHE_PKCS11_MODULE", "PARAPHE_PKCS11_TOKEN", "PARAPHE_PKCS11_PIN_FILE")
    values = [environment.text(name) for name in names]
    for name, value in zip(names, values, strict=True):
        if not value:
            raise BadConfiguration(sentence=f"PARAPHE_KEY_STORE is pkcs11: {name} is needed too.")
    settings: object = signer.TokenSettings(Path(values[0]), values[1], Path(values[2]))
    return settings


def manage(name: str, arguments: Sequence[str]) -> int:
    """Run a management command of Django with the settings of site ``name``."""
    use_site(name)
    from django.core.management import execute_from_command_line

    execute_from_command_line(["paraphe", *arguments])
    return 0


def officer(email: str, name: str, roles: Sequence[str] | None) -> int:
    """Create an officer, or give one who is there other roles.

    The password of a new one is asked for, or read from the first line of standard input.
    """
    use_site("trust")
    ra = importlib.import_module("paraphe.trust.ra.api")
    if roles and any(known.email.lower() == email.lower() for known in ra.officers()):
        print(f"{ra.set_roles(email, roles)}: {', '.join(roles)}.")
        return 0
    password = getpass("Password (14 characters or more): ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if len(password) < 14:
        print("Paraphe: the password is too short, 14 characters or more are needed.", file=sys.stderr)
        return 1
    created = cast(object, ra.create_officer(email=email, name=name, password=password, roles=roles))
    print(f"{created} can sign in as {email}.")
    return 0
