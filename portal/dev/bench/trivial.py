"""The baseline: a Django view that does nothing, with four middlewares and 53 bytes.

Runs in its own process, with its own settings.
"""

from __future__ import annotations

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

BODY = b"Hazumi's yardstick: a Django view that does nothing.\n"


def hello(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


urlpatterns = [path("", hello)]


def make() -> WSGIHandler:
    settings.configure(
        SECRET_KEY=os.urandom(16).hex(),
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        USE_I18N=False,
        LOGGING_CONFIG=None,
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
        ],
    )
    django.setup()
    return WSGIHandler()


if os.environ.get(
    "HAZUMI_BENCH_TRIVIAL"
):  # only where gunicorn asks for it, never on a mere import
    application = make()
