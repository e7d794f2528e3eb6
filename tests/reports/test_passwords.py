"""Which passwords are taken, by the account that they are for."""

import sys
import threading
import time
from collections.abc import Iterator

import pytest

from reports.errors import WeakSecretError
from reports.passwords import check_password
from service.cli.user import random_password

COMMON = """
    qwerty123456 1qaz2wsx3edc q1w2e3r4t5y6 123456789123 leavemealone sonyericsson ghbdtnrfrltkf
    P@ssw0rd-2026 Sunshine2024! iloveyou1234 Liverpool123! letmeinletmein abcdefghijkl Summer202626
""".split()


@pytest.mark.parametrize("password", COMMON)
def test_what_many_people_use_or_something_like_it_is_refused_in_words(password: str) -> None:
    with pytest.raises(WeakSecretError) as refused:
        check_password("keane", password)
    assert any(word in refused.value.reason for word in ("Take four words", "Besides its person's name", "different characters"))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("keane", "copydesk12345678"),
        ("keane", "Newsroom20261124"),
        ("marlowe", "Marlowe19311931"),
        ("Maria Keane", "keane19111984"),
    ],
)
def test_words_of_the_place_and_of_the_person_add_nothing(name: str, password: str) -> None:
    with pytest.raises(WeakSecretError, match="among the first that are guessed"):
        check_password(name, password)


@pytest.mark.parametrize(
    "password",
    [
        "a proof read twice",
        "correct horse battery",
        "mein hund heisst rex",
        "корабль уходит рано",
        "船は朝早く静かに港を出る",
        "nG7_x9Qp-Lz2Ww3K",
        "ferry tram bicycle lighthouse " * 5,
    ],
)
def test_words_that_do_not_belong_together_are_taken_in_any_script_and_length(password: str) -> None:
    check_password("keane", password)


def test_what_generate_makes_is_taken() -> None:
    for _ in range(10):
        check_password("keane", random_password())


def test_a_password_made_to_cost_is_weighed_in_bounded_time() -> None:
    began = time.process_time()
    check_password("keane", "4@8({[<369!|1/0$5+7%2" * 400)
    assert time.process_time() - began < 10


@pytest.fixture
def restless_threads() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("restless_threads")
def test_each_is_weighed_with_its_own_person() -> None:
    refused: list[str] = []  # appended to by four threads; a count would lose some

    def weigh(name: str) -> None:
        for _ in range(50):
            try:
                check_password(name, "zebulonquist20260101")
            except WeakSecretError:
                refused.append(name)

    threads = [threading.Thread(target=weigh, args=(name,)) for name in ("zebulonquist", "keane") * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["zebulonquist"] * 100
