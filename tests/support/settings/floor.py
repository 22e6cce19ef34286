"""Settings for tests of the floor: its rooms alone, with a small log of their own, on the settings of the platform."""

from paraphe.config.common import FLOOR_APPS
from tests.support.settings.platform import *  # noqa: F403

INSTALLED_APPS = [
    *[name for name in globals()["INSTALLED_APPS"] if not name.startswith("paraphe.")],
    *FLOOR_APPS,
    "tests.floor.chain.testlog",
]
ROOT_URLCONF = "paraphe.floor.design.urls"

if "sqlite" in globals()["DATABASES"]["default"]["ENGINE"]:
    # A file, as in production: a database in memory is shared by threads under other rules, and by no other process.
    globals()["DATABASES"]["default"]["TEST"] = {"NAME": str(globals()["SITE_DIR"] / "test.sqlite3")}
