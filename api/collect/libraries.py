"""What the browser's library asks for before it sends: its settings."""

import orjson


def settings_of(write_key: str, host: str, scheme: str) -> bytes:
    """The settings of @segment/analytics-next as JSON: send to this host, load nothing else, measure nothing."""
    return orjson.dumps({
        "integrations": {
            "Segment.io": {
                "apiKey": write_key,
                "apiHost": f"{host}/v1",
                "protocol": scheme,
                "addBundledMetadata": False,
                "unbundledIntegrations": [],
                "maybeBundledConfigIds": {},
            }
        },
        "plan": {kind: {"__default": {"enabled": True, "integrations": {}}} for kind in ("track", "identify", "group")},
        "edgeFunction": {},
        "analyticsNextEnabled": True,
        "enabledMiddleware": {},
        "middlewareSettings": {},
        "metrics": {"sampleRate": 0},
        "remotePlugins": [],
    })  # fmt: skip
