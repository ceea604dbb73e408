"""Trains the bundled generator to answer as the pipeline asks it."""
