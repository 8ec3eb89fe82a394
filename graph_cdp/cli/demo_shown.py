"""The demo in JSON and in words."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from graph_cdp.cli.demo_fraud import fraud_json, fraud_text
from graph_cdp.cli.demo_run import Demo
from graph_cdp.cli.explain_shown import explanation_json, explanation_text
from graph_cdp.cli.loading import loads_json, loads_text
from graph_cdp.cli.profile_shown import profile_json, profile_text
from graph_cdp.cli.show import facts, plain


def demo_json(shown: Demo) -> dict[str, object]:
    """The demo for programs."""
    judged = shown.score
    return {
        "folder": str(shown.folder),
        "store": shown.store,
        "persons": shown.data.persons,
        "faults": dict(shown.data.faults),
        "loaded": loads_json(shown.loads),
        "sizes": shown.sizes._asdict(),
        "score": {
            "precision": judged.precision,
            "recall": judged.recall,
            "f1": judged.f1,
            "recall_ceiling": shown.data.recall_ceiling,
            "identifiers": judged.members,
            "persons": judged.persons,
            "profiles": judged.groups,
            "pairs_found": judged.pairs_found,
            "pairs_true": judged.pairs_true,
            "pairs_right": judged.pairs_right,
            "persons_exact": judged.persons_exact,
            "persons_split": judged.persons_split,
            "profiles_mixed": judged.groups_mixed,
            "b_cubed_precision": judged.b_cubed_precision,
            "b_cubed_recall": judged.b_cubed_recall,
        },
        "profile": profile_json(shown.profile),
        "explanation": explanation_json(shown.distant),
        "refusal": explanation_json(shown.apart),
        "fraud": fraud_json(shown.fraud),
    }


def demo_text(shown: Demo) -> Iterator[RenderableType]:
    """The demo for persons."""
    judged = shown.score
    yield _heading("What was loaded")
    yield from loads_text(shown.loads)
    yield _heading("What was found")
    yield facts("", shown.sizes._asdict())
    yield plain("Against the truth, pair by pair of identifiers:", "bold")
    yield facts(
        "",
        {
            "precision": f"{judged.precision:.2%} of the pairs in one profile are one person's",
            "recall": f"{judged.recall:.2%} of the pairs that one person has are in one profile; "
            f"{shown.data.recall_ceiling:.2%} can be known from the data",
            "F1": f"{judged.f1:.2%}",
            "exact": f"{judged.persons_exact:,} of {judged.persons:,} persons are one profile and nothing else",
            "mixed": f"{judged.groups_mixed:,} of {judged.groups:,} profiles hold identifiers of several persons",
        },
    )
    yield _heading("One profile in full")
    yield from profile_text(shown.profile)
    yield _heading("One explanation")
    yield from explanation_text(shown.distant)
    yield _heading("One refusal")
    yield from explanation_text(shown.apart)
    yield _heading("One fraud ring")
    yield from fraud_text(shown.fraud)
    yield _heading("Go on")
    yield plain("The files and the store are kept. Try:")
    for line in (
        f"export GRAPH_CDP_STORE={shown.store}",
        "graph-cdp stats",
        f"graph-cdp profile {shown.data.rich}",
        f"graph-cdp explain {' '.join(shown.data.apart)}",
        f"graph-cdp decide same {' '.join(shown.data.apart)} --by me --reason 'one person after all'",
        "graph-cdp verify",
        f"graph-cdp export profiles --format csv --output {shown.folder / 'profiles.csv'}",
    ):
        # Wrapped, it could not be copied.
        yield Text(f"  {line}", style="cyan", no_wrap=True, overflow="ignore")


def _heading(words: str) -> RenderableType:
    return Group("", Rule(f"[bold]{words}[/bold]", align="left", style="dim"))
