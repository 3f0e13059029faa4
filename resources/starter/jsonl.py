"""JSON Lines in a few lines: Debian's python3-minimal has no json module. For the files that the generator writes."""

import re

TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|(true|false|null)|([\[\]{},:]))')
ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
WORDS = {"true": True, "false": False, "null": None}


def dumps(value):
    if isinstance(value, str):
        return '"' + re.sub(r'[\\"\x00-\x1f\x7f-\uffff]', escaped, value) + '"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dumps(str(key))}: {dumps(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(dumps, value)) + "]"
    return {True: "true", False: "false", None: "null"}[value] if value is None or isinstance(value, bool) else repr(value)


def escaped(match):
    short = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return short.get(match[0], f"\\u{ord(match[0]):04x}")


def loads(text):
    value, end = parsed(text, 0)
    if text[end:].strip():
        raise ValueError(f"JSON goes on after its end: {text[end:end + 40]!r}")
    return value


def token(text, at):
    match = TOKEN.match(text, at)
    if not match:
        raise ValueError(f"no JSON at character {at}: {text[at:at + 40]!r}")
    return match


def parsed(text, at):
    """(value, where it ends)."""
    match = token(text, at)
    string, number, word, mark = match.groups()
    if string is not None:
        return re.sub(r"\\(u([0-9a-fA-F]{4})|.)", lambda m: chr(int(m[2], 16)) if m[2] else ESCAPES[m[1]], string[1:-1]), match.end()
    if number is not None:
        return (float(number) if re.search(r"[.eE]", number) else int(number)), match.end()
    if word is not None:
        return WORDS[word], match.end()
    if mark not in "[{":
        raise ValueError(f"unexpected {mark!r} at character {at} of JSON")
    close, items, at = "]" if mark == "[" else "}", [], match.end()
    first = token(text, at)
    if first[4] == close:
        return ([] if mark == "[" else {}), first.end()
    while True:
        if mark == "{":
            key, at = parsed(text, at)
            at = token(text, at).end()  # the colon
        value, at = parsed(text, at)
        items.append(value if mark == "[" else (key, value))
        end = token(text, at)
        at = end.end()
        if end[4] == close:
            return (items if mark == "[" else dict(items)), at


def read(path):
    """The records of a file."""
    with open(path, encoding="utf-8") as file:
        return [loads(line) for line in file if line.strip()]
