"""CloudWatch Logs Insights over the lines that functions wrote: as much of its language as the README's queries use."""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

type Line = dict[str, Any]
type Test = Callable[[Line], bool]

_WORD = re.compile(r'\s*("[^"]*"|[@\w]+|!=|[=(),])')


def ask(query: str, lines: Iterable[str]) -> list[Line]:
    """The answer to `query`: of each line that it finds, the fields that it asks for and that the line has."""
    found = [read for line in lines if (read := _read(line)) is not None]
    fields: list[str] = []
    for number, command in enumerate(part.strip() for part in query.split("|")):
        name, _, rest = command.partition(" ")
        match name:
            case "fields" if number == 0:
                fields = [one.strip() for one in rest.split(",")]
            case "filter":
                test = _test(rest)
                found = [line for line in found if test(line)]
            case "sort" if rest == "@timestamp asc":
                found.sort(key=lambda line: str(line["timestamp"]))
            case _:
                raise NotImplementedError(f"{command} is not known here")
    names = {"@timestamp": "timestamp"}
    return [
        {field: line[names.get(field, field)] for field in fields if names.get(field, field) in line} for line in found
    ]


def _read(line: str) -> Line | None:
    try:
        read = json.loads(line)
    except ValueError:
        return None
    return read if isinstance(read, dict) and "timestamp" in read else None


def _test(text: str) -> Test:
    words = _WORD.findall(text)
    test = _either(words)
    if words:
        raise NotImplementedError(f"{words[0]} is not known here")
    return test


def _either(words: list[str]) -> Test:
    tests = [_both(words)]
    while words and words[0] == "or":
        words.pop(0)
        tests.append(_both(words))
    return lambda line: any(test(line) for test in tests)


def _both(words: list[str]) -> Test:
    tests = [_one(words)]
    while words and words[0] == "and":
        words.pop(0)
        tests.append(_one(words))
    return lambda line: all(test(line) for test in tests)


def _one(words: list[str]) -> Test:
    word = words.pop(0)
    if word == "(":
        test = _either(words)
        words.pop(0)
        return test
    if word == "ispresent":
        _, field, _ = (words.pop(0) for _ in range(3))
        return lambda line: field in line
    operator, value = words.pop(0), json.loads(words.pop(0))
    if operator not in ("=", "!="):
        raise NotImplementedError(f"{operator} is not known here")
    return lambda line: (line.get(word) == value) is (operator == "=")
