"""Speed, as ratios taken in one run: see ``__main__`` and ``benchmarks/speed.md``."""
