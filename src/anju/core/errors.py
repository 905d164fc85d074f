"""Errors that a person is told about. Each carries one translated sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise

Sentence = str | Promise


class AnjuError(Exception):
    """Base of every expected refusal; ``str()`` is the sentence shown to the person."""

    status = 400

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class Refused(AnjuError):
    """The policy or the state of the thing does not allow it."""

    status = 403


class NotFound(AnjuError):
    """It does not exist, or the actor may not know that it does."""

    status = 404


class Conflict(AnjuError):
    """Somebody else changed it meanwhile, or it exists already."""

    status = 409


class InvalidInput(AnjuError):
    """Input that names its fields: ``errors`` maps field name to sentences."""

    status = 422

    def __init__(self, errors: Mapping[str, Sequence[Sentence]]) -> None:
        self.errors = {name: list(sentences) for name, sentences in errors.items()}
        super().__init__(next(iter(next(iter(self.errors.values()), [""])), ""))
