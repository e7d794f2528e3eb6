import stat
from concurrent.futures import ThreadPoolExecutor

from service.session_key import NAME, read_or_make_key, rotate_key


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = read_or_make_key(tmp_path / "data")
    assert len(first) >= 43
    assert read_or_make_key(tmp_path / "data") == first
    assert stat.S_IMODE((tmp_path / "data" / NAME).stat().st_mode) == 0o600
    assert [item.name for item in (tmp_path / "data").iterdir()] == [NAME]


def test_processes_that_start_together_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: read_or_make_key(tmp_path), range(32)))
    assert len(set(keys)) == 1


def test_another_key_is_put_in_its_place(tmp_path):
    first = read_or_make_key(tmp_path / "data")
    rotate_key(tmp_path / "data")
    assert read_or_make_key(tmp_path / "data") not in ("", first)
    assert stat.S_IMODE((tmp_path / "data" / NAME).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    assert [item.name for item in (tmp_path / "data").iterdir()] == [NAME]
