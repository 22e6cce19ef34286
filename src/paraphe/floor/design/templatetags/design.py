"""What templates of every site may ask of the look."""

import math
from datetime import datetime

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Widget,
)
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from paraphe.floor.design import context

register = template.Library()
KILO, MEGA, GIGA = 1_000, 1_000_000, 1_000_000_000


@register.simple_tag
def brand() -> str:
    """Return the name of this site, also where no request is at hand (mail, the page of a broken server)."""
    return context.brand()


@register.filter
def control(field: BoundField, extra: str = "") -> SafeString:
    """Render the input of ``field`` with the classes of the look, and ``extra`` classes; errors and help linked."""
    names = [*_classes(field.field.widget), *extra.split()]
    if field.errors:
        names.append("is-invalid")
    given = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": " ".join([given, *names]).strip()})


@register.filter
def kind(field: BoundField) -> str:
    """Return how the field is laid out: ``check`` (one box), ``options`` (several to tick or choose) or ``input``."""
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "options"
    return "check" if isinstance(widget, CheckboxInput) else "input"


@register.filter
def described_by(field: BoundField) -> str:
    """Return the ids of the help and the error of ``field``, for the inputs that a template writes itself."""
    names = []
    if field.help_text:
        names.append(f"{field.auto_id}_helptext")
    if field.errors:
        names.append(f"{field.auto_id}_error")
    return " ".join(names)


@register.filter
def seconds_until(moment: datetime) -> str:
    """Return the whole seconds from now until ``moment``, never negative, without separators."""
    return str(max(0, math.ceil((moment - timezone.now()).total_seconds())))


@register.filter
def octets(size: int) -> str:
    """Return ``size`` in steps of a thousand, as makers of disks and the limits here count: "12 ko", "1,4 Mo"."""
    if size < MEGA - KILO // 2:
        number: float = max(round(size / KILO), min(size, 1))
        words = _("{n} ko")
    else:
        unit, words = (GIGA, _("{n} Go")) if size >= GIGA - MEGA // 2 else (MEGA, _("{n} Mo"))
        value = round(size / unit, 1)
        number = int(value) if value == int(value) else value
    return words.format(n=number_format(number)).replace(" ", "\N{NO-BREAK SPACE}")


def _classes(widget: Widget) -> list[str]:
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect | CheckboxInput):
        return ["form-check-input"]
    if isinstance(widget, Select):
        return ["form-select"]
    if isinstance(widget, FileInput):
        return ["form-control", "form-control-file"]
    return ["form-control"]
