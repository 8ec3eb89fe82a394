"""What regrouping did to profiles, told from where identifiers were and are. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import NamedTuple, cast

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


def touched_anchors(named: Iterable[Key], regrouped: Regrouped) -> set[Key]:
    """The profiles that a transaction touched, by anchor, those that are gone too.

    `named`: identifiers that got events, traits, links or decisions.
    """
    refused = {key for one in regrouped.refusals ^ regrouped.refusals_before for key in one.pair}
    return anchors_around(chain(named, _left(regrouped), refused), regrouped)


def anchors_around(keys: Iterable[Key], regrouped: Regrouped) -> set[Key]:
    """The profiles that identifiers are in now, and those that they were in, by anchor."""
    before, placed = regrouped.before, regrouped.placed
    anchors = set[Key | None]()
    for key in keys:
        anchors.add(before[key].profile)
        if key in placed:
            anchors.add(placed[key].profile)
    anchors.discard(None)
    return cast("set[Key]", anchors)


def identity_changes(regrouped: Regrouped, ids: ProfileIds) -> tuple[IdentityChange, ...]:
    """What became of profiles that lost, gained or exchanged identifiers, and the links that were refused, sorted.

    Identifiers that are new, or that joined nobody before or join nobody now, make no change: a profile whose last
    identifier was set aside is gone, one that is all new has come.
    """
    news_by_old, olds_by_new = _passages(regrouped)
    new_refusals = regrouped.refusals - regrouped.refusals_before
    refused = {(frozenset(map(regrouped.profile_of, one.pair)), one.reason) for one in new_refusals}
    changes = [IdentityChange("refused", (), _ids(profiles, ids), reason) for profiles, reason in refused]
    for new, olds in olds_by_new.items():
        if len(olds) > 1:
            changes.append(IdentityChange("merged", _ids(olds, ids), (ids.of(new),)))
    for old, news in news_by_old.items():
        if len(news) > 1:
            changes.append(IdentityChange("split", (ids.of(old),), _ids(news, ids)))
        elif news != [old] and olds_by_new[news[0]] == [old]:
            changes.append(IdentityChange("renamed", (ids.of(old),), _ids(news, ids)))
    return tuple(sorted(changes, key=lambda change: (change.kind, change.before, change.after, change.reason or "")))


def _passages(regrouped: Regrouped) -> tuple[dict[Key, list[Key]], dict[Key, list[Key]]]:
    """Into which profiles the identifiers of each changed one went, and out of which those of each came; by anchor."""
    before, placed = regrouped.before, regrouped.placed
    left = _left(regrouped)
    passages = {(old, new) for key, old in left.items() if (new := placed[key].profile) is not None}
    # A profile keeps its name as long as it keeps its anchor, so its anchor alone tells whether anybody stayed.
    names = {anchor for passage in passages for anchor in passage}
    passages |= {(name, name) for name in names if before[name].profile == name and name not in left}
    news_by_old, olds_by_new = defaultdict[Key, list[Key]](list), defaultdict[Key, list[Key]](list)
    for old, new in passages:
        news_by_old[old].append(new)
        olds_by_new[new].append(old)
    return news_by_old, olds_by_new


def _left(regrouped: Regrouped) -> dict[Key, Key]:
    """The profiles that identifiers left for another, or for none."""
    before = regrouped.before
    return {
        key: was
        for key, place in regrouped.placed.items()
        if (was := before[key].profile) is not None and was != place.profile
    }


def _ids(anchors: Iterable[Key | None], ids: ProfileIds) -> tuple[str, ...]:
    return tuple(sorted(ids.of(anchor) for anchor in anchors if anchor is not None))
