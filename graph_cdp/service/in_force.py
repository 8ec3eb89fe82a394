"""The rules in force, while others may bring another model into force."""

from dataclasses import replace

from graph_cdp.policies import Rules
from graph_cdp.service.matching.adopt import MODEL_ID, adopted
from graph_cdp.store.port import Reading


class InForce:
    """The rules of a process that lives long. Their policy stays; another model is noticed by the next transaction."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._model = _id_of(rules)

    async def rules_for(self, tx: Reading) -> Rules:
        """The rules as a transaction finds them; a writer asks before it locks anything."""
        named = await tx.note(MODEL_ID)
        if named is not None and named != self._model:
            model = adopted(await tx.notes())
            self.rules = self.rules._replace(policy=replace(self.rules.policy, model=model))
            self._model = _id_of(self.rules)
        return self.rules


def _id_of(rules: Rules) -> str:
    model = rules.policy.model
    return "" if model is None else model.id
