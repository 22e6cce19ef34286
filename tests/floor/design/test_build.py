"""The committed build belongs to the committed sources, and takes nothing from elsewhere. Needs no Node.js."""

import hashlib
import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
ASSETS = ROOT / "assets"
DESIGN = ROOT / "src" / "paraphe" / "floor" / "design"
BUILT = DESIGN / "static" / "design"
MANIFEST = json.loads((DESIGN / "build.json").read_text(encoding="utf-8"))


def _digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "node_modules" not in path.relative_to(folder).parts
    }


def test_the_build_was_made_from_these_sources() -> None:
    """If this fails: ``make assets``, and commit what it changes."""
    assert MANIFEST["sources"] == _digests(ASSETS)


def test_nobody_edited_the_build_by_hand() -> None:
    assert MANIFEST["built"] == _digests(BUILT)


def test_the_lock_names_no_host_but_pins_every_package() -> None:
    packages = json.loads((ASSETS / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert len(installed) > 5
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    assert [name for name, entry in installed.items() if not entry.get("integrity")] == []


def test_styles_load_nothing_from_elsewhere() -> None:
    addresses = re.findall(r"url\(([^)]*)\)", (BUILT / "paraphe.css").read_text(encoding="utf-8"))
    outside = [address for address in addresses if not address.strip("\"'").startswith(("data:", "fonts/", "logo.svg"))]
    assert len(addresses) > 5
    assert outside == []


def test_fonts_come_with_their_licences() -> None:
    fonts = {path.stem.split("-latin")[0] for path in (BUILT / "fonts").glob("*.woff2")}
    licences = {path.stem.removeprefix("OFL-") for path in (BUILT / "fonts").glob("OFL-*.txt")}
    assert fonts == licences == {"instrument-sans", "spectral"}


def test_a_page_stays_light() -> None:
    """Budget of a first visit, before compression by the server."""
    assert (BUILT / "paraphe.css").stat().st_size < 250_000
    assert (BUILT / "paraphe.js").stat().st_size < 25_000
    assert (BUILT / "desk.js").stat().st_size < 30_000
    assert (BUILT / "boxes.js").stat().st_size < 25_000
    assert sum(path.stat().st_size for path in (BUILT / "fonts").glob("*-latin*.woff2")) < 150_000
