"""A bare view with one query beside our own pages, on the same server: what a page is held to."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.config.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def bare(request: HttpRequest, pk: int) -> HttpResponse:
    from anju.registry.models import Company

    return HttpResponse(Company.objects.filter(pk=pk).values_list("name", flat=True).get())


bare.page: Any = None  # type: ignore[attr-defined]
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()  # reads the apps, which the addresses below need
urlpatterns = [path("bare/<int:pk>", bare), path("", include("anju.config.urls"))]
