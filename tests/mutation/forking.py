"""Work in processes of its own, some side by side: each begins as a copy of this one."""

from __future__ import annotations

import os
import resource
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Name = TypeVar("Name")
BROKEN = 70
"""The status of a child that failed in a way that says nothing about a mutant."""
_MEMORY = 4 << 30
_NEVER = 900
"""Seconds of wall time; past that something waits for what will not come."""


def fork_all(jobs: Iterable[tuple[Name, Callable[[], int]]], processes: int) -> Iterator[tuple[Name, int]]:
    """The status of each job as it ends; less than nought where a signal ended it."""
    running: dict[int, Name] = {}
    for name, job in jobs:
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            _become(job)
        running[pid] = name
        if len(running) >= processes:
            yield _ended(running)
    while running:
        yield _ended(running)


def _ended(running: dict[int, Name]) -> tuple[Name, int]:
    pid, status = os.wait()
    return running.pop(pid), os.waitstatus_to_exitcode(status)


def _become(job: Callable[[], int]) -> NoReturn:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    try:
        status = job()
    except BaseException:  # noqa: BLE001 - whatever it is, this copy ends here
        traceback.print_exc()
        status = BROKEN
    os._exit(status)


def bound(seconds: float) -> None:
    """Ends this process after so much more of the processor, whatever else the machine has to do; or of memory."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    signal.alarm(_NEVER)
