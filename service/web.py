"""The web, as it runs in production and under ``serve``: gunicorn, set up here and not in a file of its own."""

import socket

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from reports.settings import Settings
from service.errors import ServiceError
from workers import logs

WORKERS = 2
THREADS = 4
TIMEOUT_S = 30  # a delivery is stored in milliseconds; what takes half a minute hangs
GRACE_S = 10  # on SIGTERM, for the answers that are under way


class AddressTakenError(ServiceError):
    """Another program listens where the web should; ``reason`` says where."""


def run_web(settings: Settings) -> None:
    """Serves until SIGTERM or SIGINT. Raises AddressTakenError when host and port are in use already."""
    logs.set_up()
    check_free(settings.host, settings.port)
    import service.wsgi  # noqa: F401, PLC0415 - once for all workers: half the time and memory; it opens nothing before the fork

    Web(settings).run()


def check_free(host: str, port: int) -> None:
    """Raises AddressTakenError when something listens there; reuse_port would hide it and share the calls."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise AddressTakenError(f"{host}:{port} cannot be used: {error.strerror}.") from error


class Web(BaseApplication):  # type: ignore[misc]
    """gunicorn around ``create_app``; each worker opens the store for itself, after the fork."""

    cfg: Config

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Threads that wait on the store cost little; a socket per worker, or one of them may get every connection."""
        for name, value in {
            "bind": _address(self.settings.host, self.settings.port),
            "workers": WORKERS,
            "threads": THREADS,
            "worker_class": "gthread",
            "reuse_port": True,
            "timeout": TIMEOUT_S,
            "graceful_timeout": GRACE_S,
            "logger_class": QuietLogger,
            "loglevel": "warning",
            "control_socket_disable": True,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, inside a worker."""
        from service.wsgi import build  # noqa: PLC0415 - who only asks for a free port needs no application

        return build(self.settings)


class QuietLogger(Logger):  # type: ignore[misc]
    """gunicorn's own lines in our form: one JSON object each, whatever stands in them."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.JsonLines())


def _address(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
