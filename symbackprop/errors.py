"""What a user's mistake raises: one line that names the culprit and what was expected."""


class InputError(ValueError):
    """Bad input: what was wrong, where, what was expected; the command line prints it and exits with 2."""
