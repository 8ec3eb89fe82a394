"""Statistics in JSON and in words."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from graph_cdp.cli.show import add, facts, plain, table
from graph_cdp.cli.simulating import because
from graph_cdp.query.stats import Bucket, Stats

_BAR = 30


def stats_json(found: Stats) -> dict[str, object]:
    """Statistics for programs."""
    return {
        "sizes": found.sizes._asdict(),
        "namespaces": [one._asdict() for one in found.namespaces],
        "cluster_sizes": [bucket._asdict() for bucket in found.cluster_sizes],
        "profile_sizes": [bucket._asdict() for bucket in found.profile_sizes],
        "refusals": [
            {"reason": reason, "namespace": namespace, "count": count} for reason, namespace, count in found.refusals
        ],
        "largest_clusters": [one._asdict() for one in found.largest_clusters],
        "largest_profiles": [{"id": id_, "identifiers": size} for id_, size in found.largest_profiles],
        "shared": [one._asdict() for one in found.shared],
        "signs": [
            {
                "name": sign.name,
                "count": sign.count,
                "total": sign.total,
                "share": round(sign.share, 6),
                "meaning": sign.meaning,
            }
            for sign in found.signs
        ],
    }


def stats_text(found: Stats) -> Iterator[RenderableType]:
    """Statistics for persons."""
    yield facts("Sizes", found.sizes._asdict())
    numbers = ("identifiers", "blocked", "shared")
    made = table("Namespaces, strongest first", "namespace", *numbers, right=numbers)
    for one in found.namespaces:
        add(made, *one)
    yield made
    yield from _distribution("Clusters by size", found.cluster_sizes)
    yield from _distribution("Profiles by size", found.profile_sizes)
    if found.refusals:
        made = table("Refusals", "reason", "links", right=("links",))
        for reason, namespace, count in found.refusals:
            add(made, because(reason, namespace), count)
        yield made
    if found.largest_clusters:
        made = table("Largest clusters", "anchor", "identifiers", "profiles", right=("identifiers", "profiles"))
        for cluster in found.largest_clusters:
            add(made, *cluster)
        yield made
    if found.shared:
        made = table("Most linked shared identifiers", "identifier", "named together with")
        for shared in found.shared:
            add(made, shared.identifier, ", ".join(f"{n:,} {namespace}" for namespace, n in shared.linked.items()))
        yield made
    made = table(
        "Signs of health", "share", "what", "count", "of", "a large share may mean", right=("share", "count", "of")
    )
    for sign in found.signs:
        add(made, f"{sign.share:.1%}", sign.name, sign.count, sign.total, plain(sign.meaning, "dim"))
    yield made


def _distribution(title: str, buckets: Sequence[Bucket]) -> Iterator[RenderableType]:
    total = sum(bucket.count for bucket in buckets)
    if not total:
        return
    made = table(title, "identifiers", "count", "share", "", right=("identifiers", "count", "share"))
    most = max(bucket.count for bucket in buckets)
    for bucket in buckets:
        add(
            made, _range(bucket), bucket.count, f"{bucket.count / total:.1%}",
            Text("█" * round(_BAR * bucket.count / most), style="cyan"),
        )  # fmt: skip
    yield made


def _range(bucket: Bucket) -> str:
    if bucket.most is None:
        return f"{bucket.least}+"
    return str(bucket.least) if bucket.least == bucket.most else f"{bucket.least}–{bucket.most}"
