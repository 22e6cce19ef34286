"""Every code in the modules is in the list that words are found for, and no other."""

import re
from pathlib import Path

from paraphe.pdf.verdict import codes, facts
from paraphe.pdf.verdict.roles import CATALOG

FOLDER = Path(str(codes.__file__)).parent


def text(*modules: str) -> str:
    return "".join((FOLDER / f"{one}.py").read_text() for one in modules)


def test_every_finding_of_the_structure_has_its_code_listed() -> None:
    found = set(re.findall(r'(?:Finding|trick)\(\s*"([a-z_]+)"', text("structure", "layout", "keys")))
    assert found == codes.STRUCTURE


def test_every_change_has_its_kind_listed() -> None:
    modules = text("steps", "forms", "pagediffs", "changes")
    found = set(re.findall(r'(?:Fact|Change)\(\s*"([a-z_]+)"', modules))
    assert found <= codes.CHANGES
    computed = {"font", "form_appearance", "layers", "image", "page_content", "javascript", "embedded_file", "names"}
    assert codes.CHANGES - found <= computed | set(CATALOG.values()) | {"catalog_entry", "xfa", "metadata", "dss"}
    assert facts.PERMITTED.keys() == set(facts.Level.__args__)  # type: ignore[attr-defined]
