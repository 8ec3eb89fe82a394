"""What the API itself refuses, in the tree of `graph_cdp.errors`; `api.errors` has the faces of all."""

from graph_cdp.errors import GraphCdpError


class AuthError(GraphCdpError):
    """Nobody known asks: a key or a token is missing, wrong, revoked or out of date."""

    code = "unauthorized"


class ForbiddenError(GraphCdpError):
    """Whoever asks is known, and may not do that."""

    code = "forbidden"


class UnsupportedMediaError(GraphCdpError):
    """A body is packed in a way that is not read."""

    code = "unsupported_media_type"


class TooLargeError(GraphCdpError):
    """A request is larger than is taken; the message names the bound."""

    code = "too_large"


class RateLimitedError(GraphCdpError):
    """A key sends more than it may; trying again in `retry_after_s` seconds helps."""

    code = "rate_limited"

    def __init__(self, message: str, retry_after_s: int = 1) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class IssuerUnavailableError(GraphCdpError):
    """The keys that tokens are signed with cannot be had now; trying again may help."""

    code = "issuer_unavailable"
