"""Normalising, once, at the edge: values of each kind, identifiers, events. Pure: no clock, no look-ups."""

from graph_cdp.normalise.event import EventReader, exported
from graph_cdp.normalise.identifiers import Identifiers, Named
from graph_cdp.normalise.kinds import KINDS, normaliser
from graph_cdp.normalise.text import Invalid

__all__ = ["KINDS", "EventReader", "Identifiers", "Invalid", "Named", "exported", "normaliser"]
