"""The ``amends`` command as a process of its own, forked from one that has its imports done already.

A command imports for a second before it works for a tenth of one, and tests call it a hundred times. The entry point,
the environment, the directory, the three streams and the exit status are a process's own all the same; the ways of the
installed script itself (its help, its streams that are closed or full, the service) are tested with that script.
"""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

SECONDS = 120
STREAMS = ("in", "out", "error")
IMPORTED = """
    alembic.command amends.cli amends.jobs amends.pipes amends.readiness amends.service classifier.models.paired
    core.store.migrate incidents.facts_file onnxruntime pwdlib.hashers.argon2 responder.claims.model
    responder.gate.registry sqlalchemy.dialects.sqlite tests.commands tests.crash.worker tokenizers
"""
FORKED = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(IMPORTED.split())
"""Of its server a test process has one: what any of them needs is on its list."""


def amends(*arguments: str, cwd: Path, stdin: str | bytes = "", **environ: str) -> CompletedProcess[str]:
    """Runs the command to its end. The environment is ours without what configures the product, and ``environ``."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("AMENDS_")} | environ
    with TemporaryDirectory() as place:
        files = [Path(place) / name for name in STREAMS]
        files[0].write_bytes(stdin.encode() if isinstance(stdin, str) else stdin)
        for file in files[1:]:
            file.touch()
        process = FORKED.Process(target=_command, args=(arguments, cwd, env, files))
        process.start()
        process.join(SECONDS)
        assert process.exitcode is not None, f"{arguments} did not end within {SECONDS} s"
        said, complaint = (file.read_text(encoding="utf-8") for file in files[1:])
    assert "Traceback" not in complaint, complaint
    return CompletedProcess(arguments, process.exitcode, said, complaint)


def _command(arguments: Sequence[str], cwd: Path, env: dict[str, str], files: Sequence[Path]) -> None:
    """In the process: takes on what is its own, and is the command from there on."""
    for number, (file, mode) in enumerate(zip(files, (os.O_RDONLY, os.O_WRONLY, os.O_WRONLY), strict=True)):
        os.dup2(os.open(file, mode), number)
    sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w", buffering=1)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["amends", *arguments]
    from amends.cli import main

    main()
