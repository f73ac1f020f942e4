"""JSON request parsing: what is nested too deep or cannot be stored is the client's error."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from portal.core.text.cleaning import UnreadableText, clean_json


class PlainJSONParser(JSONParser):
    """Reads JSON with its texts cleaned; half characters and endless nesting are refused."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return clean_json(super().parse(stream, media_type, parser_context))
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deep") from error
        except UnreadableText as error:
            raise ParseError(_("The request contains a character that cannot be read.")) from error
