"""Hostile inputs over every entrance, and kills at random moments: `python -m tests.hostile`, `make hostile`.

`bed` lays a small report with finished runs and calls the command line; `law` says what must hold whatever was given;
`inputs` draws what is given; `kills` stops commands half-way.
"""
