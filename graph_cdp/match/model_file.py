"""A model as readable JSON, and back, exactly. Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from graph_cdp.errors import InputError
from graph_cdp.match.attributes import Attribute
from graph_cdp.match.kinds import Column
from graph_cdp.match.matched import Figure
from graph_cdp.match.model import Learned, LearnedRule, Level, Model, Thresholds
from graph_cdp.match.rules import KeyPart, Rule

FORMAT = 3


def model_to_json(model: Model) -> str:
    """The model as indented JSON, what is read first at the head."""
    told = {
        "format": FORMAT,
        "training": [one._asdict() for one in model.training],
        "thresholds": asdict(model.thresholds),
        "prior": model.prior,
        "home": model.home,
        "absent": model.absent,
        "most_records_a_key": model.most_records_a_key,
        "columns": [one._asdict() for one in model.columns],
        "rules": [_rule(one) for one in model.rules],
        "attributes": [_attribute(one) for one in model.attributes],
    }
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def _rule(learned: LearnedRule) -> dict[str, object]:
    return {
        "words": learned.rule.words,
        "parts": [part._asdict() for part in learned.rule.parts],
        "unordered": learned.rule.unordered,
        "recall": learned.recall,
        "pairs": learned.pairs,
        "left_out": list(learned.left_out),
    }


def _attribute(learned: Learned) -> dict[str, object]:
    return {
        **learned.attribute._asdict(),
        "levels": _levels(learned.levels),
        "leans_on": learned.leans_on,
        "leaning": [_levels(levels) for levels in learned.leaning],
        "at_home": learned.at_home,
        "rare": learned.rare,
        "bits": dict(learned.bits),
    }


def _levels(levels: tuple[Level, ...]) -> list[dict[str, object]]:
    return [{"name": one.name, "m": one.m, "u": one.u, "weight": one.weight} for one in levels]


def model_from_json(text: str) -> Model:
    """Read what `model_to_json` wrote. Raises InputError where it is no model of this form."""
    try:
        told = json.loads(text)
        if told["format"] != FORMAT:
            raise InputError(f"the model has form {told['format']!r}, and {FORMAT} is read: train it anew.")
        return _model(told)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        problem = f"{type(error).__name__} at {error}"
        raise InputError(
            f"this is no model of matching ({problem}): write one with `graph-cdp match train`."
        ) from error


def _model(told: Mapping[str, Any]) -> Model:
    return Model(
        columns=tuple(Column(**one) for one in told["columns"]),
        attributes=tuple(_learned(one) for one in told["attributes"]),
        rules=tuple(_learned_rule(one) for one in told["rules"]),
        prior=told["prior"],
        home=told["home"],
        absent=told["absent"],
        thresholds=Thresholds(**told["thresholds"]),
        most_records_a_key=told["most_records_a_key"],
        training=tuple(Figure(**one) for one in told["training"]),
    )


def _learned(told: Mapping[str, Any]) -> Learned:
    attribute = Attribute(
        told["name"], told["kind"], tuple(told["columns"]), told["part"], told["swaps"], told["day_first"]
    )
    levels, *leaning = (tuple(Level(**one) for one in some) for some in (told["levels"], *told["leaning"]))
    return Learned(attribute, levels, told["bits"], told["rare"], told["leans_on"], tuple(leaning), told["at_home"])


def _learned_rule(told: Mapping[str, Any]) -> LearnedRule:
    rule = Rule(tuple(KeyPart(**one) for one in told["parts"]), told["unordered"])
    return LearnedRule(rule, told["recall"], told["pairs"], tuple(told["left_out"]))
