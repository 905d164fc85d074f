"""Sign-in pages. Every answer is the same whether an account exists or not."""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from anju.core.errors import AnjuError, Refused
from anju.ui.pages import form_refuses, form_status, page

from .. import codes
from ..forms import FactorCodeForm, PasswordSignInForm, PhoneCodeForm, PhoneForm, RegisterForm
from ..models import User
from ..queries import ANONYMOUS, user_of_name
from ..services.accounts import owner_register
from ..services.factors import factor_check
from ..services.signins import signin_refuse, signins_end
from ..states import SignInWay
from .entry import address_of, first_actor, go_in, go_on, next_of, passkeys_of, pending_of

PROVED_KEY = "anju_proved"  # a phone proved by code that has no account yet


class _Nobody:
    """The hash of a password nobody has: checking it takes as long as checking a real one."""

    @cached_property
    def hash(self) -> str:
        return make_password("nobody has this password")


NOBODY = _Nobody()


def wrong_code(tries: int) -> str:
    """The sentence of a wrong code."""
    if tries <= 0:
        return _("The code is wrong or no longer good. Ask for a new one.")
    return ngettext(
        "The code is wrong or no longer good. %(n)s more try.",
        "The code is wrong or no longer good. %(n)s more tries.",
        tries,
    ) % {"n": tries}


@page(public=True, methods=("GET", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """By phone code; whoever has no account registers with it."""
    to, sent = next_of(request), False
    form: Form = PhoneCodeForm(request.POST if "code" in request.POST else None)
    if request.method == "POST" and "send" in request.POST:
        asked = PhoneForm(request.POST)
        if asked.is_valid():
            try:
                codes.code_send(
                    asked.cleaned_data["phone"],
                    purpose="signin",
                    address=address_of(request),
                    language=get_language() or "",
                )
            except AnjuError as error:
                form_refuses(asked, error)
        sent = not asked.errors
        form = PhoneCodeForm(initial={"phone": request.POST.get("phone", "")[:30]})
        if not sent:
            form = asked
    elif form.is_valid():
        phone = form.cleaned_data["phone"]
        tries = codes.code_check(phone, form.cleaned_data["code"], purpose="signin")
        if tries < 0:
            return _phone_proved(request, phone, to)
        form.add_error("code", wrong_code(tries))
    return render(
        request,
        "access/sign_in.html",
        {"form": form, "phone": form["phone"], "sent": sent, "next": to, "refused": form.errors},
        status=form_status(form),
    )


def _phone_proved(request: HttpRequest, phone: str, to: str) -> HttpResponse:
    user = User.objects.filter(phone=phone).first()
    if user is None:
        request.session.cycle_key()
        request.session[PROVED_KEY] = [phone, int(timezone.now().timestamp()), to]
        return redirect("access:register")
    if not user.is_active:
        messages.error(request, _("This account is locked. Ask the platform's administrator."))
        return redirect("access:sign_in")
    return go_on(request, user, way=SignInWay.PHONE_CODE, to=to)


@page(public=True, methods=("GET", "POST"))
def register(request: HttpRequest) -> HttpResponse:
    """Register as an owner with a phone that was proved a moment ago."""
    proved = request.session.get(PROVED_KEY)
    if not proved or timezone.now().timestamp() - proved[1] > 600:
        return redirect("access:sign_in")
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user = owner_register(
                actor=ANONYMOUS,
                phone=proved[0],
                full_name=form.cleaned_data["full_name"],
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            request.session.pop(PROVED_KEY)
            return go_in(request, user, way=SignInWay.PHONE_CODE, to=proved[2])
    return render(request, "access/register.html", {"form": form}, status=form_status(form))


@page(public=True, methods=("GET", "POST"))
def password_sign_in(request: HttpRequest) -> HttpResponse:
    """By sign-in name or phone, and password."""
    to = next_of(request)
    form = PasswordSignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            user = _password_proved(request, name, form.cleaned_data["password"])
        except AnjuError as error:
            form_refuses(form, error)
        else:
            return go_on(request, user, way=SignInWay.PASSWORD, to=to)
    return render(
        request, "access/password.html", {"form": form, "next": to}, status=form_status(form)
    )


def _password_proved(request: HttpRequest, name: str, password: str) -> User:
    user = user_of_name(name)
    # Name and phone of one account share its counter; an unknown name has one just alike.
    whom = f"#{user.pk}" if user else name.strip().casefold()
    codes.attempt_require("password", whom, address=address_of(request))
    usable = user is not None and user.is_active and user.has_usable_password()
    kept = user.password if user is not None and usable else NOBODY.hash
    fits = check_password(password, kept)
    if user is None or not usable or not fits:
        signin_refuse(actor=ANONYMOUS, user=user, way=SignInWay.PASSWORD, at=timezone.now())
        raise Refused(_("Name and password do not fit together, or the account is locked."))
    codes.attempt_forget("password", whom)
    return user


@page(public=True, methods=("GET", "POST"))
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second factor: a code of the app, a recovery code, or a passkey."""
    found = pending_of(request)
    if found is None:
        messages.info(request, _("Sign in again: the first step was too long ago."))
        return redirect("access:sign_in")
    user, pending = found
    form = FactorCodeForm(request.POST if "code" in request.POST else None)
    passkeys = passkeys_of(user)
    try:
        if request.method == "POST" and "credential" in request.POST:
            codes.attempt_require("factor", f"#{user.pk}", address=address_of(request))
            _passkey_proved(request, user)
            codes.attempt_forget("factor", f"#{user.pk}")
            return go_in(request, user, way=pending["way"], to=pending["next"])
        if form.is_valid():
            codes.attempt_require("factor", f"#{user.pk}", address=address_of(request))
            if factor_check(user=user, code=form.cleaned_data["code"]):
                codes.attempt_forget("factor", f"#{user.pk}")
                return go_in(request, user, way=pending["way"], to=pending["next"])
            signin_refuse(actor=ANONYMOUS, user=user, way="factor", at=timezone.now())
            form.add_error("code", _("The code does not fit. Take the next one."))
    except AnjuError as error:
        form = FactorCodeForm(request.POST)
        form.is_valid()
        form.errors.clear()
        form.add_error(None, str(error))
    options = json.dumps(webauthn.begin_authentication(user)) if passkeys else ""
    context = {
        "form": form,
        "passkeys": passkeys,
        "options": options,
        "has_app": Authenticator.objects.filter(user=user, type="totp").exists(),
    }
    return render(request, "access/second_factor.html", context, status=form_status(form))


def _passkey_proved(request: HttpRequest, user: User | None) -> User:
    try:
        answer: Any = json.loads(request.POST["credential"][:20000])
        if not isinstance(answer, dict):
            raise ValueError("not an object")
        person = user or webauthn.extract_user_from_response(answer)
        factor = webauthn.complete_authentication(person, answer)
    except (ValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Refused(_("The passkey did not fit. Try again.")) from error
    if not isinstance(person, User) or not person.is_active:
        raise Refused(_("The passkey did not fit. Try again."))
    factor.record_usage()
    return person


@page(public=True, methods=("GET", "POST"))
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """By passkey alone: it is two factors in one, as the device asks for its own code or face."""
    to, refused = next_of(request), ""
    if request.method == "POST":
        try:
            codes.attempt_require("passkey", address_of(request), address=address_of(request))
            user = _passkey_proved(request, None)
        except AnjuError as error:
            refused = str(error)
        else:
            codes.attempt_forget("passkey", address_of(request))
            return go_in(request, user, way=SignInWay.PASSKEY, to=to)
    options = json.dumps(webauthn.begin_authentication())
    context = {"options": options, "next": to, "refused": refused}
    return render(request, "access/passkey.html", context, status=422 if refused else 200)


@page(public=True, methods=("GET", "POST"))
def sign_out(request: HttpRequest) -> HttpResponse:
    """Sign out of this device."""
    if request.method == "GET":
        return render(request, "access/sign_out.html")
    user = request.user
    if isinstance(user, User):
        at, key = timezone.now(), request.session.session_key
        actor = first_actor(user, at)
        for signin in user.sign_ins.filter(session_key=key, ended_at=None):
            signins_end(actor=actor, user=user, at=at, only=signin.pk)
    logout(request)
    messages.success(request, _("You are signed out."))
    return redirect("access:sign_in")
