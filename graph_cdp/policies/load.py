"""Policies from files. What a policy may hold is checked in `read`; here are the doors and the broken files."""

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path

from graph_cdp.domain.policy import LATEST, Policy
from graph_cdp.errors import PolicyError
from graph_cdp.policies.places import lines_by_path
from graph_cdp.policies.problems import Findings, Problem
from graph_cdp.policies.read import read

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass(frozen=True, slots=True)
class PolicyReport:
    """All that a check found, from the top of the file to its end. `policy` is None where there is an error."""

    name: str
    problems: tuple[Problem, ...]
    policy: Policy | None

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What keeps the policy from being used."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What the policy hardly means."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")


def load_policy(path: Path) -> Policy:
    """Read a policy file. Raises PolicyError with the first problem's file, line and key; warnings pass."""
    return parse_policy(policy_text(path), str(path))


def default_policy() -> Policy:
    """The policy for retail that ships with the package."""
    text = files("graph_cdp.policies").joinpath("retail.toml").read_text(encoding="utf-8")
    return parse_policy(text, "retail.toml")


def parse_policy(text: str, name: str) -> Policy:
    """Read a policy from TOML text; `name` is what messages call it.

    Raises PolicyError with the first error's place and remedy and the number of further errors.
    """
    report = check_policy(text, name)
    if report.policy is None:
        first, *others = report.errors
        more = f" ({len(others)} more: `graph-cdp policy check` shows all)" if others else ""
        raise PolicyError(f"{first}{more}")
    return report.policy


def check_policy(text: str, name: str) -> PolicyReport:
    """Find everything that is wrong with a policy at once; nothing is raised."""
    if not text.strip():
        return _unusable(Problem(name, 1, "", "is empty; add at least one [[namespace]] with a name"))
    try:
        values = tomllib.loads(text)
        findings = Findings(name, lines_by_path(text))
    except tomllib.TOMLDecodeError as error:
        return _unusable(_broken_toml(text, name, error))
    except ValueError:  # Python reads no more than some thousand digits
        return _unusable(Problem(name, 1, "", "holds a number that is too long to read; shorten it"))
    except RecursionError:
        return _unusable(
            Problem(name, 1, "", "nests its brackets too deeply; a policy needs no more than three levels")
        )
    policy = read(values, text, findings)
    problems = findings.in_order
    usable = all(problem.severity == "warning" for problem in problems)
    return PolicyReport(name, problems, policy if usable else None)


def policy_text(path: Path) -> str:
    """The text of a policy file, for `check_policy`. Raises PolicyError where it is no readable UTF-8 text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PolicyError(f"{path}: cannot be read ({error.strerror}); name a policy file that can be") from None
    if b"\0" in content:
        raise PolicyError(f"{path}: is a binary file or not UTF-8; a policy is a TOML file saved as UTF-8 text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError(f"{path}:{line}: is not UTF-8; save the file as UTF-8 text") from None


def policy_digest(policy: Policy) -> str:
    """32 hex digits that are equal for two policies that mean the same, however they are written.

    Comments, white space, the order of traits, paths and blocked values, and rules that only repeat the default
    mean nothing, nor does which traits are personal, for they change no profile; the order of namespaces and of
    sources does.
    """
    rules = {name: (rule.survivorship, rule.sources) for name, rule in policy.traits.items()}
    latest = (LATEST.survivorship, LATEST.sources)
    meaning = {
        "namespaces": [
            asdict(namespace) | {"blocked": sorted(set(namespace.blocked))} for namespace in policy.namespaces
        ],
        "traits": {
            name: {"survivorship": survivorship, "sources": sources}
            for name, (survivorship, sources) in rules.items()
            if (survivorship, sources) != latest
        },
        "collect": dict(policy.collect),
    }
    return blake2b(json.dumps(meaning, sort_keys=True).encode(), digest_size=16).hexdigest()


def _unusable(problem: Problem) -> PolicyReport:
    return PolicyReport(problem.name, (problem,), None)


def _broken_toml(text: str, name: str, error: tomllib.TOMLDecodeError) -> Problem:
    """The place that tomllib tells only within its message, parted from it."""
    message = str(error)
    place = _PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place and place[1] else (text.rstrip().count("\n") + 1, None)
    reason = _PLACE.sub("", message)
    twice = "('namespace',) twice" in reason  # by far the likeliest slip
    remedy = "write [[namespace]] in double brackets" if twice else "mend it there or just above"
    return Problem(name, line, "", f"is not TOML: {reason[:1].lower()}{reason[1:]}; {remedy}", column=column)
