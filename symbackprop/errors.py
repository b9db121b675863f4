"""What a user's mistake raises: one line that names the culprit and what was expected."""

MAX_LENGTH = 400


class InputError(ValueError):
    """Bad input: what was wrong, where, what was expected; the command line prints it and exits with `code`."""

    code = 2

    def __init__(self, message: object) -> None:
        line = " ".join(str(message).split())
        super().__init__(line if len(line) <= MAX_LENGTH else f"{line[: MAX_LENGTH - 1]}…")


class NotProvedError(InputError):
    """What was to be shown as proved is refuted, or unknown."""

    def __init__(self, message: object, word: str) -> None:
        super().__init__(message)
        self.code = {"refuted": 1, "unknown": 3}.get(word, 2)
