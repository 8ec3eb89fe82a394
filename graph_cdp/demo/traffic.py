"""A long stream of made-up events for benches: fast, in bounded memory, shaped like real traffic."""

from collections.abc import Iterator
from itertools import count
from random import Random
from typing import Any, NamedTuple, TypeAlias

from graph_cdp.demo.chance import dice
from graph_cdp.demo.words import plain_letters, read_words
from graph_cdp.domain.times import Millis, iso, parse_time

SegmentEvent: TypeAlias = dict[str, Any]

_DUPLICATE, _LATE, _LAST = 0.03, 0.01, 0.2
# Chances that somebody new uses the device or the e-mail address of somebody present. Not every address is seen
# with its account, so these make about one device and one address in a hundred end with two accounts.
_SAME_DEVICE, _SAME_EMAIL = 0.012, 0.02
_PRESENT = 2000
_REMEMBERED = 512
_START: Millis = parse_time("2025-01-01")
_HOUR: Millis = 3_600_000
# Counting in steps of an odd number, modulo a power of two, meets every number once, and no two neighbours: ids in
# order would spare an index the work that real ones cause.
_SCATTER, _32_BITS = 0x9E37_79B1, 2**32 - 1


class _Present(NamedTuple):
    """One of those who are there now, with the parts that their events share."""

    user_id: str
    laptop: str
    phone: str
    context: SegmentEvent
    traits: SegmentEvent


def bench_events(n: int, seed: int) -> Iterator[SegmentEvent]:
    """Give `n` Segment-shaped events in the order received, one a second from 2025-01-01 on.

    Each names 2 to 4 of user_id, anonymous_id, device_id and, in the `traits` of every fifth, email. 2,000
    persons are there at a time; whoever leaves, after 5 events on average, makes room for somebody new. 3 % are
    sent a second time (same id and content, at most 512 others later), 1 % happened up to three days before they
    were sent. The same seed gives the same events, and a longer stream begins with the shorter one. Memory does
    not grow with `n`. Events share their parts: copy what is inside one before changing it.
    """
    rng = dice(seed, "bench")
    random, arrivals = rng.random, _arrivals(seed, rng)
    present = [next(arrivals) for _ in range(_PRESENT)]
    recent: list[SegmentEvent] = []
    # One draw decides what becomes of an event: repeated below the first bound, late below the second, its
    # person's last from the third on.
    late_below, last_from = _DUPLICATE + _LATE, 1.0 - _LAST * (1.0 - _DUPLICATE)
    fresh, suffix = 0, f"-{seed}"
    for second in _seconds(n):
        fate, choice = random(), random()
        if fate < _DUPLICATE and recent:
            yield recent[int(choice * len(recent))].copy()
            continue
        place = int(choice * _PRESENT)
        event = _said(present[place], choice * _PRESENT - place, with_traits=fresh % 5 == 4)
        event["messageId"] = f"{fresh * _SCATTER & _32_BITS:08x}{suffix}"
        event["timestamp"] = second + "120Z" if fate >= late_below else _earlier(second, rng)
        event["sentAt"] = second + "120Z"
        event["receivedAt"] = second + "480Z"
        if fresh < _REMEMBERED:
            recent.append(event)
        else:
            recent[fresh % _REMEMBERED] = event
        fresh += 1
        if fate >= last_from:
            present[place] = _perhaps_sharing(next(arrivals), present, rng)
        yield event


def _said(who: _Present, choice: float, with_traits: bool) -> SegmentEvent:
    """What one of them does; `choice`, from 0 to 1, picks the identifiers that are named."""
    user_id, laptop, phone, context, traits = who
    if with_traits:
        if choice < 0.25:
            return {"type": "identify", "anonymousId": laptop, "traits": traits}
        if choice < 0.7:
            return {"type": "identify", "userId": user_id, "anonymousId": laptop, "traits": traits}
        return {"type": "identify", "userId": user_id, "anonymousId": phone, "traits": traits, "context": context}
    if choice < 0.5:
        return {"type": "track", "event": "Product Viewed", "userId": user_id, "anonymousId": laptop}
    if choice < 0.6:
        return {"type": "track", "event": "Application Opened", "userId": user_id, "context": context}
    return {"type": "track", "event": "Product Added", "userId": user_id, "anonymousId": phone, "context": context}


def _seconds(n: int) -> Iterator[str]:
    """One moment a second, written up to the point before the milliseconds."""
    ends = [f"{second:02d}." for second in range(60)]
    for number in range(0, n, 60):
        minute = iso(_START + number * 1000)[:17]
        for end in ends[: n - number]:
            yield minute + end


def _earlier(second: str, rng: Random) -> str:
    return iso(parse_time(second + "120Z") - rng.randrange(_HOUR, 72 * _HOUR))


def _arrivals(seed: int, rng: Random) -> Iterator[_Present]:
    """Somebody new, again and again. Their UUIDs (version 4) are alike but for the first digit."""
    names, mailboxes = _names(), read_words().mailboxes
    random, all_names, all_mailboxes = rng.random, len(names), len(mailboxes)
    tail = f"5ed-4000-a000-{seed & (1 << 48) - 1:012x}"
    for number in count(1):
        mark = f"{number * _SCATTER & _32_BITS:08x}"
        first, last, plain, city = names[int(random() * all_names)]
        email = f"{plain}.{number}@{mailboxes[number % all_mailboxes]}"
        rest = f"{mark[:7]}-{mark[7]}{tail}"
        traits = {"email": email, "first_name": first, "last_name": last, "city": city}
        # By position: by name takes twice as long.
        yield _Present("u" + mark, "2" + rest, "7" + rest, {"device": {"id": "c" + rest}}, traits)


def _names() -> list[tuple[str, str, str, str]]:
    """First name, last name, both as an address spells them, and a city."""
    return [
        (first, last, f"{plain_letters(first)}.{plain_letters(last)}", region.cities[place % len(region.cities)])
        for region in read_words().regions
        for place, first in enumerate(region.first)
        for last in region.last
    ]


def _perhaps_sharing(new: _Present, present: list[_Present], rng: Random) -> _Present:
    """Somebody new, now and then with a device or an address of somebody who is there."""
    chance = rng.random()
    if chance < _SAME_DEVICE:
        return new._replace(context=rng.choice(present).context)
    if chance < _SAME_DEVICE + _SAME_EMAIL:
        return new._replace(traits=new.traits | {"email": rng.choice(present).traits["email"]})
    return new
