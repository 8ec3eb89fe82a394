"""Made-up data with known truth, and how well profiles agree with it."""

from graph_cdp.demo.make import DemoData, DemoFile, make_demo
from graph_cdp.demo.score import score
from graph_cdp.demo.traffic import bench_events
from graph_cdp.demo.truth import read_truth

__all__ = ["DemoData", "DemoFile", "bench_events", "make_demo", "read_truth", "score"]
