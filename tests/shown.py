"""What a document shows beside what is told: JSON in which `…` stands for anything."""

import re


def same(shown: object, told: object) -> bool:
    """Whether a value is the one that is shown, where `…` stands for anything."""
    match shown, told:
        case "…", _:
            return True
        case str(), str() if "…" in shown:
            return re.fullmatch(".*".join(map(re.escape, shown.split("…"))), told) is not None
        case dict(), dict():
            return list(shown) == list(told) and all(same(shown[key], told[key]) for key in shown)
        case list(), list():
            return len(shown) == len(told) and all(map(same, shown, told))
        case _:
            return shown == told
