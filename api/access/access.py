"""What a worker holds to tell who asks, what they may see, and to enter it."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from api.access.audit import Audit
from api.access.keyring import Keyring
from api.access.masking import Masking, Masks
from api.access.principal import Principal
from api.access.rates import Rates
from api.access.tokens import Tokens
from graph_cdp.config import Settings
from graph_cdp.domain.times import Millis
from graph_cdp.policies import Rules
from graph_cdp.store.port import Store

_LOG = logging.getLogger(__name__)


class Access:
    """One worker's keyring, token reader, rates, masks and audit."""

    def __init__(self, settings: Settings, store: Store, rules: Rules, now: Callable[[], Millis]) -> None:
        self.is_development = settings.mode == "development"
        self.keyring = Keyring(store)
        self.tokens = Tokens(settings)
        self.rates = Rates(settings.rate_limit)
        self.audit = Audit(store, now, wait=settings.audit_wait)
        self._masks = Masks(rules, settings.id_key.get_secret_value())

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write the audit log meanwhile, all of it in the end; tell where no key is needed."""
        if self.is_development:
            _LOG.warning("development mode: whoever asks from this machine needs no key and may do everything")
        self.audit.start()
        try:
            yield
        finally:
            await self.audit.close()

    def masking(self, principal: Principal) -> Masking:
        """How values are shown to somebody."""
        return Masking(principal, self._masks)
