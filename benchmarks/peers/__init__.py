"""LlamaIndex and Haystack, each in a process of an environment of its own; vnqa is not imported."""
