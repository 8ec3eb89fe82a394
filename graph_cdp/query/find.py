"""From what a person writes to an identifier: `namespace:value`, or a profile id."""

from graph_cdp.domain.event import Issue
from graph_cdp.domain.identifier import Identifier, Key
from graph_cdp.errors import InputError, NotFoundError
from graph_cdp.normalise import Identifiers
from graph_cdp.store.port import Reading


def key_from(text: str, identifiers: Identifiers) -> Key:
    """Normalise `namespace:value` like any other. Raises InputError where it names no identifier."""
    namespace, value = Identifier.of(text.strip())
    if not value:
        raise InputError("An identifier is written namespace:value, for example email:ann@shop.org.")
    named = identifiers.identify(namespace, value)
    if isinstance(named, Issue):
        raise InputError(f"This names no identifier: namespace '{namespace}': {named.detail}.")
    return named.key


async def find(tx: Reading, text: str, identifiers: Identifiers) -> Key:
    """The identifier that `namespace:value` or a profile id means. A profile id leads to its own identifier.

    Raises NotFoundError where no event has named it, InputError where it cannot be read.
    """
    if text.startswith("pro_"):
        key = await tx.key_of(text)
        if key is None:
            raise NotFoundError("No profile has or had this id in this store.")
        return key
    key = key_from(text, identifiers)
    if key not in await tx.identifiers([key]):
        raise NotFoundError("No event has named this identifier.")
    return key
