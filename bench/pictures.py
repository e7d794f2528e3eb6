"""Pictures of the desk's pages: a desk with something in it, a browser that is signed in, pages at widths and in both schemes."""

import argparse
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from made_up import EVENING, PASSWORD
from playwright.sync_api import Browser, StorageState, sync_playwright
from werkzeug.serving import make_server

from reports.database import Database, open_database
from reports.settings import Settings
from service.app import create_app

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
WIDTHS = (1440, 1024, 390)


def take(
    description: str,
    fill: Callable[[Database], object],
    pages: Mapping[str, str],
    for_docs: Sequence[str],
    *,
    keys: Mapping[str, str] | None = None,
    height: int = 900,
) -> None:
    """What the command line asks for: the pictures for docs/, and with ``--all`` every page at every width, light and dark.

    ``keys``: what is pressed on a page first. ``height``: of the pictures for docs/, in pixels; the others are whole.
    """
    arguments = argparse.ArgumentParser(description=description.partition("\n")[0])
    arguments.add_argument("--out", type=Path, default=Path("docs"))
    arguments.add_argument("--all", action="store_true")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with desk(fill) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        camera = Camera(browser, address, sign_in(browser, address), pages, keys or {}, given.out)
        camera.shoot(for_docs, 1280, "light", height=height)
        for width in WIDTHS if given.all else ():
            for scheme in ("light", "dark"):
                camera.shoot(tuple(pages), width, scheme, suffix=f"-{width}-{scheme}")
        browser.close()


@contextmanager
def desk(fill: Callable[[Database], object], now: datetime = EVENING) -> Iterator[str]:
    """A desk with what ``fill`` put into its store, at its hour; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/copydesk.sqlite3")
        database = open_database(settings)
        database.upgrade()
        fill(database)
        server = make_server("127.0.0.1", 0, create_app(settings, database, id, clock=lambda: now), threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        database.close()


class Camera:
    """Takes pages as pictures."""

    def __init__(
        self, browser: Browser, address: str, state: StorageState, pages: Mapping[str, str], keys: Mapping[str, str], out: Path
    ) -> None:
        self.browser, self.address, self.state, self.pages, self.keys, self.out = browser, address, state, pages, keys, out

    def shoot(self, names: Sequence[str], width: int, scheme: str, *, suffix: str = "", height: int = 0) -> None:
        """Pages as pictures, whole or cut at ``height``; says so when one is wider than its window."""
        window = {"width": width, "height": height or 900}
        context = self.browser.new_context(
            base_url=self.address,
            viewport=window,
            color_scheme=scheme,
            storage_state=self.state,  # type: ignore[arg-type]
        )
        page = context.new_page()
        for name in names:
            page.goto(self.pages[name])
            if name in self.keys:
                page.keyboard.press(self.keys[name])
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            if wide > 0:
                print(f"{name} at {width}: {wide} px too wide")
            path = self.out / f"desk-{name}{suffix}.png"
            page.screenshot(path=path, full_page=not height)
            print(path)
        context.close()


def sign_in(browser: Browser, address: str) -> StorageState:
    """Ada's sign-in, once for all pictures: the desk counts how often one tries."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/login")
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return context.storage_state()
