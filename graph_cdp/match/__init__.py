"""Which records are about the same person, though they share no identifier. Pure: no I/O, no clock.

`recognise` tells what the columns hold, `train` learns a model from the records themselves, `match` scores and clusters
them. `blocking_keys` and `score` do the same for one record beside others, `waterfall` tells why. Records that are kept
for that are kept as `folded_records`.
"""

from graph_cdp.match.agreement import Agreement, Curve, agreement, curve_of_clusters, curve_of_pairs
from graph_cdp.match.align import aligned
from graph_cdp.match.batch import match, pairs_among
from graph_cdp.match.cluster import cluster_pairs
from graph_cdp.match.kinds import Column, Kind
from graph_cdp.match.matched import BANDS, Band, Figure, Judged, Matched, Pairs, Scored
from graph_cdp.match.model import Learned, LearnedRule, Level, Model, Thresholds
from graph_cdp.match.model_file import model_from_json, model_to_json
from graph_cdp.match.recognise import recognise
from graph_cdp.match.single import Folded, blocking_keys, blocking_keys_of, folded_records, score, score_pairs
from graph_cdp.match.table import Record, Table
from graph_cdp.match.train import train
from graph_cdp.match.waterfall import Bar, Waterfall, waterfall

__all__ = [
    "BANDS",
    "Agreement",
    "Band",
    "Bar",
    "Column",
    "Curve",
    "Figure",
    "Folded",
    "Judged",
    "Kind",
    "Learned",
    "LearnedRule",
    "Level",
    "Matched",
    "Model",
    "Pairs",
    "Record",
    "Scored",
    "Table",
    "Thresholds",
    "Waterfall",
    "agreement",
    "aligned",
    "blocking_keys",
    "blocking_keys_of",
    "cluster_pairs",
    "curve_of_clusters",
    "curve_of_pairs",
    "folded_records",
    "match",
    "model_from_json",
    "model_to_json",
    "pairs_among",
    "recognise",
    "score",
    "score_pairs",
    "train",
    "waterfall",
]
