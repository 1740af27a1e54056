"""How somebody reads the forum: positions, what they follow, what they are told."""

from hub.own_data.traces import Trace

TRACES: tuple[Trace, ...] = ()
