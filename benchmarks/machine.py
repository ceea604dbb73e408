"""What a measurement ran on."""

from __future__ import annotations

import datetime
import os
import platform
from pathlib import Path

import vnqa
from vnqa.records import Record


class Machine(Record):
    """Where, when and with which version something was measured."""

    version: str
    processor: str
    cores: int
    system: str
    day: datetime.date


def this_machine() -> Machine:
    """Return the machine this process runs on, today."""
    return Machine(
        version=vnqa.__version__,
        processor=processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
        day=datetime.date.today(),
    )


def processor() -> str:
    """Return the processor's model name, which Linux alone tells in a file."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
