"""Results to standard output, complaints to standard error; text of articles always verbatim."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from vnqa.cli.options import Lang
from vnqa.cli.texts import TEXTS
from vnqa.errors import VnqaError
from vnqa.records import Rejection

FAILED, NOTHING, REJECTED, DAMAGED, INTERRUPTED = 1, 3, 4, 5, 130

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # an article must not steer a terminal


def say(
    text: str, *, label: str = "", style: str = "bold", hang: int = 0, console: Console = out
) -> None:
    """Print a text: nothing in it is markup. Lines are wrapped at words on a terminal only.

    Args:
        text: What is printed; lines keep their indentation when they are wrapped.
        label: Printed before it, in the style given.
        style: Of the label; of all the text where there is no label.
        hang: Columns by which the second and later rows of a wrapped line are indented further.
        console: Where to.
    """
    whole = Text(_laid_out(_CONTROLS.sub("", label + text), hang, console))
    whole.stylize(style, 0, len(label) if label else None)
    console.print(whole, soft_wrap=True)


def plainly(text: str) -> None:
    """Print a text without style; see ``say``."""
    say(text, style="")


def complain(kind: str, text: str) -> None:
    """Print a line on what went wrong to standard error."""
    say(text, label=f"{kind}: ", style="bold red", console=err)


def print_json(value: object) -> None:
    """Print a value as JSON, Vietnamese letters as they are where the output can hold them."""
    typer.echo(json_of(value, indent=2))


def json_of(value: object, *, indent: int | None = None) -> str:
    """Return a value as JSON, in letters that standard output can hold."""
    holds_all = (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")
    return json.dumps(value, ensure_ascii=not holds_all, indent=indent)


@contextmanager
def failures(lang: Lang, *, writes: bool = False) -> Iterator[None]:
    """Turn errors that a person can mend into a line and an exit code.

    Args:
        lang: Of what is said.
        writes: Say on Ctrl-C that what was committed is kept.
    """
    text = TEXTS[lang.value]["interrupted" if writes else "stopped"]
    before = None if writes else _end_at_once_on_interrupt(text)
    try:
        yield
    except BrokenPipeError:
        raise  # who reads the output has enough: the command-line library ends quietly
    except (VnqaError, ValueError, OSError) as error:
        complain(TEXTS[lang.value]["error"], str(error))
        raise typer.Exit(FAILED) from error
    except KeyboardInterrupt as stop:
        say(text, style="", console=err)
        raise typer.Exit(INTERRUPTED) from stop
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


def _end_at_once_on_interrupt(text: str) -> Any:
    """Let Ctrl-C say a text and end the program; return what handled it before, if anything.

    Nothing is written that could be lost, and a model that is being opened in another thread would
    be waited for.
    """
    handled = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if handled is not signal.default_int_handler or not is_main:
        return None

    def end(number: int, frame: object) -> None:
        with suppress(OSError, ValueError, RuntimeError):
            sys.stdout.flush()
        with suppress(OSError, ValueError, RuntimeError):
            err.show_cursor(True)  # which a progress bar hides
            say(text, style="", console=err)
            sys.stderr.flush()
        os._exit(INTERRUPTED)

    return signal.signal(signal.SIGINT, end)


def place(rejection: Rejection) -> str:
    """Return where a rejected input stands, and why it was."""
    line = "" if rejection.line is None else f":{rejection.line}"
    return f"{rejection.path}{line}: {rejection.reason}"


def decimal(number: float, lang: Lang) -> str:
    """Return a number with one decimal and the separators of a language."""
    text = f"{number:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if lang is Lang.vi else text


def _laid_out(text: str, hang: int, console: Console) -> str:
    if not console.is_terminal:
        return text
    lines = []
    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += textwrap.wrap(
            line,
            width=max(40, console.width),
            subsequent_indent=indent + " " * hang,
            replace_whitespace=False,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]
    return "\n".join(lines)
