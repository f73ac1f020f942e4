"""What every URL under /api/ has in common, whether it exists or not."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portal.api.problems import as_problem

GetResponse = Callable[[HttpRequest], HttpResponse]
PREFIX = "/api/"


class ApiAddresses:
    """An address without its last slash is the same address; one where nothing is answers as the
    API does.

    Redirecting to the slash would lose a fact: clients repeat a POST that was redirected as a GET,
    which is answered 200.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        if not request.path_info.endswith("/"):
            request.path_info += "/"
            request.path += "/"
        response = self.get_response(request)
        if response.status_code == 404 and response.headers.get("Content-Type", "").startswith(
            "text/html"
        ):
            return as_problem("not_found", 404)
        return response
