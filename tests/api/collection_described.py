"""Collection as OpenAPI: the paths are not in the service's own description, and are held to this one."""

from typing import Any

Plain = dict[str, Any]

_KEY = {"type": "string", "minLength": 1}
_OBJECT = {"type": ["object", "null"]}
_MESSAGE = {
    "type": "object",
    "properties": {
        "messageId": {"type": ["string", "null"]},
        "userId": {"type": ["string", "integer", "null"]},
        "anonymousId": {"type": ["string", "null"]},
        "timestamp": {"type": ["string", "null"], "format": "date-time"},
        "sentAt": {"type": ["string", "null"], "format": "date-time"},
        "traits": _OBJECT,
        "context": _OBJECT,
        "properties": _OBJECT,
    },
}
_TOLD = {"code": {"type": "string"}, "message": {"type": "string", "minLength": 1}}
_REFUSED = {
    "type": "object",
    "properties": {
        "index": {"type": "integer", "minimum": 0},
        "messageId": {"type": ["string", "null"]},
        "path": {"type": "string", "minLength": 1},
        "reason": {"type": "string", "minLength": 1},
    },
    "required": ["index", "messageId", "path", "reason"],
    "additionalProperties": False,
}
_FAILURE = {
    "type": "object",
    "properties": {
        "success": {"const": False},
        **_TOLD,
        "error": {"type": "object", "properties": _TOLD, "required": [*_TOLD], "additionalProperties": False},
        "stored": {"type": "integer", "minimum": 0},
        "refused": {"type": "array", "items": _REFUSED, "minItems": 1},
    },
    "required": ["success", *_TOLD, "error"],
    "additionalProperties": False,
}
_SUCCESS = {"type": "object", "properties": {"success": {"const": True}}, "required": ["success"]}


def _answers(success: Plain) -> Plain:
    statuses = {"200": success} | dict.fromkeys(("400", "401", "405", "413", "415"), _FAILURE)
    return {
        status: {"description": status, "content": {"application/json": {"schema": schema}}}
        for status, schema in statuses.items()
    }


def _post(body: Plain, media: tuple[str, ...] = ("application/json", "text/plain")) -> Plain:
    content = {one: {"schema": body if one == "application/json" else {"type": "string"}} for one in media}
    return {"post": {"requestBody": {"required": True, "content": content}, "responses": _answers(_SUCCESS)}}


_PATHS = ("/v1/identify", "/v1/group", "/v1/alias", "/t")
_BATCH = {
    "type": "object",
    "properties": {
        "batch": {"type": "array", "items": _MESSAGE, "maxItems": 5},
        "context": _OBJECT,
    },
    "required": ["batch"],
}

COLLECTION: Plain = {
    "openapi": "3.1.0",
    "info": {"title": "collection", "version": "1"},
    "paths": {
        **{path: _post(_MESSAGE) for path in _PATHS},
        "/v1/batch": _post(_BATCH),
        "/v1/projects/{key}/settings": {
            "get": {
                "parameters": [{"name": "key", "in": "path", "required": True, "schema": _KEY}],
                "responses": _answers({"type": "object", "required": ["integrations", "plan"]}),
            }
        },
    },
}
