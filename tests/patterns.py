"""Every regular expression of the package, how it is used, and how many steps a match costs.

A pattern is collected with the methods that the package calls on it; one that is handed on counts
as searched. Steps are those of a plain backtracking matcher over the tree that Python makes of the
pattern: the same on every machine, which seconds are not. Whatever a bound says, it is taken as
`SMALL`, so that short strings tell a bounded repetition from an unbounded one.
"""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import _constants as op
from re import _parser as parser
from typing import NamedTuple

import negotiations_study

HOME = Path(negotiations_study.__file__).parent
METHODS = {"search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"}
STARTS_ANYWHERE = METHODS - {"match", "fullmatch"}
SMALL = 3
PIECES = [
    *'aA1é ._-([<@“’"\n\t*#:‘',
    *(
        "a ",
        "A ",
        "A. ",
        "1 ",
        "1/",
        "a@",
        "a-",
        "http://a ",
        "A\n",
        "\n\n",
        "<a ",
        "&a",
        "a, ",
        "1, ",
    ),
    *(
        "— ",
        "| ",
        "( )",
        "Aa ",
        "the ",
        " \n",
        "“a” ",
        "s’ ",
        ". (",
        "a@b.",
        "12:30 ",
        "19 May ",
        "A, ",
    ),
]


class Use(NamedTuple):
    "A pattern of the package"

    name: str
    pattern: re.Pattern
    anywhere: bool  # tried at every offset, not at one


def _called(tree: ast.AST) -> Iterator[tuple[str, str]]:
    "Names of patterns with the methods called on them; `search` where a name is handed on"
    owned = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.attr in METHODS | {"pattern"}:
                owned.add(node.value)
                yield node.value.id, node.attr
    for loop in ast.walk(tree):  # what is done with what a name holds is done in the loop
        if isinstance(loop, (ast.comprehension, ast.For)) and isinstance(loop.iter, ast.Name):
            owned.add(loop.iter)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in owned:
            yield node.id, "search"


def _written(tree: ast.AST) -> Iterator[tuple[str, re.Pattern]]:
    "Patterns written where they are used: re.METHOD(r'…', …)"
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        where, first = node.func.value, node.args[0] if node.args else None
        named = isinstance(where, ast.Name) and where.id == "re" and node.func.attr in METHODS
        if named and isinstance(first, ast.Constant) and isinstance(first.value, str):
            flags = re.M if ast.unparse(node).endswith((", re.M)", "re.MULTILINE)")) else 0
            yield node.func.attr, re.compile(first.value, flags)


def _held(value: object) -> Iterator[re.Pattern]:
    "The patterns in the value of a module's name"
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        yield from (
            p for v in (value.values() if isinstance(value, dict) else value) for p in _held(v)
        )


def uses() -> list[Use]:
    "Every pattern of the package, once"
    found: dict[tuple[str, int], Use] = {}

    def keep(name: str, pattern: re.Pattern, methods: set[str]) -> None:
        anywhere = bool(methods & STARTS_ANYWHERE)
        key = (pattern.pattern, pattern.flags)
        if key not in found or anywhere > found[key].anywhere:
            found[key] = Use(name, pattern, anywhere)

    files = [p for p in sorted(HOME.rglob("*.py")) if "analysis" not in p.parts]
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in files}
    methods: dict[str, set[str]] = {}
    for path, tree in trees.items():
        local = path.stem
        for name, method in (*_called(tree), *_looped(tree)):
            methods.setdefault(f"{local}.{name}" if name.startswith("_") else name, set()).add(
                method
            )
        for method, pattern in _written(tree):
            keep(f"{local}: re.{method}", pattern, {method})
    for info in pkgutil.walk_packages([str(HOME)], "negotiations_study."):
        if ".analysis" in info.name or info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            local = f"{info.name.rpartition('.')[2]}.{name}"
            for pattern in _held(value):
                called = methods.get(local if name.startswith("_") else name, set()) - {"pattern"}
                keep(local, pattern, called)
    return sorted(found.values(), key=lambda use: (use.name, use.pattern.pattern))


def _looped(tree: ast.AST) -> Iterator[tuple[str, str]]:
    "Names that a loop runs over, with the methods called in it on what they yield"
    for node in ast.walk(tree):
        loops = getattr(node, "generators", [node] if isinstance(node, ast.For) else [])
        for loop in loops:
            if isinstance(loop.iter, ast.Name):
                each = {n.id for n in ast.walk(loop.target) if isinstance(n, ast.Name)}
                yield from ((loop.iter.id, m) for one, m in _called(node) if one in each)


class TooMany(Exception):
    "The matcher took more steps than it may"


def _category(code: int, char: str) -> bool:
    "Whether `char` is of the category \\d, \\s or \\w (or is not)"
    name = str(code).rpartition("_")[2]
    known = {
        "DIGIT": str.isdecimal,
        "SPACE": str.isspace,
        "WORD": lambda c: c.isalnum() or c == "_",
    }
    return known[name](char) != ("_NOT_" in str(code))


def _is_in(items: list, char: str, fold: bool) -> bool:
    "Whether `char` is in a set as the parser writes it"
    if fold:
        return any(_is_in(items, c, False) for c in {char.lower(), char.upper()})
    negated, found, code = False, False, ord(char)
    for kind, value in items:
        if kind is op.NEGATE:
            negated = True
        elif kind is op.LITERAL:
            found |= code == value
        elif kind is op.RANGE:
            found |= value[0] <= code <= value[1]
        else:
            found |= _category(value, char)
    return found != negated


@cache
def tree_of(pattern: re.Pattern) -> list:
    "What Python makes of a pattern"
    return list(parser.parse(pattern.pattern, pattern.flags))


class Steps:
    "A backtracking matcher that counts what it does"

    def __init__(self, pattern: re.Pattern, text: str, most: int) -> None:
        self.text, self.most, self.count, self.groups = text, most, 0, {}
        self.fold = bool(pattern.flags & re.I)
        self.lines = bool(pattern.flags & re.M)
        self.tree = tree_of(pattern)

    def at(self, start: int) -> int | None:
        "Where a match from `start` ends"
        return self.run(self.tree, 0, start, lambda end: end)

    def single(self, node, i: int) -> bool | None:
        "Whether the one character at `i` fits a node of width one; None for any other node"
        kind, value = node
        char = self.text[i : i + 1]
        same = (lambda a, b: a.lower() == b.lower()) if self.fold else str.__eq__
        if kind is op.LITERAL:
            return bool(char) and same(char, chr(value))
        if kind is op.NOT_LITERAL:
            return bool(char) and not same(char, chr(value))
        if kind is op.ANY:
            return bool(char) and char != "\n"
        if kind is op.IN:
            return bool(char) and _is_in(value, char, self.fold)
        return None

    def position(self, where, i: int) -> bool:
        "Whether an anchor holds at `i`"
        text, end = self.text, len(self.text)
        if where is op.AT_BEGINNING:
            return i == 0 or (self.lines and text[i - 1] == "\n")
        if where is op.AT_BEGINNING_STRING:
            return i == 0
        if where is op.AT_END:
            return i >= end - (text[-1:] == "\n") or (self.lines and text[i] == "\n")
        if where is op.AT_END_STRING:
            return i == end
        word = [c.isalnum() or c == "_" for c in (text[i - 1 : i] if i else "", text[i : i + 1])]
        return (word[0] != word[1]) == (where is op.AT_BOUNDARY)

    def run(self, nodes, n: int, i: int, then):
        "Match `nodes` from the `n`th at `i`, then `then`"
        self.count += 1
        if self.count > self.most:
            raise TooMany
        if n == len(nodes):
            return then(i)
        kind, value = nodes[n]
        fits = self.single(nodes[n], i)
        if fits is not None:
            return self.run(nodes, n + 1, i + 1, then) if fits else None
        rest = lambda j: self.run(nodes, n + 1, j, then)  # noqa: E731
        if kind is op.AT:
            return rest(i) if self.position(value, i) else None
        if kind is op.BRANCH:
            return next(
                (e for b in value[1] if (e := self.run(list(b), 0, i, rest)) is not None), None
            )
        if kind is op.SUBPATTERN:
            return self.run(list(value[3]), 0, i, lambda j: self.close(value[0], i, j, rest))
        if kind is op.ATOMIC_GROUP:
            end = self.run(list(value), 0, i, lambda j: j)
            return None if end is None else rest(end)
        if kind in (op.ASSERT, op.ASSERT_NOT):
            return rest(i) if self.looks(value, i) == (kind is op.ASSERT) else None
        if kind is op.GROUPREF:
            held = self.groups.get(value)
            return (
                rest(i + len(held)) if held is not None and self.text.startswith(held, i) else None
            )
        if kind is op.GROUPREF_EXISTS:
            chosen = value[1] if self.groups.get(value[0]) is not None else value[2]
            return self.run(list(chosen or []), 0, i, rest)
        low, high, inner = value
        low, high = min(low, SMALL), high if high is op.MAXREPEAT else min(high, max(SMALL, low))
        if kind is op.POSSESSIVE_REPEAT:
            end = self.repeat(list(inner), low, high, i, op.MAX_REPEAT, lambda j: j)
            return None if end is None else rest(end)
        return self.repeat(list(inner), low, high, i, kind, rest)

    def close(self, group, start: int, end: int, rest):
        "Go on with what a group holds"
        before = self.groups.get(group)
        self.groups[group] = self.text[start:end]
        found = rest(end)
        if found is None:
            self.groups[group] = before
        return found

    def looks(self, value, i: int) -> bool:
        "Whether a look ahead or behind finds what it looks for"
        way, inner = value
        if way > 0:
            return self.run(list(inner), 0, i, lambda j: j) is not None
        wide = inner.getwidth()[0]
        return (
            i >= wide
            and self.run(list(inner), 0, i - wide, lambda j: j if j == i else None) is not None
        )

    def repeat(self, inner, low: int, high, i: int, kind, rest):
        "Match `inner` as often as `kind` wants, then `rest`"
        most = len(self.text) + 1 if high is op.MAXREPEAT else high
        if len(inner) == 1 and self.single(inner[0], i) is not None:
            far = i
            while kind is op.MAX_REPEAT and far - i < most and self.single(inner[0], far):
                self.count, far = self.count + 1, far + 1
            while kind is op.MAX_REPEAT and far - i >= low:
                if (end := rest(far)) is not None:
                    return end
                far -= 1
            while kind is op.MIN_REPEAT and far - i <= most:
                if far - i >= low and (end := rest(far)) is not None:
                    return end
                if not self.single(inner[0], far):
                    return None
                far += 1
            return None

        def again(j: int, done: int):
            more = lambda k: again(k, done + 1) if k > j or done < low else None  # noqa: E731
            enough = done >= low
            if enough and kind is op.MIN_REPEAT and (end := rest(j)) is not None:
                return end
            if done < most and (end := self.run(inner, 0, j, more)) is not None:
                return end
            return rest(j) if enough and kind is op.MAX_REPEAT else None

        return again(i, 0)


def steps(use: Use, text: str, most: int) -> int:
    "Steps that `use` takes over `text`: at one offset, or at every one that no match covers"
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 20_000))
    matcher, at = Steps(use.pattern, text, most), 0
    try:
        end = matcher.at(0)
        while use.anywhere and at < len(text):
            at = max(at + 1, end or 0)
            end = matcher.at(at)
    except TooMany:
        pass
    return matcher.count


def _endless(use: Use) -> bool:
    "Whether anything in the pattern may be repeated without a bound"
    return "MAXREPEAT" in repr(tree_of(use.pattern))


def hard_for(use: Use, n: int = 20) -> list[str]:
    "Repeated pieces on which twice the length takes `use` more than about twice the steps"
    found = []
    for piece in PIECES if _endless(use) else ():
        one, two = ((piece * n)[:n], (piece * (2 * n))[: 2 * n])
        few = max(steps(use, s, 10**6) for s in (one, one + "\0"))
        many = max(steps(use, s, 3 * few + 300) for s in (two, two + "\0"))
        if many > 2.6 * few + 100:
            found.append(piece)
    return found
