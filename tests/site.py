"""A newsroom's site on this machine: a real server whose pages a test sets, byte by byte where it must."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from workers.network import networks

THIS_MACHINE = networks(["127.0.0.0/8", "::1/128"])  # opened as COPYDESK_INSIDE_ALLOWED would
STORY = b"<html><body><h1>Ferry adds a Sunday crossing</h1><p>The ferry runs on Sundays from May.</p></body></html>"


@dataclass
class Answer:
    body: bytes = STORY
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    drip: float | None = None  # seconds between single bytes of the body
    drip_head: bool = False  # the headers so too
    endless: bool = False


@dataclass
class Site:
    """Pages by path; ``asked`` is what was asked for, with the headers."""

    port: int = 0
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked if path != "/robots.txt"]


@contextmanager
def serve(host: str = "127.0.0.1") -> Iterator[Site]:
    site = Site()
    stopped = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            answer = site.pages.get(self.path)
            try:
                self._give(answer or Answer(b"no such page", 404))
            except OSError:
                pass  # the other side had enough

        def _give(self, answer: Answer) -> None:
            if answer.drip_head:
                self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10_000, answer.drip or 0)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            if answer.endless:
                while not stopped.is_set():
                    self.wfile.write(b"<p>Rain.</p>" * 1_000)
            elif answer.drip is not None:
                self._drip(answer.body, answer.drip)
            else:
                self.wfile.write(answer.body)

        def _drip(self, content: bytes, seconds: float) -> None:
            for number in range(len(content)):
                if stopped.is_set():
                    return
                self.wfile.write(content[number : number + 1])
                self.wfile.flush()
                time.sleep(seconds)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield site
    stopped.set()
    server.shutdown()
    server.server_close()
    thread.join(10)
