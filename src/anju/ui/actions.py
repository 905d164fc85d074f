"""Action pages: one thing is done to one object, on a page of its own.

What will happen stands on top, then the form, then one button that names the verb. The view loads
the scoped object, validates, makes one service call and says what came of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise

from anju.core.actors import Actor
from anju.core.decisions import Decision
from anju.core.errors import AnjuError, NotFound

from .pages import View, actor_of, form_refuses, form_status, page

Words = str | Promise


class ActorForm(forms.Form):
    """A form that knows in whose name it is filled in, and what it acts on."""

    def __init__(self, *args: Any, actor: Actor, target: Any = None, **kwargs: Any) -> None:
        self.actor = actor
        self.target = target
        super().__init__(*args, **kwargs)
        self.prepare()

    def prepare(self) -> None:
        """Narrow the choices to what the actor may name."""


@dataclass(frozen=True, kw_only=True)
class Action:
    """One action page.

    ``load`` gives the scoped object (or raises 404); ``run`` makes the one service call;
    ``done`` says what happened; ``after`` names the page shown next.
    """

    title: Words
    button: Words
    form: type[forms.Form]
    run: Callable[..., Any]  # run(actor=, target=, data=, at=)
    after: Callable[[Any, Any], str]  # (target, result) → address
    done: Callable[[Any, Any], str]
    load: Callable[..., Any] | None = None  # load(actor, **url arguments)
    explain: Words | Callable[[Any], Words] = ""
    may: Callable[[Actor, Any], Decision] | None = None
    initial: Callable[[Any], dict[str, Any]] | None = None
    crumbs: Callable[[Any], list[tuple[str, str]]] | None = None  # (words, address)
    aside: Callable[[Actor, Any], dict[str, Any]] | None = None
    template: str = "ui/actions/page.html"
    danger: bool = False


def action_view(action: Action, *, permission: str) -> View:
    """The view of an action page."""

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        actor = actor_of(request)
        target = action.load(actor, **kwargs) if action.load else None
        if action.may is not None:
            action.may(actor, target).require()
        form = _form(action, request, actor, target)
        if request.method == "POST" and form.is_valid():
            at: datetime = timezone.now()
            try:
                result = action.run(actor=actor, target=target, data=form.cleaned_data, at=at)
            except NotFound:
                raise
            except AnjuError as error:
                form_refuses(form, error)
            else:
                messages.success(request, action.done(target, result))
                return HttpResponseRedirect(action.after(target, result), status=303)
        explain = action.explain(target) if callable(action.explain) else action.explain
        crumbs = action.crumbs(target) if action.crumbs else []
        context = {
            "action": action,
            "target": target,
            "form": form,
            "explain": explain,
            "crumbs": crumbs,
            "back": crumbs[-1][1] if crumbs else "",
            **(action.aside(actor, target) if action.aside else {}),
        }
        return render(request, action.template, context, status=form_status(form))

    view.__name__ = view.__qualname__ = f"action_{getattr(action.run, '__name__', 'page')}"
    decorated = page(permission=permission, methods=("GET", "POST"))(view)
    decorated.action = action  # type: ignore[attr-defined]
    return decorated


def _form(action: Action, request: HttpRequest, actor: Actor, target: Any) -> forms.Form:
    initial = action.initial(target) if action.initial else {}
    more = {"actor": actor, "target": target} if issubclass(action.form, ActorForm) else {}
    if request.method == "POST":
        return action.form(request.POST, request.FILES, initial=initial, **more)
    return action.form(initial={**initial, **request.GET.dict()}, **more)
