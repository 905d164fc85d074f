"""Writes of contracts and filings. Every change of state is one of these."""

from .contracts import (
    contract_change,
    contract_draft,
    contract_end,
    contract_file,
    contract_return,
    contract_submit,
    contract_withdraw,
)
from .deadlines import FILING_DEADLINES
from .filings import filing_decide, filing_submit
from .terms import contract_end_warn, contract_term_end, filing_end_warn, filing_term_end

__all__ = [
    "FILING_DEADLINES",
    "contract_change",
    "contract_draft",
    "contract_end",
    "contract_end_warn",
    "contract_file",
    "contract_return",
    "contract_submit",
    "contract_term_end",
    "contract_withdraw",
    "filing_decide",
    "filing_end_warn",
    "filing_submit",
    "filing_term_end",
]
