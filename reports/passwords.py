"""Which passwords are taken: long enough, of nothing that stands around here, and not among those that are guessed first."""

from threading import Lock

from reports.errors import WeakSecretError

OWN_WORDS = ("copydesk", "password", "newsroom")  # what people put first here; OWASP ASVS 5.0, 6.2.11 asks for such a list
SHORTEST_NAME = 3  # of a person, that counts: "ed" stands in many words
MIN_OTHER = 8  # characters besides those words and the person's own name
MIN_DIFFERENT = 5  # characters: "aaaaaaaaaaaa" and "121212121212" are guessed first
MIN_PASSWORD = 12  # characters; 6.2.1 asks for 8 and recommends 15
SAFE = 3  # zxcvbn's score from 0 to 4; its own advice for hashes that are slow, as ours are: 10^8 guesses or more
WEIGHED = 40  # characters from the beginning; zxcvbn takes a second for as many that are made to cost, and 2.6 s for 64

_ONE_AT_A_TIME = Lock()  # zxcvbn keeps the words of the person in a table of its module


def check_password(name: str, password: str) -> None:
    """Raises WeakSecretError, with a sentence that says what to do, for a password that a person of that name may not have."""
    if len(password) < MIN_PASSWORD:
        raise WeakSecretError(f"A password needs {MIN_PASSWORD} characters or more.")
    if len(set(password.casefold())) < MIN_DIFFERENT:
        raise WeakSecretError(f"A password needs {MIN_DIFFERENT} different characters or more.")
    if len(_besides(name, password)) < MIN_OTHER:
        raise WeakSecretError(
            f"Besides its person's name and words such as {OWN_WORDS[0]}, a password needs {MIN_OTHER} characters."
        )
    if _score(name, password) < SAFE:
        raise WeakSecretError(
            "This password is among the first that are guessed: many people use it, or one much like it. "
            "Take four words or more that have nothing to do with each other."
        )


def _besides(name: str, password: str) -> str:
    rest = password.casefold()
    for word in (name.casefold(), *OWN_WORDS):
        rest = rest.replace(word, "") if len(word) >= SHORTEST_NAME else rest
    return rest


def _score(name: str, password: str) -> int:
    """What zxcvbn gives it, which knows the 30,000 commonest passwords, words, names, keyboard rows, dates and their mixtures."""
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take 40 ms and 12 MB, which only a process that sets a password pays

    words = [word for word in (name, *name.split(), *OWN_WORDS) if len(word) >= SHORTEST_NAME]
    with _ONE_AT_A_TIME:
        return zxcvbn(password[:WEIGHED], words)["score"]
