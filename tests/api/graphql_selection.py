"""Documents that ask for every field below a type."""

from typing import Any

from graphql import get_named_type, is_leaf_type, is_required_argument

from tests.api.graphql_world import ANN, DUPLICATE_ID

ARGUMENTS: dict[str, str] = {
    "Query.profile": ANN,
    "Query.identifier": '(namespace: "anonymous_id", value: "kiosk")',
    "Query.node": '(id: "e1")',
    "Query.reviewItem": f'(id: "{DUPLICATE_ID}")',
    "Profile.trait": '(name: "plan")',
    "ReviewItem.preview": "(verdict: SAME)",
}


def selection(type_: Any, above: tuple[str, ...] = ()) -> str:
    """Every field under a type, each type at most once on the way down."""
    fields = ["__typename"]
    for name, field in type_.fields.items():
        returned = get_named_type(field.type)
        arguments = ARGUMENTS.get(f"{type_.name}.{name}", "")
        if returned.name in above or (not arguments and any(map(is_required_argument, field.args.values()))):
            continue
        below = "" if is_leaf_type(returned) else selection(returned, (*above, type_.name))
        fields.append(f"{name}{arguments} {below}")
    return "{ " + " ".join(fields) + " }"
