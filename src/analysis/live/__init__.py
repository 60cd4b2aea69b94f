"""The site of a run while its assumptions are changed in the browser: controls, states, pages, and the server.

`controls` makes a form of what notebooks declare; `session` executes the notebooks that a choice of values reaches and
makes their pages; `queue` lets one choice be worked on at a time; `server` speaks HTTP.
"""
