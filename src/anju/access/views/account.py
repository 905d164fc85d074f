"""My account: name, phone, password, second factors, sign-ins, in whose name I work."""

from __future__ import annotations

import json

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import check_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from segno import make as make_qr

from anju.core.actors import Actor
from anju.core.errors import AnjuError
from anju.core.ports import RESIDENCES
from anju.ui.pages import actor_of, form_refuses, form_status, page

from .. import codes
from ..forms import (
    CodeForm,
    FactorCodeForm,
    NewPasswordForm,
    PasskeyForm,
    PasswordChangeForm,
    PhoneChangeForm,
    ProfileForm,
)
from ..middleware import HOME_KEY, OWNER, POST_KEY
from ..models import SignIn, User
from ..queries import actor_for, may_work_as_owner, posts_of
from ..services import accounts, factors, signins
from ..services.factors import factor_check, factors_of
from ..states import Role
from .entry import address_of, first_actor, go_in, next_of, pending_of
from .signing import wrong_code

RECOVERY_KEY = "anju_recovery"  # codes to be shown once


def _shell(request: HttpRequest) -> str:
    return "ui/desk.html" if actor_of(request).post_id else "ui/portal.html"


def _me(request: HttpRequest) -> User:
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def _form_page(
    request: HttpRequest, form: Form, *, title: str, button: str, explain: str = "", **more: object
) -> HttpResponse:
    context = {
        "shell_template": _shell(request),
        "form": form,
        "title": title,
        "button": button,
        "explain": explain,
        **more,
    }
    return render(request, "access/account_form.html", context, status=form_status(form))


@page(signed_in=True)
def account(request: HttpRequest) -> HttpResponse:
    """What I am here, and where to change it."""
    user = _me(request)
    return render(
        request,
        "access/account.html",
        {
            "shell_template": _shell(request),
            "me": user,
            "factors": factors_of(user),
            "signins": SignIn.objects.filter(user=user, ended_at=None).count(),
            "posts": posts_of(user, at=timezone.now()),
        },
    )


@page(signed_in=True, methods=("GET", "POST"))
def profile(request: HttpRequest) -> HttpResponse:
    """My name and language."""
    user = _me(request)
    form = ProfileForm(
        request.POST or None, initial={"full_name": user.full_name, "language": user.language}
    )
    if request.method == "POST" and form.is_valid():
        try:
            accounts.profile_change(
                actor=actor_of(request), user=user, at=timezone.now(), **form.cleaned_data
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(request, _("Saved."))
            response = redirect("access:account")
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")
            return response
    return _form_page(request, form, title=_("Name and language"), button=_("Save"))


@page(signed_in=True, methods=("GET", "POST"))
def password(request: HttpRequest) -> HttpResponse:
    """Change my password, or set the first one."""
    user = _me(request)
    kind = PasswordChangeForm if user.has_usable_password() else NewPasswordForm
    form = kind(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if "old" in form.cleaned_data:
                codes.attempt_require("old", f"#{user.pk}", address=address_of(request))
                if not check_password(form.cleaned_data["old"], user.password):
                    form.add_error("old", _("This is not your password."))
            if not form.errors:
                accounts.password_change(
                    actor=actor_of(request),
                    user=user,
                    password=form.cleaned_data["password"],
                    at=timezone.now(),
                    keep_session=request.session.session_key,
                )
        except AnjuError as error:
            form_refuses(form, error)
        if not form.errors:
            codes.attempt_forget("old", f"#{user.pk}")
            user.refresh_from_db()
            _keep_session(request, user)
            messages.success(request, _("Your password is changed. Other sign-ins are ended."))
            return redirect("access:account")
    return _form_page(request, form, title=_("Password"), button=_("Change the password"))


def _keep_session(request: HttpRequest, user: User) -> None:
    old = request.session.session_key
    update_session_auth_hash(request, user)
    request.session.save()
    SignIn.objects.filter(session_key=old).update(session_key=request.session.session_key)


@page(signed_in=True, methods=("GET", "POST"))
def phone(request: HttpRequest) -> HttpResponse:
    """Change my phone: a code to the phone I have and one to the new phone."""
    user = _me(request)
    form = PhoneChangeForm(request.POST or None)
    sent = False
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["phone"]
        try:
            if "send" in request.POST:
                for number in filter(None, (user.phone, new)):
                    codes.code_send(number, purpose="phone", address=address_of(request))
                sent = True
            elif _both_phones(form, user, new):
                accounts.phone_change(
                    actor=actor_of(request), user=user, phone=new, at=timezone.now()
                )
                messages.success(request, _("Your phone is changed."))
                return redirect("access:account")
        except AnjuError as error:
            form_refuses(form, error)
    return _form_page(
        request,
        form,
        title=_("Sign-in phone"),
        button=_("Change the phone"),
        explain=_("Codes are sent to the phone you have now and to the new one.")
        if user.phone
        else _("A code is sent to the new phone."),
        send=_("Send the codes"),
        sent=sent,
    )


def _both_phones(form: PhoneChangeForm, user: User, new: str) -> bool:
    wanted = [("new_code", new)] + ([("old_code", user.phone)] if user.phone else [])
    fits = True
    for field, number in wanted:
        tries = codes.code_check(number, form.cleaned_data.get(field) or "", purpose="phone")
        if tries >= 0:
            form.add_error(field, wrong_code(tries))
            fits = False
    return fits


@page(signed_in=True, methods=("GET", "POST"))
def signin_list(request: HttpRequest) -> HttpResponse:
    """My sign-ins: device, network address, time; end one or all others."""
    user = _me(request)
    if request.method == "POST":
        at, own = timezone.now(), actor_for(user, None, timezone.now())
        if request.POST.get("end") == "others":
            n = signins.signins_end(actor=own, user=user, at=at, but=request.session.session_key)
        else:
            key = request.POST.get("end", "")
            pk = int(key) if key.isdecimal() and len(key) < 19 else 0
            n = signins.signins_end(actor=own, user=user, at=at, only=pk)
        messages.success(request, _("Ended.") if n else _("Nothing was left to end."))
        return redirect("access:signin_list")
    rows = SignIn.objects.filter(user=user).order_by("ended_at", "-started_at")
    open_rows = rows.filter(ended_at=None)
    context = {
        "shell_template": _shell(request),
        "open": open_rows,
        "past": SignIn.objects.filter(user=user).exclude(ended_at=None).order_by("-ended_at")[:20],
        "here": request.session.session_key,
    }
    return render(request, "access/signins.html", context)


@page(signed_in=True, methods=("GET", "POST"))
def post_switch(request: HttpRequest) -> HttpResponse:
    """In whose name I work."""
    user, at = _me(request), timezone.now()
    posts = posts_of(user, at=at)
    homes = RESIDENCES.get()(user_id=user.pk) if may_work_as_owner(posts) else []
    if request.method == "POST":
        wanted = request.POST.get("post", "")
        home = next((unit for unit, _role, _at in homes if f"home-{unit}" == wanted), None)
        if home is not None:
            request.session[POST_KEY], request.session[HOME_KEY] = OWNER, home
        elif wanted == OWNER and may_work_as_owner(posts):
            request.session[POST_KEY] = OWNER
            request.session.pop(HOME_KEY, None)
        else:
            post = next((post for post in posts if str(post.pk) == wanted), None)
            if post is None:
                raise Http404
            request.session[POST_KEY] = post.pk
        messages.success(request, _("You work in this name now."))
        return redirect(next_of(request) or "/")
    context = {
        "shell_template": _shell(request),
        "posts": posts,
        "as_owner": may_work_as_owner(posts),
        "homes": [(unit, Role(role).label, address) for unit, role, address in homes],
        "home": request.session.get(HOME_KEY),
        "chosen": actor_of(request).post_id,
    }
    return render(request, "access/posts.html", context)


# Second factors


def _factor_actor(request: HttpRequest) -> tuple[User, Actor, bool]:
    """Who sets up a factor: the person signed in, or one whose first proof is done."""
    if isinstance(request.user, User):
        return request.user, actor_of(request), False
    found = pending_of(request)
    if found is None or factors_of(found[0]):
        raise Http404
    return found[0], first_actor(found[0], timezone.now()), True


@page(signed_in=True)
def factor_list(request: HttpRequest) -> HttpResponse:
    """My second factors."""
    user = _me(request)
    rows = factors_of(user)
    context = {
        "shell_template": _shell(request),
        "factors": rows,
        "has_app": any(row.type == Authenticator.Type.TOTP for row in rows),
    }
    return render(request, "access/factors.html", context)


@page(public=True)
def factor_first(request: HttpRequest) -> HttpResponse:
    """Officials without a second factor set one up before they are in."""
    found = pending_of(request)
    if found is None or factors_of(found[0]):
        return redirect("access:sign_in")
    return render(request, "access/factor_first.html")


@page(public=True, methods=("GET", "POST"))
def totp_add(request: HttpRequest) -> HttpResponse:
    """Add an authenticator app: scan, then prove it with a code."""
    user, actor, pending = _factor_actor(request)
    form = CodeForm(request.POST or None)
    secret = totp.get_totp_secret()
    if request.method == "POST" and form.is_valid():
        try:
            factors.totp_add(
                actor=actor,
                user=user,
                secret=secret,
                code=form.cleaned_data["code"],
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            totp.clear_totp_secret(request)
            return _factor_added(request, user, actor, pending)
    address = get_adapter().build_totp_url(user, secret)
    context = {
        "shell_template": "ui/plain.html" if pending else _shell(request),
        "form": form,
        "qr": make_qr(address, micro=False).svg_data_uri(scale=4, border=2),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    }
    return render(request, "access/totp_add.html", context, status=form_status(form))


@page(public=True, methods=("GET", "POST"))
def passkey_add(request: HttpRequest) -> HttpResponse:
    """Add a passkey."""
    user, actor, pending = _factor_actor(request)
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        credential = form.cleaned_data["credential"]
        try:
            if not isinstance(credential, dict):
                raise ValueError("not an object")
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
            factors.passkey_add(
                actor=actor,
                user=user,
                name=form.cleaned_data["name"],
                credential=credential,
                at=timezone.now(),
            )
        except AnjuError as error:
            form_refuses(form, error)
        except (ValidationError, ValueError, TypeError, KeyError, AttributeError):
            form.add_error(None, _("The passkey did not fit. Try again."))
        else:
            return _factor_added(request, user, actor, pending)
    context = {
        "shell_template": "ui/plain.html" if pending else _shell(request),
        "form": form,
        "options": json.dumps(webauthn.begin_registration(user, True)),
    }
    return render(request, "access/passkey_add.html", context, status=form_status(form))


def _factor_added(request: HttpRequest, user: User, actor: Actor, pending: bool) -> HttpResponse:
    kind = Authenticator.Type.RECOVERY_CODES
    first = not Authenticator.objects.filter(user=user, type=kind).exists()
    made = factors.recovery_renew(actor=actor, user=user, at=timezone.now()) if first else []
    if pending:
        found = pending_of(request)
        way, to = (found[1]["way"], found[1]["next"]) if found else ("password", "")
        response = go_in(request, user, way=way, to=to)
        to = response["Location"]
    else:
        to = ""
        messages.success(request, _("The second factor is added."))
    if not made:
        return redirect(to or "access:factor_list")
    request.session[RECOVERY_KEY] = {"codes": made, "next": to}
    return redirect("access:recovery_codes")


@page(signed_in=True, methods=("GET", "POST"))
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Recovery codes, shown once; on request new ones, after a code of now."""
    user = _me(request)
    if request.method == "GET" and RECOVERY_KEY in request.session:
        shown = request.session.pop(RECOVERY_KEY)
        context = {"shell_template": _shell(request), **shown}
        return render(request, "access/recovery_codes.html", context)
    form = FactorCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _factor_again(request, form, user):
        made = factors.recovery_renew(actor=actor_of(request), user=user, at=timezone.now())
        request.session[RECOVERY_KEY] = {"codes": made, "next": ""}
        return redirect("access:recovery_codes")
    return _form_page(
        request,
        form,
        title=_("New recovery codes"),
        button=_("Make new codes"),
        explain=_("The old codes are void from then on."),
    )


def _factor_again(request: HttpRequest, form: FactorCodeForm, user: User) -> bool:
    try:
        codes.attempt_require("factor", f"#{user.pk}", address=address_of(request))
    except AnjuError as error:
        form_refuses(form, error)
        return False
    if factor_check(user=user, code=form.cleaned_data["code"]):
        codes.attempt_forget("factor", f"#{user.pk}")
        return True
    form.add_error("code", _("The code does not fit. Take the next one."))
    return False


@page(signed_in=True, methods=("GET", "POST"))
def factor_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a factor after a code of now."""
    user = _me(request)
    mine = Authenticator.objects.filter(user=user, type__in=factors.FACTORS)
    factor = get_object_or_404(mine, pk=pk)
    form = FactorCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _factor_again(request, form, user):
        try:
            factors.factor_remove(
                actor=actor_of(request), user=user, factor=factor, at=timezone.now()
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(request, _("The second factor is removed."))
            return redirect("access:factor_list")
    return _form_page(
        request, form, title=_("Remove a second factor"), button=_("Remove it"), danger=True
    )


@page(public=True, methods=("GET", "POST"))
def invitation(request: HttpRequest, pk: int, token: str) -> HttpResponse:
    """Set the first password from the link that was sent to the person's phone."""
    user = User.objects.filter(pk=pk, is_active=True).first()
    if user is None or not default_token_generator.check_token(user, token):
        raise Http404
    form = NewPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            accounts.password_change(
                actor=first_actor(user, at),
                user=user,
                password=form.cleaned_data["password"],
                at=at,
            )
        except AnjuError as error:
            form_refuses(form, error)
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return HttpResponseRedirect("/sign-in/password")
    return render(
        request,
        "access/invitation.html",
        {"form": form, "username": user.username},
        status=form_status(form),
    )
