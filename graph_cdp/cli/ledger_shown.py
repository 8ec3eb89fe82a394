"""API keys and audit entries, in JSON and as tables."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from graph_cdp.cli.profile_shown import minute
from graph_cdp.cli.show import add, facts, plain, table
from graph_cdp.domain.access import ApiKey, AuditEntry
from graph_cdp.domain.times import iso


def key_json(key: ApiKey) -> dict[str, object]:
    """What may be told of a key."""
    return {
        "id": key.id,
        "label": key.label,
        "scopes": list(key.scopes),
        "source": key.source,
        "made_at": iso(key.made_at),
        "revoked_at": None if key.revoked_at is None else iso(key.revoked_at),
    }


def made_text(text: str, key: ApiKey) -> Iterator[RenderableType]:
    """A new key, in full."""
    yield plain(text, "bold")
    yield plain("Keep it now: it is shown this once.", "yellow")
    yield facts("", {"id": key.id, "label": key.label, "scopes": ", ".join(key.scopes), "source": key.source})


def keys_text(every: Sequence[ApiKey]) -> Iterator[RenderableType]:
    """All keys; revoked ones are dim."""
    if not every:
        yield plain("No key was made yet.")
        return
    made = table("Keys", "id", "label", "scopes", "source", "made", "revoked", whole=("id",))
    for key in every:
        revoked = "" if key.revoked_at is None else minute(key.revoked_at)
        style = "dim" if revoked else ""
        add(made, key.id, key.label, ", ".join(key.scopes), key.source, minute(key.made_at), revoked, style=style)
    yield made


def audit_json(page: Sequence[AuditEntry], *, more: bool) -> dict[str, object]:
    """Entries, and what to give as `--after` for the next ones; null: these are all."""
    return {
        "entries": [
            {"seq": one.seq, "at": iso(one.at), "who": one.who, "action": one.action, "subject": one.subject,
             "why": one.why}
            for one in page
        ],
        "next": page[-1].seq if more else None,
    }  # fmt: skip


def audit_text(page: Sequence[AuditEntry], *, more: bool) -> Iterator[RenderableType]:
    """Entries as a table."""
    if not page:
        yield plain("There is no such entry.")
        return
    made = table("Audit log", "seq", "when", "who", "did", "to", "why", right=("seq",))
    for one in page:
        add(made, one.seq, minute(one.at), one.who, one.action, one.subject, one.why)
    yield made
    if more:
        yield plain(f"… and more: --after {page[-1].seq}", "dim")
