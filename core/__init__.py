"""Measure how many people of a company could be named from its leaked face embeddings."""

__version__ = "0.1.0"
