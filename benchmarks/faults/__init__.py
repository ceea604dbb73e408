"""Nothing lost: what becomes of an index that is killed, damaged, short of space or shared.

Run: python -m benchmarks.faults [--only STAGE,…] [--quick]
"""
