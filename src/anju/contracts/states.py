"""Kinds and states of service contracts and of out-of-town companies' filings."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from anju.access.permissions import perm
from anju.flow.states import Flow, Move


class ContractKind(TextChoices):
    PRE_STAGE = "pre_stage", _("Pre-stage")
    ASSEMBLY = "assembly", _("Chosen by the owners' assembly")
    GOVERNMENT = "government", _("Bought by government")
    SELF_MANAGED = "self_managed", _("Self-managed")


class ContractState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for filing")
    RETURNED = "returned", _("Returned")
    FILED = "filed", _("Filed")
    ENDING = "ending", _("Ends early")
    ENDED = "ended", _("Ended at term")
    TERMINATED = "terminated", _("Ended early")
    VOID = "void", _("Withdrawn")


class FilingState(TextChoices):
    SUBMITTED = "submitted", _("Waiting for filing")
    RETURNED = "returned", _("Returned")
    FILED = "filed", _("Filed")
    EXPIRED = "expired", _("Expired")
    LAPSED = "lapsed", _("Lapsed")


S = ContractState
CONTRACT_FLOW = Flow(
    name="contracts.contract",
    states=ContractState,
    first=S.DRAFT,
    closed=frozenset({S.ENDED, S.TERMINATED, S.VOID}),
    moves=(
        Move(
            name="submit",
            label=_("Submit for filing"),
            source=frozenset({S.DRAFT, S.RETURNED}),
            target=S.SUBMITTED,
            permission=perm("contracts:contract_submit"),
        ),
        Move(
            name="file",
            label=_("Put on file"),
            source=frozenset({S.SUBMITTED}),
            target=S.FILED,
            permission=perm("contracts:contract_file"),
            other_person=True,
        ),
        Move(
            name="return",
            label=_("Return"),
            source=frozenset({S.SUBMITTED}),
            target=S.RETURNED,
            permission=perm("contracts:contract_file"),
            reason=True,
        ),
        Move(
            name="withdraw",
            label=_("Withdraw"),
            source=frozenset({S.DRAFT, S.RETURNED}),
            target=S.VOID,
            permission=perm("contracts:contract_submit"),
            reason=True,
            danger=True,
        ),
        Move(
            name="end",
            label=_("End at term"),
            source=frozenset({S.FILED}),
            target=S.ENDED,
            permission=perm("contracts:contract_end"),
        ),
        # In force until its last day; the job makes the move after it.
        Move(
            name="notice",
            label=_("End early, on a day to come"),
            source=frozenset({S.FILED, S.ENDING}),
            target=S.ENDING,
            permission=perm("contracts:contract_end"),
            reason=True,
            danger=True,
        ),
        Move(
            name="terminate",
            label=_("End early"),
            source=frozenset({S.FILED, S.ENDING}),
            target=S.TERMINATED,
            permission=perm("contracts:contract_end"),
            reason=True,
            danger=True,
        ),
    ),
)

# Moves that the clock makes; no button offers them.
BY_THE_CLOCK = frozenset({"end", "notice", "expire"})

F = FilingState
FILING_FLOW = Flow(
    name="contracts.filing",
    states=FilingState,
    first=F.SUBMITTED,
    closed=frozenset({F.EXPIRED, F.LAPSED}),
    moves=(
        Move(
            name="resubmit",
            label=_("Submit again"),
            source=frozenset({F.RETURNED}),
            target=F.SUBMITTED,
            permission=perm("contracts:filing_submit"),
        ),
        Move(
            name="file",
            label=_("Put on file"),
            source=frozenset({F.SUBMITTED}),
            target=F.FILED,
            permission=perm("contracts:filing_decide"),
            other_person=True,
        ),
        Move(
            name="return",
            label=_("Return"),
            source=frozenset({F.SUBMITTED}),
            target=F.RETURNED,
            permission=perm("contracts:filing_decide"),
            reason=True,
        ),
        Move(
            name="expire",
            label=_("End at term"),
            source=frozenset({F.FILED}),
            target=F.EXPIRED,
            permission=perm("contracts:filing_decide"),
        ),
        Move(
            name="lapse",
            label=_("Let lapse"),
            source=frozenset({F.FILED, F.RETURNED}),
            target=F.LAPSED,
            permission=perm("contracts:filing_decide"),
            reason=True,
            danger=True,
        ),
    ),
)

APPEARANCE: list[tuple[TextChoices, tuple[str, str]]] = [
    (ContractState.DRAFT, ("s-draft", "")),
    (ContractState.SUBMITTED, ("s-open", "")),
    (ContractState.RETURNED, ("s-fail", "bad")),
    (ContractState.FILED, ("s-done", "good")),
    (ContractState.ENDING, ("s-late", "lamp")),
    (ContractState.ENDED, ("s-filed", "")),
    (ContractState.TERMINATED, ("s-void", "")),
    (ContractState.VOID, ("s-void", "")),
    (FilingState.SUBMITTED, ("s-open", "")),
    (FilingState.RETURNED, ("s-fail", "bad")),
    (FilingState.FILED, ("s-done", "good")),
    (FilingState.EXPIRED, ("s-filed", "")),
    (FilingState.LAPSED, ("s-late", "bad")),
]
