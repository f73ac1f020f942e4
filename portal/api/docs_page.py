"""The documentation page made from the schema: plain rows for a template, without a script or the
network.

Pure.
"""

from __future__ import annotations

import json
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


def operations(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every operation with what a reader needs: address, words, scope, parameters, fields,
    an example.
    """
    rows = []
    for path, methods in sorted(schema.get("paths", {}).items()):
        for method in METHODS:
            if method in methods:
                rows.append(_operation(schema, path, method, methods[method]))
    return rows


def _operation(
    schema: dict[str, Any], path: str, method: str, operation: dict[str, Any]
) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    sent = _resolved(schema, content.get("schema", {}))
    words = str(operation.get("description", "")).strip() or str(operation.get("summary", ""))
    return {
        "id": operation.get("operationId", f"{method}-{path}"),
        "method": method.upper(),
        "path": path,
        "summary": words.split("\n")[0],
        "description": "\n".join(words.split("\n")[1:]).strip(),
        "scope": operation.get("x-scope", ""),
        "parameters": [
            {
                "name": row["name"],
                "where": row["in"],
                "required": row.get("required", False),
                "type": row.get("schema", {}).get("type", ""),
                "description": row.get("description", ""),
            }
            for row in operation.get("parameters", [])
        ],
        "fields": _fields(schema, sent),
        "answers": [
            {"status": status, "description": answer.get("description", "")}
            for status, answer in sorted(operation.get("responses", {}).items())
        ],
        "example": _curl(schema, path, method, sent, operation),
    }


def _resolved(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        part = schema["components"]["schemas"][part["$ref"].rpartition("/")[2]]
    return part


def _fields(schema: dict[str, Any], part: dict[str, Any]) -> list[dict[str, Any]]:
    required = part.get("required", [])
    rows = []
    for name, raw in part.get("properties", {}).items():
        field = _resolved(schema, raw.get("allOf", [raw])[0])
        rows.append(
            {
                "name": name,
                "required": name in required,
                "type": " ".join(str(field[word]) for word in ("type", "format") if word in field),
                "choices": field.get("enum", []),
                "description": raw.get("description", ""),
            }
        )
    return rows


def _curl(
    schema: dict[str, Any], path: str, method: str, sent: dict[str, Any], operation: dict[str, Any]
) -> str:
    lines = ['curl -H "Authorization: Bearer hz_…"']
    if any(row["name"] == "Idempotency-Key" for row in operation.get("parameters", [])):
        lines.append('-H "Idempotency-Key: order-2026-0042"')
    if sent:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(_example(schema, sent), ensure_ascii=False)}'")
    if method != "get":
        lines.insert(1, f"-X {method.upper()}")
    return " \\\n  ".join([*lines, f"$HAZUMI{path}"])


def _example(schema: dict[str, Any], part: dict[str, Any]) -> Any:
    part = _resolved(schema, part.get("allOf", [part])[0])
    if "example" in part or "default" in part:
        return part.get("example", part.get("default"))
    if part.get("enum"):
        return part["enum"][0]
    kind = part.get("type")
    if kind == "object":
        return {
            name: _example(schema, field)
            for name, field in part.get("properties", {}).items()
            if not field.get("readOnly")
        }
    if kind == "array":
        return [_example(schema, part.get("items", {}))]
    formats = {
        "email": "aki@example.com",
        "date-time": "2026-11-20T10:00:00Z",
        "date": "2026-11-20",
        "uri": "https://example.com/",
    }
    return {"integer": 1, "number": 1.0, "boolean": True}.get(
        str(kind), formats.get(str(part.get("format")), "…")
    )
