"""Where converted models are kept, each in a folder that is either complete or redone."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from vnqa.errors import ModelError
from vnqa.weights.packages import PackagedWeights

CONVERSION_VERSION = 1  # raise it when a converter writes something else for the same weights
_MANIFEST = "manifest.json"


def cache_folder(cache_dir: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder that holds converted models.

    The argument if given, else ``$VNQA_CACHE``, else the platform's place for caches:
    ``~/Library/Caches/vnqa`` on macOS, ``$XDG_CACHE_HOME/vnqa`` or ``~/.cache/vnqa`` elsewhere.
    The environment is read at each call. The folder need not exist.
    """
    if cache_dir is not None:
        return Path(cache_dir).expanduser()
    if named := os.environ.get("VNQA_CACHE"):
        return Path(named).expanduser()
    if xdg := os.environ.get("XDG_CACHE_HOME"):
        return Path(xdg) / "vnqa"
    try:
        home = Path.home()
    except RuntimeError as error:  # no HOME, and no entry for the user
        raise ModelError(
            "there is no home folder to keep converted models in; set VNQA_CACHE to a folder"
        ) from error
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "vnqa"
    return home / ".cache" / "vnqa"


def converted_folder(
    weights: PackagedWeights,
    convert: Callable[[Path], None],
    *,
    form: str,
    cache_dir: str | os.PathLike[str] | None = None,
) -> Path:
    """Return the folder of the converted model, converting first when it is not complete.

    The folder's name carries the sha256 of the weights and the version of the conversion, and
    its manifest the size of every file, so that a complete folder needs no second look at the
    weights. Several processes may ask at once: one converts, the others wait for it.

    Args:
        weights: What is converted.
        convert: Called with an empty folder to write into; it must verify the weights' sha256.
        form: What it converts to; part of the folder's name.
        cache_dir: See ``cache_folder``.

    Raises:
        ModelError: If the cache cannot be written (full disk, no permission), or from convert.
    """
    cache = cache_folder(cache_dir)
    folder = cache / f"{weights.name}-{weights.sha256[:12]}-{form}-v{CONVERSION_VERSION}"
    if is_complete(folder):
        return folder
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _convert_locked(folder, convert)
    except OSError as error:
        raise ModelError(
            f"cannot write the converted model {weights.name} to {folder}: {error}; "
            "free some space (4 GB for all models) or choose another folder with cache_dir "
            "or the variable VNQA_CACHE"
        ) from error
    return folder


@contextlib.contextmanager
def opening(folder: Path) -> Iterator[None]:
    """Tell what to do where a library cannot read a complete folder's files.

    Raises:
        ModelError: In place of what the library raises.
    """
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # of several libraries: RuntimeError, ValueError, Exception itself
        said = " ".join(str(error).split())
        raise ModelError(
            f"cannot open the converted model in {folder}: {said}; if it is damaged, delete that "
            "folder, and it is made anew"
        ) from error


def is_complete(folder: Path) -> bool:
    """Tell whether every file that the folder's manifest names is there, with its size."""
    try:
        sizes = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["files"]
        return all((folder / name).stat().st_size == size for name, size in sizes.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _convert_locked(folder: Path, convert: Callable[[Path], None]) -> None:
    from filelock import FileLock

    with FileLock(folder.with_name(f"{folder.name}.lock")):
        if is_complete(folder):
            return  # another process did it while this one waited
        partial = folder.with_name(f"{folder.name}.partial")
        _remove(partial)  # left by a process that was killed: nobody else writes under the lock
        partial.mkdir()
        try:
            convert(partial)
            sizes = {path.name: path.stat().st_size for path in sorted(partial.iterdir())}
            manifest = json.dumps({"files": sizes}, indent=2) + "\n"
            (partial / _MANIFEST).write_text(manifest, encoding="utf-8")
            _remove(folder)
            partial.rename(folder)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to report
                _remove(partial)
            raise


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
