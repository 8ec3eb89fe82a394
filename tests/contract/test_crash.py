"""A load that is killed again and again loses nothing that it acknowledged, and counts nothing twice."""

import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import orjson
import psutil
import pytest

from graph_cdp.config import StoreUrl
from graph_cdp.service.load import Loaded
from tests.contract import load_driver
from tests.contract.rows import NOON
from tests.stores import ID_KEY, differences, dump_of, file_url, opened, url_text
from tests.strategies import Plain, raw_event

KILLS = 20
EVENTS = 12_000


def some_event(number: int, random: Random) -> Plain:
    of_one = number // 5
    named = [("cookie", f"k{of_one}"), ("cookie", f"k{random.randrange(of_one + 1)}"), ("email", f"e{of_one}")]
    return {
        "id": f"m{number}",
        "at": NOON + number,
        "source": "web",
        "identifiers": random.sample([*named, ("crm", f"c{of_one}")], random.randint(1, 3)),
        "traits": {"plan": random.choice(["free", "paid"])} if number % 5 == 0 else {},
    }


@pytest.fixture(scope="module")
def events_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Large enough that it is read ahead in a process of its own; some events come twice, some rows are no events."""
    random = Random(20)
    path = tmp_path_factory.mktemp("load") / "events.jsonl"
    lines = list[bytes]()
    for number in range(EVENTS):
        lines.append(orjson.dumps({**raw_event(some_event(number, random)), "properties": {"about": "x" * 300}}))
        if number % 30 == 0:
            lines.append(random.choice(lines))
        if number % 1_000 == 0:
            lines.append(b'{"messageId": "names nobody"}')
    path.write_bytes(b"\n".join(lines))
    return path


@pytest.fixture(scope="module")
async def uninterrupted(events_file: Path) -> tuple[Loaded, dict[str, list[Any]]]:
    """What a load that nobody disturbs tells, and all that its store then holds."""
    url = file_url(events_file.with_name("undisturbed.db"))
    loaded = await load_driver.load_file(url, events_file, ID_KEY, batch_rows=5_000)
    store = await opened(url)
    dump = await dump_of(store)
    await store.close()
    return loaded, dump


def killed_in_the_middle(url: StoreUrl, path: Path, random: Random) -> int:
    """Load, and kill the program somewhere after some batches; gives how many events it said were accepted."""
    program = subprocess.Popen(
        [sys.executable, load_driver.__file__, url_text(url), str(path), ID_KEY],
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    said = [program.stdout.readline() for _ in range(random.randint(1, 3))]
    time.sleep(random.uniform(0, 0.05))
    children = psutil.Process(program.pid).children(recursive=True)
    program.kill()
    said += program.communicate()[0].splitlines(keepends=True)
    assert program.returncode == -signal.SIGKILL
    assert children != []
    assert psutil.wait_procs(children, timeout=20)[1] == []
    # The last line may have been cut off in its middle.
    return int([line for line in said if line.endswith(b"\n")][-1])


async def test_a_load_that_is_killed_again_and_again_ends_like_one_that_nobody_disturbed(
    lasting_url: StoreUrl, events_file: Path, uninterrupted: tuple[Loaded, dict[str, list[Any]]]
) -> None:
    random, rules = Random(20), load_driver.rules()
    store = await opened(lasting_url)
    try:
        accepted = 0
        for _ in range(KILLS):
            acknowledged = killed_in_the_middle(lasting_url, events_file, random)
            assert acknowledged > accepted
            accepted = (await store.read(lambda tx: tx.sizes())).events
            assert accepted >= acknowledged
        assert accepted < EVENTS
        expected, dump = uninterrupted
        assert await load_driver.load_file(lasting_url, events_file, ID_KEY, batch_rows=1_000) == expected
        assert await dump_of(store) == dump
        assert await differences(store, rules) == ()
    finally:
        await store.close()
