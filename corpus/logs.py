"""What is written down of a run: a JSON object a line, and in each the request that it belongs to.

Thirty lines in place of a package: all that is wanted is a formatter, and the fields are ours.
"""

from __future__ import annotations

import datetime as dt
import json
import logging
from contextvars import ContextVar

#: The request at work, as its caller or we call it; "" outside of any.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class JSONLines(logging.Formatter):
    """A record as one line: time, level, logger, message, request; what was given as ``extra={"fields": {…}}``."""

    def format(self, record: logging.LogRecord) -> str:
        row = {
            "time": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request := request_id.get():
            row["request"] = request
        row |= getattr(record, "fields", {})
        if record.exc_info:
            row["traceback"] = self.formatException(record.exc_info)
        if record.stack_info:
            row["stack"] = self.formatStack(record.stack_info)
        # Halves of characters, which no stream takes, are written as ASCII has them.
        return json.dumps(row, ensure_ascii=True, default=str)
