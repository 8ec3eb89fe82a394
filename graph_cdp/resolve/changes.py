"""What regrouping did to profiles, told from where identifiers were and are. Pure."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from graph_cdp.domain.change import IdentityChange
from graph_cdp.domain.identifier import Key, Seen
from graph_cdp.domain.link import Refusal
from graph_cdp.resolve.ids import ProfileIds
from graph_cdp.resolve.partition import Placed


class Regrouped(NamedTuple):
    """Where identifiers were, where those are that changed place, and the refusals among them, before and now.

    `before` holds all members of every profile that lost or gained one.
    """

    before: Mapping[Key, Seen]
    placed: Mapping[Key, Placed]
    refusals_before: frozenset[Refusal]
    refusals: frozenset[Refusal]

    def profile_of(self, key: Key) -> Key | None:
        """The anchor of the profile that an identifier is in now."""
        placed = self.placed.get(key)
        return self.before[key].profile if placed is None else placed.profile


def changes_of(
    named: Iterable[Key], regrouped: Regrouped, ids: ProfileIds
) -> tuple[set[Key], tuple[IdentityChange, ...]]:
    """The profiles that a transaction touched, by anchor, those that are gone too; and what became of them, sorted.

    `named`: identifiers that got events, traits, links or decisions. Identifiers that are new, or that joined nobody
    before or join nobody now, make no identity change: a profile whose last identifier was set aside is gone, one
    that is all new has come.
    """
    before, placed, refusals_before, refusals = regrouped
    left, touched = dict[Key, Key](), {before[key].profile for key in named}
    for key, place in placed.items():
        was = before[key].profile
        if was != place.profile:
            touched.add(place.profile)
            if was is not None:
                left[key] = was
    touched.update(left.values())
    touched.update(regrouped.profile_of(key) for one in refusals ^ refusals_before for key in one.pair)
    changes = [*_moved(left, regrouped, ids), *_refused(regrouped, ids)]
    changes.sort(key=lambda change: (change.kind, change.before, change.after, change.reason or ""))
    return {anchor for anchor in touched if anchor is not None}, tuple(changes)


def anchors_around(keys: Collection[Key], regrouped: Regrouped) -> set[Key]:
    """The profiles that identifiers are in now, and those that they were in, by anchor."""
    anchors = {regrouped.before[key].profile for key in keys} | {regrouped.profile_of(key) for key in keys}
    return {anchor for anchor in anchors if anchor is not None}


def _refused(regrouped: Regrouped, ids: ProfileIds) -> Iterator[IdentityChange]:
    new = regrouped.refusals - regrouped.refusals_before
    for anchors, reason in {(frozenset(map(regrouped.profile_of, one.pair)), one.reason) for one in new}:
        yield IdentityChange("refused", (), _ids(anchors, ids), reason)


def _moved(left: Mapping[Key, Key], regrouped: Regrouped, ids: ProfileIds) -> Iterator[IdentityChange]:
    """What became of the profiles that identifiers left or came to; `left`: the anchors of those that they left."""
    news_by_old, olds_by_new = _passages(left, regrouped)
    for new, olds in olds_by_new.items():
        if len(olds) > 1:
            yield IdentityChange("merged", _ids(olds, ids), _ids([new], ids))
    for old, news in news_by_old.items():
        if len(news) > 1:
            yield IdentityChange("split", _ids([old], ids), _ids(news, ids))
        elif news != [old] and olds_by_new[news[0]] == [old]:
            yield IdentityChange("renamed", _ids([old], ids), _ids(news, ids))


def _passages(left: Mapping[Key, Key], regrouped: Regrouped) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    """Into which profiles the identifiers of each changed one went, and out of which those of each came; by anchor."""
    before, placed = regrouped.before, regrouped.placed
    passages = {(old, new) for key, old in left.items() if (new := placed[key].profile) is not None}
    # A profile keeps its name as long as it keeps its anchor, so its anchor alone tells whether anybody stayed.
    names = {anchor for passage in passages for anchor in passage}
    passages |= {(name, name) for name in names if before[name].profile == name and name not in left}
    news_by_old, olds_by_new = defaultdict[Key, list[Key]](list), defaultdict[Key, list[Key]](list)
    for old, new in passages:
        news_by_old[old].append(new)
        olds_by_new[new].append(old)
    return news_by_old, olds_by_new


def _ids(anchors: Iterable[Key | None], ids: ProfileIds) -> tuple[str, ...]:
    return tuple(sorted(ids.of(anchor) for anchor in anchors if anchor is not None))
