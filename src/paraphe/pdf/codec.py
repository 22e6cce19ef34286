"""Values of the door as JSON and back: what a reading process answers is data, never objects of a library."""

import base64
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

T = TypeVar("T")

FORMS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (str, str.__str__),
    (int, int),
    (float, float),
    (datetime, datetime.isoformat),
    (bytes, lambda value: base64.b64encode(value).decode()),
    (tuple | list, lambda value: [encoded(one) for one in value]),
    (Mapping, lambda value: {str(key): encoded(one) for key, one in value.items()}),
)


def encoded(value: Any) -> Any:
    """Return ``value`` (dataclasses, tuples, mappings, times, bytes, plain values) as what JSON can hold.

    Text becomes plain text: a string of a library may hold the whole file behind it. Raises TypeError for the rest.
    """
    if value is None or isinstance(value, bool):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: encoded(getattr(value, one.name)) for one in fields(value)}
    for kind, form in FORMS:
        if isinstance(value, kind):
            return form(value)
    raise TypeError(type(value).__name__)


def decoded(kind: type[T], data: Any) -> T:
    """Return the value of type ``kind`` that ``encoded`` made ``data`` of. Raises ValueError, TypeError, KeyError."""
    return cast(T, _decoded(kind, data))


def _decoded(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        if data is None:
            return None
        (inner,) = [one for one in get_args(kind) if one is not type(None) and _fits(one, data)][:1]
        return _decoded(inner, data)
    if origin is Literal:
        if data not in get_args(kind):
            raise ValueError("not one of the values")
        return data
    if origin is tuple:
        (inner, *_) = get_args(kind)
        return tuple(_decoded(inner, one) for one in data)
    if origin is not None and issubclass(origin, Mapping):
        return {str(key): str(one) for key, one in data.items()}
    return _plain(kind, data)


def _plain(kind: Any, data: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(data)
    if kind is bytes:
        return base64.b64decode(data)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = _hints(kind)
        return kind(**{one.name: _decoded(hints[one.name], data[one.name]) for one in fields(kind) if one.init})
    if kind is float and isinstance(data, int):
        return float(data)
    if not isinstance(data, kind):
        raise TypeError("another type")
    return data


def _fits(kind: Any, data: Any) -> bool:
    return get_origin(kind) is not Literal or data in get_args(kind)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
