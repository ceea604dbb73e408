"""Right answers, right citations, honest silence: measured with one command.

Run: python -m benchmarks.quality [--only STAGE,…] [--half tuning] [--questions N] [--quick]
"""
