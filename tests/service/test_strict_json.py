import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.strict_json import BadJsonError, read_json

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"a": NaN}', "NaN is no JSON number"),
        (b'{"a": -Infinity}', "-Infinity is no JSON number"),
        (b'{"a": 1e999}', "too large"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": ' + b"7" * 5_000 + b"}", "5000 digits"),
        (b'{"a": 0.' + b"7" * 5_000 + b"}", "5002 digits"),
        (b"[" * 101 + b"]" * 101, "deeper than 100"),
        (b"[" * 100_000 + b"]" * 100_000, "deeper than 100"),
        (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "deeper than 100"),
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"a": 1} x', "not JSON"),
        ('{"a": "é"}'.encode("latin-1"), "not UTF-8: byte 7 is 0xe9"),
        ('{"a": 1}'.encode("utf-16"), "not UTF-8"),
        ('{"a": 1}'.encode("utf-16-le"), "not JSON"),
        ('{"a": 1}'.encode("utf-32-be"), "not JSON"),
    ],
)
def test_refuses_what_has_no_single_meaning(body, reason):
    with pytest.raises(BadJsonError, match=reason):
        read_json(body)


def test_a_byte_order_mark_is_no_part_of_the_body():
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_what_no_store_keeps_is_replaced():
    given_body = rb'{"title\u0000": ["A\u0000B", "C\ud800D", "\ud83d\ude00"]}'
    assert read_json(given_body) == {"title\ufffd": ["A\ufffdB", "C\ufffdD", "😀"]}


def test_a_hundred_levels_are_read():
    assert read_json(b"[" * 100 + b"]" * 100)


@given(VALUES)
def test_reads_what_json_writes(value):
    body = json.dumps(value).encode()
    if "\\u0000" not in body.decode() and "\\ud" not in body.decode():
        assert read_json(body) == value
    else:
        read_json(body)
