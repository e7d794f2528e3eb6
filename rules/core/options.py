"""Options of rules from outside: a configuration's values, put into a rule's typed fields or refused with a sentence."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, get_type_hints

from rules.core.errors import BadRuleError
from rules.core.rule import Rule

SAYS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", timedelta: "a number of hours"}


def configure(rule: Rule, given: Mapping[str, Any]) -> Rule:
    """The rule with these options. Raises BadRuleError for an unknown option or a value of another type."""
    kinds = {name: kind for name, kind in _kinds(rule).items() if kind in SAYS or kind == tuple[str, ...]}
    for name in given:
        if name not in kinds:
            known = f"its options are {', '.join(sorted(kinds))}" if kinds else "it has no options"
            raise BadRuleError(f"{rule.name} has no option {name!r}; {known}.")
    return replace(rule, **{name: _value(rule, name, kinds[name], value) for name, value in given.items()})


def _kinds(rule: Rule) -> dict[str, Any]:
    hints = get_type_hints(type(rule))
    return {field.name: hints[field.name] for field in fields(rule)}


def _value(rule: Rule, name: str, kind: Any, value: Any) -> Any:
    if kind == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise BadRuleError(f"{rule.name}: {name} is {value!r}; it must be a list of texts.")
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is timedelta and number and value >= 0:
        return timedelta(hours=value)
    if (kind is float and number) or (kind in (bool, int, str) and type(value) is kind):
        return kind(value)
    raise BadRuleError(f"{rule.name}: {name} is {value!r}; it must be {SAYS[kind]}.")
