"""Every page of Anju. Each app brings its own ``urls.py``."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from .api import api


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 once the process and its database are there, 503 while the database is not."""
    from django.db import Error, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("no database\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("", include("anju.ui.urls")),
    path("", include("anju.portal.urls")),
    path("", include("anju.city.urls")),
    path("", include("anju.access.urls")),
    path("", include("anju.flow.urls")),
    path("", include("anju.files.urls")),
    path("", include("anju.audit.urls")),
    path("", include("anju.jobs.urls")),
    path("", include("anju.notices.urls")),
    path("", include("anju.reference.urls")),
    path("", include("anju.documents.urls")),
    path("", include("anju.exports.urls")),
    path("", include("anju.contracts.urls")),
    path("", include("anju.registry.urls")),
    path("", include("anju.partners.urls")),
]

handler400 = "anju.ui.errors.bad_request"
handler403 = "anju.ui.errors.permission_denied"
handler404 = "anju.ui.errors.not_found"
handler500 = "anju.ui.errors.server_error"
