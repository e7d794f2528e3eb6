"""Makes the screenshots in docs/: the desk's pages, with a newsroom's made-up evening in it.

    python bench/screenshots.py [--out docs] [--all]

``--all`` also makes every page at three widths, light and dark, to be looked at; only those without a suffix are for docs/.
"""

import argparse
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from made_up import EVENING, PASSWORD, make_evening
from playwright.sync_api import Browser, StorageState, sync_playwright
from werkzeug.serving import make_server

from reports.database import open_database
from reports.settings import Settings
from service.app import create_app

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
PAGES = {
    "queue": "/",
    "article": "/articles/14",
    "incidents": "/?tab=spreading",
    "filters": "/?section=Sport&q=is:warning",
    "bulk": "/bulk?section=Sport&action=stet",
    "undo": "/undo?who=all",
    "source": "/articles/14/source",
    "fix": "/articles/14/fix",
    "keys": "/keys",
    "done": "/?tab=done",
}
FOR_DOCS = ("queue", "article", "incidents")
WIDTHS = (1440, 1024, 390)


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--out", type=Path, default=Path("docs"))
    arguments.add_argument("--all", action="store_true")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with desk() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        state = sign_in(browser, address)
        for name in FOR_DOCS:
            shoot(browser, state, address, name, given.out / f"desk-{name}.png", 1280, "light", whole=False)
        for name in PAGES if given.all else ():
            for width in WIDTHS:
                for scheme in ("light", "dark"):
                    shoot(browser, state, address, name, given.out / f"desk-{name}-{width}-{scheme}.png", width, scheme)
        browser.close()


@contextmanager
def desk() -> Iterator[str]:
    """A desk with the evening in it, at its hour; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/copydesk.sqlite3")
        database = open_database(settings)
        database.upgrade()
        room = make_evening(database)
        room.now = EVENING
        app = create_app(settings, database, id, clock=lambda: room.now)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        database.close()


def shoot(
    browser: Browser, state: StorageState, address: str, name: str, path: Path, width: int, scheme: str, *, whole: bool = True
) -> None:
    """One page as a picture; says so when it is wider than its window."""
    window = {"width": width, "height": 900}
    context = browser.new_context(base_url=address, viewport=window, color_scheme=scheme, storage_state=state)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(PAGES[name])
    if name == "article":
        page.keyboard.press("j")
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    if wide > 0:
        print(f"{name} at {width}: {wide} px too wide")
    page.screenshot(path=path, full_page=whole)
    context.close()
    print(path)


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


if __name__ == "__main__":
    main()
