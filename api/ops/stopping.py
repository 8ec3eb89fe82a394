"""To be told of a stop at once.

A server tells its application only when all connections are closed, and those that stream do not close by themselves.
"""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_stop(tell: Callable[[], None]) -> Iterator[None]:
    """Meanwhile, when the process is told to end, call `tell` in the running loop; whoever listened before is told too.

    Where nobody listens, or in a thread, which cannot, this does nothing.
    """
    loop = asyncio.get_running_loop()
    found = {number: signal.getsignal(number) for number in _SIGNALS}
    earlier = {number: handler for number, handler in found.items() if callable(handler)}

    def told(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        earlier[signal.Signals(number)](number, frame)

    if threading.current_thread() is not threading.main_thread():
        earlier = {}
    for number in earlier:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)
