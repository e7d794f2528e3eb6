"""The configuration of a checkout or an archive: ``copydesk.toml``, or ``[tool.copydesk]`` in ``pyproject.toml``.

Searched for from the checked file's folder upwards. docs/configuration.md describes its keys.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from reports.errors import ReportsError
from rules.core import catalogue
from rules.core.errors import BadRuleError
from rules.core.findings import FAIL_ON
from rules.core.options import configure
from rules.core.rule import Rule
from rules.core.suppression import Policy

KEYS = ("select", "ignore", "fail-on", "baseline", "per-path", "sources", "options", "source-options")
Options = Mapping[str, Mapping[str, Any]]  # by rule


class BadConfigurationError(ReportsError):
    """The configuration cannot be used; ``reason`` says where and why."""


@dataclass(frozen=True)
class Configuration:
    """What a configuration file says.

    ``per_path`` and ``sources`` map a pattern or a source to rules with a reason, ``options`` a rule to its options, and
    ``source_options`` a source to the same.
    """

    path: Path | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None
    baseline: frozenset[str] = frozenset()
    per_path: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    sources: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    options: Options = field(default_factory=dict)
    source_options: Mapping[str, Options] = field(default_factory=dict)

    def configure(self, rules: Iterable[Rule], source: str | None = None) -> tuple[Rule, ...]:
        """The rules with their options, those of ``source`` before those for all."""
        special = self.source_options.get(source or "", {})
        given = ((rule, {**self.options.get(rule.name, {}), **special.get(rule.name, {})}) for rule in rules)
        return tuple(configure(rule, options) if options else rule for rule, options in given)

    def policy(self, path: str, source: str | None = None) -> Policy:
        """What it leaves alone in the file at ``path``, or in an article of ``source``."""
        root = self.path.parent if self.path else Path.cwd()
        shown = Path(path).resolve()
        relative = shown.relative_to(root).as_posix() if shown.is_relative_to(root) else shown.as_posix()
        rules: dict[str, str | None] = {}
        for pattern, named in self.per_path.items():
            if fnmatch(relative, pattern):
                rules |= named
        rules |= self.sources.get(source or "", {})
        return Policy(rules, self.baseline)


def read_configuration(path: str) -> Configuration:
    """The configuration that holds for a file or folder (``-``: the working directory). Raises BadConfigurationError."""
    start = Path.cwd() if path == "-" else Path(path).resolve()
    return _nearest(start if start.is_dir() else start.parent)


def read_file(path: Path) -> Configuration:
    """The configuration in one file; an empty one when it is not there. Raises BadConfigurationError."""
    table = _table(path) if path.is_file() else None
    return _configuration(path, table) if table is not None else Configuration()


@cache
def _nearest(folder: Path) -> Configuration:
    for where in (folder, *folder.parents):
        for name in ("copydesk.toml", "pyproject.toml"):
            found = where / name
            if found.is_file():
                table = _table(found)
                if table is not None:
                    return _configuration(found, table)
    return Configuration()


def _table(path: Path) -> dict[str, Any] | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadConfigurationError(f"{path}: this is no TOML: {error}.") from error
    table = data if path.name == "copydesk.toml" else data.get("tool", {}).get("copydesk")
    return dict(table) if isinstance(table, dict) else None


def _configuration(path: Path, table: dict[str, Any]) -> Configuration:
    if unknown := sorted(set(table) - set(KEYS)):
        raise BadConfigurationError(f"{path}: unknown key {unknown[0]!r}; known are {', '.join(KEYS)}.")
    fail_on = table.get("fail-on")
    if fail_on is not None and fail_on not in FAIL_ON:
        raise BadConfigurationError(f"{path}: fail-on is {fail_on!r}; it must be one of {', '.join(FAIL_ON)}.")
    baseline = table.get("baseline")
    return Configuration(
        path,
        tuple(_rules(path, "select", table.get("select", []))),
        tuple(_rules(path, "ignore", table.get("ignore", []))),
        fail_on,
        read_baseline(path.parent / str(baseline)) if baseline else frozenset(),
        {str(pattern): _rules(path, f"per-path {pattern!r}", rules) for pattern, rules in _mapping(path, table, "per-path")},
        {str(name): _rules(path, f"sources {name!r}", rules) for name, rules in _mapping(path, table, "sources")},
        _options(path, "options", table.get("options", {})),
        {str(name): _options(path, f"source-options {name!r}", rules) for name, rules in _mapping(path, table, "source-options")},
    )


def _options(path: Path, key: str, value: Any) -> Options:
    """Rules and their options, tried on the rules themselves so that a wrong one is refused here."""
    if not isinstance(value, dict) or not all(isinstance(options, dict) for options in value.values()):
        raise BadConfigurationError(f"{path}: {key} must be tables of options, one for each rule.")
    try:
        found = {catalogue.find(name): options for name, options in value.items()}
        return {configure(rule, options).name: options for rule, options in found.items()}
    except BadRuleError as error:
        raise BadConfigurationError(f"{path}: {key}: {error}") from error


def _mapping(path: Path, table: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise BadConfigurationError(f"{path}: {key} must be a table.")
    return list(value.items())


def _rules(path: Path, key: str, value: Any) -> dict[str, str | None]:
    """Rules as a list of names, or as a table of names and reasons; by their present names."""
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        named: dict[str, str | None] = dict.fromkeys(value)
    elif isinstance(value, dict) and all(isinstance(reason, str) for reason in value.values()):
        named = dict(value)
    else:
        raise BadConfigurationError(f"{path}: {key} must be a list of rules, or a table of rules and reasons.")
    try:
        return {catalogue.find(name).name: reason for name, reason in named.items()}
    except Exception as error:
        reason = getattr(error, "reason", None)
        raise BadConfigurationError(f"{path}: {key}: {reason or error}") from error


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints of a baseline file. Raises BadConfigurationError."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return frozenset(str(row["fingerprint"]) for row in data["findings"])
    except OSError as error:
        raise BadConfigurationError(f"{path}: the baseline cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise BadConfigurationError(f"{path}: this is no baseline; write one with copydesk check --write-baseline.") from error


def write_baseline(path: Path, rows: list[dict[str, str]]) -> None:
    """Keeps the findings that are known, one a line, sorted, so that a later diff can be read."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in sorted(rows, key=lambda row: tuple(row.values())))
    path.write_text(f'{{"schema": "copydesk.baseline/1", "findings": [\n{lines}\n]}}\n', encoding="utf-8")
