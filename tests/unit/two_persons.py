"""Events of Ann and Bob, who were at one browser, and policies that keep them apart or not."""

ANN_A = {
    "messageId": "1",
    "timestamp": "2026-01-01T00:00:00Z",
    "source": "web",
    "userId": "u1",
    "anonymousId": "a1",
    "traits": {"email": "Ann@shop.example.org", "first_name": "Ann", "birth_date": "1980-01-01"},
}
ANN_B = {"messageId": "2", "timestamp": "2026-01-02T00:00:00Z", "source": "app", "userId": "u1",
         "context": {"device": {"id": "d1"}}}  # fmt: skip
BOB = {"messageId": "3", "timestamp": "2026-01-03T00:00:00Z", "source": "app", "userId": "u2", "anonymousId": "a1",
       "traits": {"first_name": "Bob"}}  # fmt: skip
NOBODY = {"messageId": "4", "timestamp": "2026-01-04T00:00:00Z", "userId": "null", "anonymousId": "a9"}
POLICY = """
[[namespace]]
name = "user_id"
limit = 1
[[namespace]]
name = "email"
normalise = "email"
[[namespace]]
name = "device_id"
[[namespace]]
name = "anonymous_id"
"""
# Without limits Ann and Bob, who were at one browser, are one.
WIDE = POLICY.replace("limit = 1\n", "")


def profiles(cli) -> dict[str, list[str]]:
    """The identifiers of each profile in the store, by id."""
    return {row["id"]: row["identifiers"] for row in cli("export", "profiles").rows}
