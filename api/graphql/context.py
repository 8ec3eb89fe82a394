"""What the resolvers of one operation share: the services, who asks, the masks, and one view of the store."""

from asyncio import Lock
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable
from typing import TypeAlias, TypeVar

import strawberry

from api.access.principal import Principal
from api.failures import ForbiddenError
from api.graphql.loaders import Loaders
from api.services import Services
from graph_cdp.domain.access import Scope
from graph_cdp.store.port import Reading

T = TypeVar("T")


class Context:
    """One operation's; `view` is what it reads, None: each reading has a view of its own, and may be run again.

    `shown` are ids of the profiles whose personal values the answer may hold.
    """

    def __init__(self, services: Services, principal: Principal, view: Reading | None) -> None:
        self.services = services
        self.principal = principal
        self.masking = services.access.masking(principal)
        self.loaders = Loaders(self.read, services.in_force)
        self.shown: set[str] = set()
        self._view = view
        self._turn = Lock()

    async def read(self, work: Callable[[Reading], Awaitable[T]]) -> T:
        """Run `work` on the operation's view, or on one of its own where it has none."""
        if self._view is None:
            return await self.services.store.read(work)
        # A transaction runs one statement at a time; resolvers of one level would ask at once.
        async with self._turn:
            return await work(self._view)

    async def enter_shown(self) -> None:
        """Enter into the audit log whose personal values the answer has, those that are not entered yet."""
        shown, self.shown = self.shown, set()
        if self.masking.is_open and shown:
            await self.services.access.audit.personal_read(self.principal, sorted(shown))

    def require(self, scope: Scope) -> None:
        """Raise ForbiddenError where whoever asks lacks a scope."""
        if not self.principal.may(scope):
            raise ForbiddenError(f"This needs the scope '{scope}', which was not granted.")


Info: TypeAlias = strawberry.Info[Context, None]


async def in_context(
    services: Services, principal: Principal, work: Callable[[Context], Awaitable[T]], *, one_view: bool
) -> T:
    """Run one operation, and enter into the audit log whose personal values it gave, if it gave any.

    `one_view`: all that it reads is of one moment, as far as the store has such; for queries whose answer is whole when
    `work` is done. A mutation reads what it wrote, so it has none.
    """

    async def run(view: Reading | None) -> tuple[T, Context]:
        context = Context(services, principal, view)
        return await work(context), context

    answer, context = await (services.store.read(run) if one_view and services.store.one_moment else run(None))
    await context.enter_shown()
    return answer


async def entered_parts(parts: AsyncIterable[T], context: Context) -> AsyncGenerator[T, None]:
    """The later parts of an answer, each once it is entered whose personal values it has."""
    async for part in parts:
        await context.enter_shown()
        yield part
