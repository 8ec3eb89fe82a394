"""The one tree of errors. Expected outcomes (a refused event, a refusal) are values, not errors.

GraphCdpError
├── ConfigError            a setting cannot be used
├── PolicyError            the policy cannot be used as written
├── InputError             a file, a line or an argument cannot be read
├── NotFoundError          nothing is known under that name
├── CursorExpiredError     what came after a cursor is not kept any more
├── LocalNeo4jError        the local Neo4j could not be installed, started or stopped
└── StoreError             the store refused or failed
    ├── StoreUnavailableError   it cannot be reached now; trying again may help
    │   └── BusyError               more waits to be written than may wait
    ├── StoreAccessError        wrong credentials, or no right to read or write
    ├── StoreFullError          no space is left
    ├── StoreVersionError       its schema and this program do not fit
    └── StorePolicyError        it was resolved with another policy or id key
"""


class GraphCdpError(Exception):
    """Anything that went wrong and that the caller can act on; the message says what, where, and what to do.

    Messages never hold an identifier's value or a trait: they may be logged.
    """

    code = "error"


class ConfigError(GraphCdpError):
    """A setting cannot be used; the message names it and the remedy."""

    code = "config_invalid"


class PolicyError(GraphCdpError):
    """The policy cannot be used as written; the message names the place and the remedy."""

    code = "policy_invalid"


class InputError(GraphCdpError):
    """A file, a line or an argument cannot be read; the message names the place and the remedy."""

    code = "input_invalid"


class NotFoundError(GraphCdpError):
    """Nothing is known under the name that was asked for."""

    code = "not_found"


class CursorExpiredError(GraphCdpError):
    """The feed of changes does not reach back, or up, to a cursor; the message says how to begin anew."""

    code = "cursor_expired"


class LocalNeo4jError(GraphCdpError):
    """The local Neo4j could not be installed, started or stopped."""

    code = "local_neo4j"


class StoreError(GraphCdpError):
    """The store refused or failed."""

    code = "store_error"


class StoreUnavailableError(StoreError):
    """The store cannot be reached now; trying again later may help."""

    code = "store_unavailable"
    retry_after_s = 2


class BusyError(StoreUnavailableError):
    """More waits to be written than may wait; trying again in `retry_after_s` seconds helps."""

    code = "busy"
    retry_after_s = 1


class StoreAccessError(StoreError):
    """The store refused the credentials, or may not be written or read."""

    code = "store_access"


class StoreFullError(StoreError):
    """The store has no space left; what was not acknowledged was not written."""

    code = "store_full"


class StoreVersionError(StoreError):
    """The store's schema and this program do not fit together."""

    code = "store_version"


class StorePolicyError(StoreError):
    """The store was resolved with another policy or another id key."""

    code = "store_policy"
