"""Gates the register asks; apps above plug their checks in from their ``apps.py``."""

from __future__ import annotations

from anju.core.gates import Gate

# "May this company be contracted, or begin to serve?" asked with company= and on= (a legal day).
COMPANY_CONTRACTABLE = Gate("registry.company_contractable")
