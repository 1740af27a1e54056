"""Reports, decisions and sanctions that concern somebody."""

from hub.own_data.traces import Trace

TRACES: tuple[Trace, ...] = ()
