"""One line per finished act: ids, counts and times, never what a person asked or wrote."""

import logging
import sys

import structlog
from flask import Flask


def register(app: Flask) -> None:
    level = logging.INFO if app.config["PRODUCTION"] or app.testing else logging.WARNING
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
