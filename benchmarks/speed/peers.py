"""The peers: their environment, their model's file, and their processes, idle until asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.serving import Inputs, Reply
from benchmarks.quality.indexes import CACHE
from benchmarks.speed.measuring import CannotMeasureError
from vnqa.weights.packages import QWEN_CODER, PackagedWeights, locate, read_verified

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "benchmarks" / "peers" / "requirements.txt"
_SHOWN_LINES = 15
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "TOKENIZERS_PARALLELISM": "false",
}


class Peer:
    """A library that answers in a process of its own, in the process group of this one.

    Args:
        name: Tells whose log it is.
        command: Starts a worker (`benchmarks.peers.serving`); the file of its inputs is appended.
        inputs: What it answers from.

    Raises:
        RuntimeError: If the worker ends before it is ready; holds the end of its log.
    """

    def __init__(self, name: str, command: Sequence[str], inputs: Inputs) -> None:
        self.name = name
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / "inputs.json"
        self._log = Path(self._folder.name) / "log.txt"
        inputs.write(file)
        threads = str(inputs.threads)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, str(file)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=ROOT,
                env={**os.environ, **_QUIET, "OMP_NUM_THREADS": threads},
                text=True,
                encoding="utf-8",
            )
        try:
            self.notes: dict[str, object] = self._receive()
        except BaseException:
            self.close()
            raise

    def ask(self, question: str) -> Reply:
        """Return what the library answers; the seconds are the worker's own."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # the worker has ended, which is told by there being nothing to receive
        reply = self._receive()
        return Reply(reply["text"], tuple(reply["sources"]), reply["seconds"])

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        if line := self._process.stdout.readline():
            record: dict[str, Any] = json.loads(line)
            return record
        status = self._process.wait()
        told = _last_lines(self._log)
        raise RuntimeError(f"{self.name} ended with status {status} instead of answering:\n{told}")

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()


def peers_python() -> Path:
    """Return the Python of the peers' environment, setting it up where that was not done yet.

    Raises:
        CannotMeasureError: If llama.cpp cannot be compiled here, or pip fails.
    """
    folder = CACHE / "peers-venv"
    python, ready = folder / "bin" / "python", folder / "ready.txt"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if ready.is_file() and ready.read_text(encoding="utf-8") == wanted:
        return python
    if not any(map(shutil.which, ("c++", "g++", "clang++"))):
        raise CannotMeasureError(
            "llama-cpp-python is compiled on installation, and no C++ compiler is there"
        )
    log = CACHE / "peers-venv.log"
    print(
        f"  setting up {folder}, where llama.cpp is compiled; pip writes to {log}", file=sys.stderr
    )
    folder.mkdir(parents=True, exist_ok=True)
    ready.unlink(missing_ok=True)
    cores = str(os.cpu_count() or 1)
    environment = {"CMAKE_BUILD_PARALLEL_LEVEL": cores, **os.environ}
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "-r", REQUIREMENTS]
    with log.open("wb", buffering=0) as written:
        for command in ([sys.executable, "-m", "venv", folder], install):
            done = subprocess.run(
                command, stdout=written, stderr=subprocess.STDOUT, env=environment, check=False
            )
            if done.returncode:
                told = _last_lines(log)
                raise CannotMeasureError(
                    f"the peers' environment could not be set up; {log} ends:\n{told}"
                )
    ready.write_text(wanted, encoding="utf-8")
    return python


def whole_file(weights: PackagedWeights = QWEN_CODER) -> Path:
    """Return packaged weights as the one file that they are parts of, written where it is not."""
    path = CACHE / f"{weights.name}-{weights.sha256[:12]}.gguf"
    if not path.is_file():
        CACHE.mkdir(exist_ok=True)
        unfinished = path.with_suffix(".unfinished")
        with unfinished.open("wb") as file:
            for block in read_verified(weights, locate(weights)):
                file.write(block)
        unfinished.rename(path)
    return path


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(lines[-_SHOWN_LINES:])
