"""Makes the pictures of the pages of rules, numbers and people in docs/, with twelve made-up weeks in them.

    python bench/screenshots_ledger.py [--out docs] [--all]

``--all`` also makes every page at three widths, light and dark, to be looked at; only those without a suffix are for docs/.
"""

import argparse
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from made_up import EVENING
from made_up_weeks import make_weeks
from playwright.sync_api import Browser, StorageState, sync_playwright
from screenshots import CHROMIUM, FLAGS, WIDTHS, sign_in
from werkzeug.serving import make_server

from reports.database import open_database
from reports.settings import Settings
from service.app import create_app

PAGES = {
    "rules": "/rules",
    "numbers": "/numbers",
    "rule": "/rules/vague-attribution",
    "house-rule": "/house-rules/house-very-unique",
    "house-form": "/house-rules/house-very-unique/edit",
    "trial": "/rules/trials/1",
    "people": "/people",
    "person": "/people/2",
    "routing": "/people/routes",
    "tokens": "/people/tokens",
    "audit": "/people/audit",
    "you": "/you",
}
FOR_DOCS = ("rules", "numbers")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("--out", type=Path, default=Path("docs"))
    arguments.add_argument("--all", action="store_true")
    given = arguments.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with desk() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        state = sign_in(browser, address)
        shoot(browser, address, state, FOR_DOCS, given.out, 1280, "light", suffix="", height=1000)
        for width in WIDTHS if given.all else ():
            for scheme in ("light", "dark"):
                shoot(browser, address, state, tuple(PAGES), given.out, width, scheme, suffix=f"-{width}-{scheme}")
        browser.close()


@contextmanager
def desk() -> Iterator[str]:
    """A desk with the weeks in it; gives its address."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/copydesk.sqlite3")
        database = open_database(settings)
        database.upgrade()
        make_weeks(database, EVENING)
        app = create_app(settings, database, id, clock=lambda: EVENING)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.port}"
        server.shutdown()
        database.close()


def shoot(
    browser: Browser,
    address: str,
    state: StorageState,
    names: tuple[str, ...],
    out: Path,
    width: int,
    scheme: str,
    *,
    suffix: str,
    height: int = 0,
) -> None:
    """Pages as pictures; ``height`` cuts them."""
    window = {"width": width, "height": height or 900}
    context = browser.new_context(base_url=address, viewport=window, color_scheme=scheme, storage_state=state)  # type: ignore[arg-type]
    page = context.new_page()
    for name in names:
        page.goto(PAGES[name])
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        if wide > 0:
            print(f"{name} at {width}: {wide} px too wide")
        page.screenshot(path=out / f"desk-{name}{suffix}.png", full_page=not height)
        print(out / f"desk-{name}{suffix}.png")
    context.close()


if __name__ == "__main__":
    main()
