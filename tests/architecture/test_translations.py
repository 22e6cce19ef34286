"""Every French sentence has its English one."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LOCALES = sorted(Path("src/paraphe").rglob("locale"))
EMPTY = re.compile(
    r'^msgid (?!""$).*(?:\n".*")*\nmsgstr ""$(?!\n")|^msgid ""\n(?:".*"\n)+msgstr ""$(?!\n")', re.MULTILINE
)


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_english_is_complete(locale: Path, tmp_path: Path) -> None:
    """Extract the sentences anew, into a copy: none may be missing, empty or only guessed (fuzzy)."""
    copy = tmp_path / locale.parent.name
    shutil.copytree(locale.parent, copy)
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "en", "--no-location", "-v", "0"], cwd=copy, check=True
    )
    text = (copy / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text(encoding="utf-8")
    live = "\n".join(line for line in text.splitlines() if not line.startswith("#~"))
    _head, _, body = live.partition("\n\n")
    assert "#, fuzzy" not in body
    assert EMPTY.findall(body) == []


def test_every_app_with_sentences_has_translations() -> None:
    marks = re.compile(r"{%\s*(translate|blocktranslate)\b|\bgettext(_lazy)?\(|\b_\(\"")
    without = [
        str(app.parent)
        for app in Path("src/paraphe").rglob("apps.py")
        if not (app.parent / "locale").is_dir()
        and any(
            marks.search(path.read_text(encoding="utf-8"))
            for pattern in ("*.py", "*.html", "*.txt")
            for path in app.parent.rglob(pattern)
            if not any((folder / "locale").is_dir() for folder in path.parents if folder != app.parent)
        )
    ]
    assert without == []
