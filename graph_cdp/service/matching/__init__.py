"""Records of a store beside a model: which resemble each other, and the matched links that follow."""

from graph_cdp.service.matching.adopt import adopt_model, adopted, suspended, withdraw_model
from graph_cdp.service.matching.matcher import Fields, Matcher, Resemblance, matcher_of
from graph_cdp.service.matching.records import Columns, fields_of, records_among, records_in
from graph_cdp.service.matching.relink import relink
from graph_cdp.service.matching.run import Matched, run, write_matches
from graph_cdp.service.matching.whole import Matches, matches_of
from graph_cdp.service.matching.why import whys

__all__ = [
    "Columns",
    "Fields",
    "Matched",
    "Matcher",
    "Matches",
    "Resemblance",
    "adopt_model",
    "adopted",
    "fields_of",
    "matcher_of",
    "matches_of",
    "records_among",
    "records_in",
    "relink",
    "run",
    "suspended",
    "whys",
    "withdraw_model",
    "write_matches",
]
