"""Errors that a user can act on. The command line prints their message alone and exits with their code."""

from __future__ import annotations


class UserError(Exception):
    """Something in the input is wrong: the message names file, row, column or parameter, and what to do."""

    exit_code = 2


class CheckFailed(UserError):
    """The input is readable, but something that must hold does not."""

    exit_code = 1
