"""Reading items with both sides."""

from typing import NamedTuple, cast, get_args

from graph_cdp.cli.opening import Session
from graph_cdp.domain.identifier import Key
from graph_cdp.domain.link import pair_of
from graph_cdp.domain.matching import Why
from graph_cdp.domain.review import RULINGS, Act, FindingKind, Item, ItemFilter, ItemState, Ruling
from graph_cdp.errors import NotFoundError
from graph_cdp.query.profile import ProfileView, Wanted, profiles_of
from graph_cdp.query.review import Preview, previews
from graph_cdp.resolve import ProfileIds
from graph_cdp.review import UNKNOWN, Compared, compare
from graph_cdp.service.matching import whys
from graph_cdp.store.port import Reading


class Sides(NamedTuple):
    """An item with the profiles it is about, how they compare, what each ruling would do, and what was done.

    `why` tells of a pair that the model compared what each attribute adds to its score; None: it compared none.
    """

    item: Item
    profiles: tuple[ProfileView, ...]
    compared: tuple[Compared, ...]
    why: Why | None
    previews: dict[Ruling, Preview]
    acts: tuple[Act, ...]
    ids: ProfileIds


def filter_of(kind: str | None, state: str, min_score: float = 0.0) -> ItemFilter:
    """Which items are wanted, from words."""
    states = {"waiting": ("open", "claimed"), "all": get_args(ItemState)}.get(state, (state,))
    return ItemFilter(cast("FindingKind | None", kind), cast("tuple[ItemState, ...]", states), min_score)


async def sides_of(session: Session, item_id: str) -> Sides:
    """An item with all that is to be seen of it. Raises NotFoundError where there is none."""

    async def work(tx: Reading) -> Sides:
        item = (await tx.items([item_id])).get(item_id)
        if item is None:
            raise NotFoundError(f"{UNKNOWN.message} `graph-cdp review list` shows all.")
        keys = item.finding.keys
        found = await profiles_of(tx, keys, session.store, session.rules.policy, Wanted(events=0))
        profiles = {one.id: one for one in (found.get(key) for key in keys) if isinstance(one, ProfileView)}
        views = tuple(profiles.values())
        pair = pair_of(*keys) if item.finding.kind == "duplicate" else None
        why = (await whys(tx, [pair], session.rules.policy)).get(pair) if pair else None
        asked = [(item, ruling) for ruling in RULINGS[item.finding.kind] if item.finding.kind == "duplicate"]
        expected = await previews(tx, asked, session.rules.policy) if asked else {}
        return Sides(
            item,
            views,
            tuple(compare(*(_side(one) for one in views[:2]))) if len(views) > 1 else (),
            why,
            {ruling: preview for (_, ruling), preview in expected.items()},
            tuple(await tx.acts_on([item_id])),
            session.store.ids,
        )

    return await session.store.read(work)


def _side(view: ProfileView) -> tuple[list[Key], dict[str, object]]:
    return [seen.key for seen in view.identifiers], {name: trait.value for name, trait in view.traits.items()}
