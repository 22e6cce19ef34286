"""What must be right in the settings before certificates name anybody."""

import re
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

DEMONSTRATION_ID = "NTRFR-000000000"


def check_operator(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """Check the operator's registration number (ETSI EN 319 412-1 §5.1.4) and the arc of its policies."""
    found: list[CheckMessage] = []
    if not re.fullmatch(r"[A-Z]{3}[A-Z]{2}-\S.*", settings.OPERATOR_ID):
        sentence = f"PARAPHE_OPERATOR_ID is {settings.OPERATOR_ID!r}: it must look like NTRFR-123456789."
        found.append(Error(sentence, id="ca.E001"))
    if not re.fullmatch(r"[0-2](\.(0|[1-9]\d*)){1,20}", settings.POLICY_OID_ARC):
        sentence = f"PARAPHE_POLICY_OID_ARC is {settings.POLICY_OID_ARC!r}: it must look like 1.3.6.1.4.1.99999.1."
        found.append(Error(sentence, id="ca.E002"))
    if not settings.DEMONSTRATION and settings.OPERATOR_ID == DEMONSTRATION_ID:
        sentence = "PARAPHE_OPERATOR_ID is the one of the demonstration: certificates will name nobody."
        found.append(Warning(sentence, id="ca.W001"))
    return found
