"""Run the command line with ``python -m vnqa``."""

from vnqa.cli import main

main()
