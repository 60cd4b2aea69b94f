"""Mutants of the code: one small fault at a time, put in to see whether the tests beside it notice."""
