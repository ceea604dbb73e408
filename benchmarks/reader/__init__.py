"""Training of the reader, ``vnqa/reader/adapter.npz``: the data, the network, the run."""
