"""The virus scanner: ``ANJU_SCANNER`` names ``package.module:function(bytes) -> str``.

The function returns the name of what it found, or nothing. Without one files are ``unscanned``;
with one, a job scans what is still unscanned.
"""

from __future__ import annotations

import logging
import os
from importlib import import_module

from .rules import EICAR
from .states import ScanState

log = logging.getLogger("anju.files")


def scan(data: bytes) -> tuple[ScanState, str]:
    """State and what was found; the test virus is known without a scanner."""
    if EICAR in data:
        return ScanState.INFECTED, "EICAR"
    named = os.environ.get("ANJU_SCANNER", "")
    if not named:
        return ScanState.UNSCANNED, ""
    module, _, function = named.partition(":")
    try:
        found = str(getattr(import_module(module), function)(data) or "")
    except Exception:
        # A scanner that is away stops no work: the file says so and is scanned later.
        log.exception("the virus scanner did not answer")
        return ScanState.UNSCANNED, ""
    return (ScanState.INFECTED if found else ScanState.CLEAN), found


def has_scanner() -> bool:
    """Whether a scanner is named."""
    return bool(os.environ.get("ANJU_SCANNER"))
