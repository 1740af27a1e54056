"""What somebody wrote and did in the forum."""

from hub.own_data.traces import Trace

TRACES: tuple[Trace, ...] = ()
