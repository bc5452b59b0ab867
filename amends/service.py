"""Start, run, stop: the web server and the scheduler in one process.

Stopping on SIGTERM: no new job begins, running jobs get a few seconds, then the process ends. Every step of every
job is one transaction, so a job that is cut off is taken up again at the next start.
"""

import asyncio
import errno
import gc
import importlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from amends.bootstrap import App
from amends.jobs import guarded
from amends.readiness import Readiness
from amends.schedule import SOURCES, table
from core.errors import ConfigError

if TYPE_CHECKING:
    from fastapi import FastAPI

log = logging.getLogger(__name__)
PATIENCE = 6.0  # seconds that running jobs get to finish
WATCH_EVERY, JUMP = 1.0, 5.0  # seconds: how often the wall clock is looked at, and what counts as a jump
WARMER = "loads the model"


class Scheduler:
    """APScheduler with threads, and a way to wait for what is running."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._stopping = threading.Event()
        self._pools: dict[str, Any] = {}
        self._apscheduler: Any = None

    def start(self) -> None:
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.asyncio import AsyncIOScheduler

        # Sources have threads of their own: as many that hang must not hold up what is to be sent.
        self._pools = {name: ThreadPoolExecutor(max_workers=8) for name in ("default", SOURCES)}
        self._apscheduler = AsyncIOScheduler(executors=self._pools, timezone="UTC")
        for job in table(self._app, self._stopping.is_set):
            self._apscheduler.add_job(
                guarded(job.name, job.run),
                "interval",
                seconds=job.seconds,
                jitter=job.jitter or None,
                executor=job.pool,
                id=job.name,
                name=job.name,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                next_run_time=self._app.clock(),
            )
        self._apscheduler.start()
        self._watch = asyncio.create_task(self._watch_clock())

    async def _watch_clock(self) -> None:
        """APScheduler waits for moments of the wall clock: when that is set back, every job would sleep until then."""
        loop = asyncio.get_running_loop()
        offset = self._app.clock().timestamp() - loop.time()
        while True:
            await asyncio.sleep(WATCH_EVERY)
            now = self._app.clock()
            if abs(now.timestamp() - loop.time() - offset) > JUMP:
                log.warning("the machine's clock jumped; every job runs now")
                for job in self._apscheduler.get_jobs():
                    job.modify(next_run_time=now)
            offset = now.timestamp() - loop.time()

    @property
    def running(self) -> bool:
        return bool(self._apscheduler and self._apscheduler.running and not self._stopping.is_set())

    async def stop(self) -> bool:
        """Ends the schedule; returns whether every running job finished within PATIENCE."""
        self._stopping.set()
        if self._apscheduler is None:
            return True
        self._watch.cancel()
        self._apscheduler.shutdown(wait=False)
        waiting = threading.Thread(target=self._drain, daemon=True)
        waiting.start()
        await asyncio.to_thread(waiting.join, PATIENCE)
        return not waiting.is_alive()

    def _drain(self) -> None:
        for pool in self._pools.values():
            pool._pool.shutdown(wait=True)  # noqa: SLF001 - APScheduler offers no wait with a limit


def run(
    app: App, *, host: str | None = None, port: int | None = None, web: bool = True, scheduler: bool = True
) -> None:
    """Runs until SIGTERM or SIGINT. Raises ConfigError when something cannot start."""
    _ = app.store  # opens and migrates now: a bad database must stop the start
    _ = app.drafting  # so must a broken playbook
    _ = app.channels  # and an alarm that could reach nobody
    # Two threads that import numpy at the same moment leave it broken for the whole process: it is there before them.
    importlib.import_module("numpy")
    jobs = Scheduler(app) if scheduler else None
    finished = asyncio.run(_web(app, jobs, host, port) if web else _headless(jobs))
    app.store.close()
    if not finished:
        log.warning("a job did not finish in time; the next start takes it up again")
    if not finished or _warming():
        sys.stderr.flush()
        os._exit(0)  # such a thread cannot be interrupted: it would keep the process, or abort it from native code


async def _web(app: App, jobs: Scheduler | None, host: str | None, port: int | None) -> bool:
    sockets = _listen(host or app.settings.web.host, app.settings.web.port if port is None else port)
    pages = pages_of(app, jobs)
    server = _server(pages)

    def stop() -> None:
        pages.state.stopping.set()  # ends the live streams, which the server would wait for
        server.should_exit = True

    _on_signals(stop)
    starting = asyncio.create_task(_start(app, jobs, server))
    await server.serve(sockets=sockets)
    starting.cancel()
    return await jobs.stop() if jobs else True


def _listen(host: str, port: int) -> list[socket.socket]:
    """Open sockets on every address of a host. Raises ConfigError; the server itself would only end the process."""
    opened: list[socket.socket] = []
    refused = OSError("it has no address")
    try:
        for family, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            try:
                one = socket.create_server(address[:2], family=family)
                # Handed on to every connection: asyncio only sets it where a socket names its protocol. Without it an
                # answer in two pieces waits 40 ms for the other side to acknowledge the first (RFC 896, RFC 1122).
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                opened.append(one)
            except OSError as error:
                # A name may stand for an address of a kind this machine has not.
                if error.errno not in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
                    raise
                refused = error
        if not opened:
            raise refused
    except (OSError, UnicodeError) as error:
        for one in opened:
            one.close()
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise ConfigError(f"web.port: cannot listen on {host}:{port}; is it in use?") from None
        reason = (error.strerror or error) if isinstance(error, OSError) else "not a host name"
        raise ConfigError(f"web.host: cannot listen on {host}:{port}: {reason}") from None
    return opened


def _server(pages: "FastAPI") -> Any:
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """The service has its own handlers: uvicorn's would end the process before the jobs are done."""
            yield

    return Server(
        uvicorn.Config(
            pages,
            log_config=None,
            access_log=False,
            server_header=False,
            http="h11",  # "auto" takes another parser wherever one happens to be installed
            loop="asyncio",
            ws="none",
            timeout_graceful_shutdown=3,
        )
    )


def _on_signals(stop: Callable[[], None]) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)


def pages_of(app: App, jobs: Scheduler | None) -> "FastAPI":
    """The web side of an app, wired; ``jobs`` None: its schedule runs elsewhere."""
    from dashboards.app import create_app
    from dashboards.deps import Deps
    from responder.gate.registry import inspect

    return create_app(
        Deps(
            store=app.store,
            settings=app.settings,
            clock=app.clock,
            inspect=inspect,
            route=app.route,
            publishers=lambda: app.publishers,
            why=app.why,
            wanted=app.wanted,
            drill=app.drill,
            readiness=Readiness(app, lambda: jobs is None or jobs.running),
        )
    )


async def _start(app: App, jobs: Scheduler | None, server: Any) -> None:
    """Once the port is open: says where, and begins to work."""
    while not server.started:  # noqa: ASYNC110
        await asyncio.sleep(0.02)  # uvicorn tells nobody; it only sets this flag
    threading.Thread(target=_warm, args=(app,), name=WARMER, daemon=True).start()
    await _announce(app, server)
    if jobs:
        jobs.start()


def _warm(app: App) -> None:
    """Loads the model before the first mention needs it, beside the server's own start."""
    try:
        _ = app.model
    except ConfigError as error:
        log.error("the model cannot be loaded", extra={"problem": str(error)})
    gc.collect()
    gc.freeze()  # what is loaded by now stays; walking it again holds every page up for a tenth of a second


def _warming() -> bool:
    return any(thread.name == WARMER for thread in threading.enumerate())


async def _announce(app: App, server: Any) -> None:
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    base = app.settings.web.public_url or f"http://{shown}:{port}"
    print(f"Amends listens for {app.settings.brand.name} on {base}", file=sys.stderr, flush=True)
    link = await asyncio.to_thread(_setup_link, app)
    if link:
        print(f"Make the first account here, once: {base}/setup/{link}", file=sys.stderr, flush=True)


def _setup_link(app: App) -> str | None:
    from core.store import users
    from dashboards.auth import new_setup_link

    with app.store.read() as db:
        if users.any_user(db):
            return None
    return new_setup_link(app.store, app.clock)


async def _headless(jobs: Scheduler | None) -> bool:
    if jobs is None:
        raise ConfigError("nothing to run: neither the web nor the scheduler is wanted")
    stop = asyncio.Event()
    _on_signals(stop.set)
    jobs.start()
    await stop.wait()
    return await jobs.stop()
