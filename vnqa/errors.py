"""Every exception vnqa raises on purpose.

VnqaError
├── ArticleError           an input could not be read as an article (file and line)
├── IndexFormatError       an index folder is damaged, incomplete or of another version
│   └── IndexDamagedError  its library, of which all else is derived, is damaged
├── IndexMismatchError     an index was built with another embedder
├── IndexLockedError       another process is writing to the index
├── ReadOnlyIndexError     a change was asked of an index that cannot be written
├── ModelError             a model's files are missing, truncated or unusable
└── MissingExtraError      an optional dependency is not installed (also an ImportError)

Wrong arguments are ``ValueError``, as everywhere in Python.
"""

from __future__ import annotations

from functools import partial


class VnqaError(Exception):
    """Base of every error raised by vnqa."""


class ArticleError(VnqaError):
    """An input could not be read as an article.

    Attributes:
        path: The file, as it was given, or a record's id.
        line: 1-based line in that file, where there is one.
    """

    def __init__(self, reason: str, *, path: str = "", line: int | None = None) -> None:
        """Compose the message from the place and the reason."""
        self.reason = reason
        self.path = path
        self.line = line
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {reason}" if place else reason)


class IndexFormatError(VnqaError):
    """An index folder is damaged, incomplete, or written by another version of vnqa."""


class IndexDamagedError(IndexFormatError):
    """The library of an index is damaged; ``vnqa check --repair`` saves what can be read."""


class IndexMismatchError(VnqaError):
    """An index was built with another embedder than the one given."""


class IndexLockedError(VnqaError):
    """Another process is writing to the index."""


class ReadOnlyIndexError(VnqaError):
    """A change was asked of an index that was opened, or can only be opened, for reading."""


class ModelError(VnqaError):
    """A model's files are missing, truncated or unusable."""


class MissingExtraError(VnqaError, ImportError):
    """An optional dependency is not installed.

    Args:
        package: The distribution that is missing.
        extra: The extra of vnqa that installs it.
        purpose: What it is needed for, as a noun phrase.
    """

    def __init__(self, package: str, *, extra: str, purpose: str) -> None:
        """Compose the message that names the command to run."""
        self.package = package
        self.extra = extra
        self.purpose = purpose
        super().__init__(
            f"{purpose} needs the package {package!r}, which is not installed; "
            f"run: pip install 'vnqa[{extra}]'"
        )

    def __reduce__(self) -> tuple[object, ...]:
        """Return what makes it again in another process."""
        return partial(type(self), extra=self.extra, purpose=self.purpose), (self.package,)
