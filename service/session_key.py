"""The key that signs the desk's cookies: made once, on the first start, and kept beside the store."""

import os
import secrets
from pathlib import Path

NAME = "cookie.key"


def read_or_make_key(data_dir: Path) -> str:
    """The key in ``data_dir``, made when there is none: 256 random bits, readable by its owner only.

    Two processes that start together get the same key: whoever links the file first wins, the other reads it.
    """
    path = data_dir / NAME
    if not path.exists():
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        _link_new_key(path)
    return path.read_text("ascii").strip()


def rotate_key(data_dir: Path) -> None:
    """Puts another key in place; once the web is started again, nobody is signed in and no old form is taken."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    _draft_key(data_dir / NAME).replace(data_dir / NAME)


def _link_new_key(path: Path) -> None:
    draft = _draft_key(path)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first; its key is as good
    finally:
        draft.unlink()


def _draft_key(path: Path) -> Path:
    draft = path.with_name(f"{NAME}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
    return draft
