"""Types of parameters: reading a value that was typed on a command line, validating it, and saying what is allowed."""

from __future__ import annotations

import datetime
import json
import math
import re
from contextlib import suppress
from typing import Any, get_origin

from pydantic import TypeAdapter, ValidationError

from analysis import reading

Plain = Any  # None, bool, int, float, str, or lists and dictionaries of them


class NotAllowed(ValueError):
    """A value that the type does not allow; the message says why."""


_known: dict[int, tuple[Any, TypeAdapter[Any], dict[str, Any]]] = {}
"""Identity of a type → the type, its validator and its schema: one with unhashable metadata cannot be a key itself, and is
kept so that no other gets its number."""
_MOST = 256


def _made(type_: Any) -> tuple[Any, TypeAdapter[Any], dict[str, Any]]:
    found = _known.get(id(type_))
    if found is None:
        validator = TypeAdapter(type_)
        if len(_known) >= _MOST:  # each reading of a notebook makes its types anew
            _known.clear()
        found = _known[id(type_)] = type_, validator, validator.json_schema()
    return found


def adapter(type_: Any) -> TypeAdapter[Any]:
    """The pydantic validator of a type, made once."""
    return _made(type_)[1]


def schema(type_: Any) -> dict[str, Any]:
    """The JSON schema of a type, made once; empty for Any."""
    return _made(type_)[2]


def literal(type_: Any, value: Any) -> Plain:
    """The value as the type has it (7 becomes 7.0 for a float), reduced to a literal that a cell can hold.

    Raises NotAllowed, saying why in one sentence.
    """
    _refuse_guessed_date(type_, value)
    try:
        valid = adapter(type_).validate_python(value)
        plain = adapter(type_).dump_python(valid, mode="json")
    except ValidationError as error:
        raise NotAllowed(_reason(error)) from None
    except (ArithmeticError, RecursionError, ValueError) as error:
        raise NotAllowed(reading.shortened(str(error), 80)) from None
    if isinstance(value, bool) and not isinstance(plain, bool):
        raise NotAllowed("a yes/no value where another kind is wanted")
    if not _is_finite(plain):
        raise NotAllowed("not a finite number")
    if not _is_writable(plain):
        raise NotAllowed("half a character, which no file can hold")
    return plain


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?")


def _refuse_guessed_date(type_: Any, value: Any) -> None:
    """A date is written as one: a number would be read as seconds since 1970."""
    if not _is_date(type_) or value is None or isinstance(value, datetime.date):
        return
    if not (isinstance(value, str) and _DAY.fullmatch(value.strip())):
        raise NotAllowed("write the day as 2024-01-31")


def _is_date(type_: Any) -> bool:
    kinds = [schema(type_), *schema(type_).get("anyOf", [])]
    return any(k.get("format") in ("date", "date-time") for k in kinds)


def from_text(type_: Any, text: str) -> Plain:
    """The literal that a text on the command line means for this type.

    The text itself is tried first (so that `007` stays text where text is wanted), then its meaning in YAML
    (numbers, true and false, `[a, b]`, null), then a list separated by commas.
    Raises NotAllowed, saying why the text itself does not fit.
    """
    attempts: list[Any] = []
    if text.strip().lower() in ("none", "null") and _admits_none(type_):
        return None
    if type_ is not Any:
        attempts.append(text)
    attempts.append(_yaml(text))
    if not text.lstrip().startswith(("[", "{")):
        parts = [part.strip() for part in text.split(",")] if text.strip() else []
        attempts += [parts, [_yaml(part) for part in parts]]
    reason = ""
    for attempt in attempts:
        try:
            return literal(type_, attempt)
        except NotAllowed as error:
            reason = reason or str(error)
    raise NotAllowed(reason)


def from_yaml(type_: Any, value: Any) -> Plain:
    """The literal that a value read from a YAML file means for this type: dates count as text too."""
    try:
        return literal(type_, value)
    except NotAllowed:
        if isinstance(value, datetime.date | datetime.datetime):
            return literal(type_, value.isoformat())
        raise


def is_type(kind: Any) -> bool:
    """Whether something can stand as the type of a parameter: a class, or a form such as list[int] or Literal["a"]."""
    return kind is Any or isinstance(kind, type) or get_origin(kind) is not None


def describe(type_: Any) -> str:
    """What the type allows, in words: `all or part`, `a number above 0`."""
    return _in_words(schema(type_))


def alternatives(type_: Any) -> list[Plain]:
    """The values of a type that lists them; empty for a type with bounds only."""
    found = schema(type_)
    if found.get("type") == "boolean":
        return [False, True]
    return list(found.get("enum", [found["const"]] if "const" in found else []))


def examples(type_: Any) -> list[Plain]:
    """The values that the author of a type names as worth trying (`Field(examples=[…])`); often none."""
    return list(schema(type_).get("examples", []))


def is_numeric(type_: Any) -> bool:
    """Whether the type holds numbers."""
    options = [schema(type_), *schema(type_).get("anyOf", [])]
    return bool({"number", "integer"} & {option.get("type") for option in options})


def _admits_none(type_: Any) -> bool:
    try:
        return literal(type_, None) is None
    except NotAllowed:
        return False


def _yaml(text: str) -> Any:
    with suppress(Exception):  # whatever the parser raises: then the text is text
        return reading.yaml_in(text)
    return text


def _is_writable(value: Any) -> bool:
    """Whether a file can hold the value's texts."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_finite(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, list):
        return all(map(_is_finite, value))
    return all(map(_is_finite, value.values())) if isinstance(value, dict) else True


def _reason(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    place = "".join(f"item {part + 1}: " if isinstance(part, int) else "" for part in first["loc"][:1])
    return place + first["msg"][:1].lower() + first["msg"][1:]


def _in_words(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_in_words(option) for option in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return ", ".join(map(str, values[:-1])) + (" or " if len(values) > 1 else "") + str(values[-1])
    kind = schema.get("type")
    if kind == "array":
        return f"a list of {_in_words(schema['items'])}" if schema.get("items") else "a list"
    if kind == "string" and "pattern" in schema:
        return f"text of the form {schema['pattern']}"
    names = {"number": "a number", "integer": "a whole number", "string": "text", "boolean": "true or false",
             "null": "none", "object": "a mapping"}  # fmt: skip
    text = names.get(str(kind), "any value")
    if schema.get("format") in ("date", "date-time"):
        text = "a date (YYYY-MM-DD)"
    return " ".join([text, " and ".join(_bounds(schema))]).strip()


def _bounds(schema: dict[str, Any]) -> list[str]:
    if "minimum" in schema and "maximum" in schema:
        return [f"from {_shortest(schema['minimum'])} to {_shortest(schema['maximum'])}"]
    words = {"exclusiveMinimum": "above", "minimum": "from", "exclusiveMaximum": "below", "maximum": "up to",
             "minLength": "longer than or equal to", "maxLength": "no longer than"}  # fmt: skip
    return [f"{word} {_shortest(schema[key])}" for key, word in words.items() if key in schema]


def _shortest(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else str(number)
