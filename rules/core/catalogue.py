"""The catalogue: every module of the ``rules`` folder is one rule, and the folder's listing is the table of contents."""

import hashlib
import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

import rules
from rules.core.errors import BadRuleError
from rules.core.findings import Severity
from rules.core.rule import Rule


@cache
def load() -> tuple[Rule, ...]:
    """Every rule with its default options, by name. Raises BadRuleError for a module that is no rule."""
    names = sorted(module.name for module in pkgutil.iter_modules(rules.__path__) if not module.ispkg)
    return tuple(_load(name) for name in names)


def find(name: str) -> Rule:
    """The rule of that name or alias. Raises BadRuleError and says which names are near."""
    if name in _by_name():
        return _by_name()[name]
    near = [rule.name for rule in load() if set(name.split("-")) & set(rule.name.split("-"))]
    hint = f" Did you mean {', '.join(near)}?" if near else " `copydesk rules` lists them."
    raise BadRuleError(f"There is no rule {name!r}.{hint}")


@cache
def _by_name() -> dict[str, Rule]:
    """The rules by name and alias."""
    return {name: rule for rule in load() for name in (rule.name, *rule.aliases)}


def choose(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules to run: those selected (all, if none is), without those ignored and, unless selected, without previews."""
    wanted = {find(name).name for name in select}
    unwanted = {find(name).name for name in ignore}
    chosen = (rule for rule in load() if (rule.name in wanted if wanted else not rule.preview))
    return tuple(rule for rule in chosen if rule.name not in unwanted)


def ruleset_hash(chosen: Sequence[Rule], ceilings: Mapping[str, Severity] = MappingProxyType({})) -> str:
    """Names, versions, options and ceilings of the rules as ``sha256…``: what makes two reports comparable."""
    return _hash(tuple(chosen), tuple(sorted(ceilings.items())))


@lru_cache(maxsize=64)  # a desk chooses its rules once, and hands in the same for every article
def _hash(chosen: tuple[Rule, ...], ceilings: tuple[tuple[str, Severity], ...]) -> str:
    rows = sorted(f"{rule.name} {rule.version} {rule!r}{_ceiling(rule, dict(ceilings))}" for rule in chosen)
    return "sha256" + hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _ceiling(rule: Rule, ceilings: Mapping[str, Severity]) -> str:
    return f" at most {ceilings[rule.name].word}" if rule.name in ceilings else ""


def _load(name: str) -> Rule:
    module = importlib.import_module(f"rules.{name}")
    kinds = [
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Rule) and item.__module__ == module.__name__
    ]
    if len(kinds) != 1:
        raise BadRuleError(f"rules/{name}.py must define exactly one rule; it defines {len(kinds)}.")
    return kinds[0]()
