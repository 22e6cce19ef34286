"""The size budget: functions p95 at most 40 lines and none over 60, modules p95 at most 400 and none over 600."""

import ast
import functools
from pathlib import Path

SOURCES = [path for path in Path("src").rglob("*.py") if "migrations" not in path.parts]


def _p95(values: list[int]) -> int:
    return sorted(values)[int(len(values) * 0.95)]


@functools.cache
def _functions() -> dict[str, int]:
    found = {}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[f"{path}:{node.name}"] = (node.end_lineno or node.lineno) - node.lineno + 1
    return found


def test_no_function_is_longer_than_60_lines() -> None:
    assert {name: size for name, size in _functions().items() if size > 60} == {}


def test_no_module_is_longer_than_600_lines() -> None:
    sizes = {str(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert {name: size for name, size in sizes.items() if size > 600} == {}


def test_95_of_100_functions_have_40_lines_or_fewer() -> None:
    assert _p95(list(_functions().values())) <= 40


def test_95_of_100_modules_have_400_lines_or_fewer() -> None:
    assert _p95([path.read_text(encoding="utf-8").count("\n") for path in SOURCES]) <= 400
