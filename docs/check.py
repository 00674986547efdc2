"""What must hold for the site: links lead somewhere, nothing is from outside, words are spelled"""

import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from spellchecker import SpellChecker

DOCS = Path(__file__).resolve().parent
LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
LOADS |= {"audio": "src", "embed": "src", "object": "data", "input": "src"}
RELATIONS = {"stylesheet", "preload", "prefetch", "preconnect", "icon", "modulepreload"}
STYLED = re.compile(r"""(?:url\(|@import\s+)\s*['"]?((?:https?:)?//[^'")\s]+)""")
# What is no prose: code, links' targets, directives, names in angle brackets, addresses
CODE = re.compile(r"^(```|:::).*?^\1\s*$", re.MULTILINE | re.DOTALL)
MARKED = re.compile(r"`+[^`]*`+|\]\([^)]*\)|\{[a-z-]+\}|<[^>]*>|https?://\S+|^\|?[-:| ]+$", re.M)
WORD = re.compile(r"[A-Za-z][A-Za-z'’]+")


class Page(HTMLParser):
    "What a page links to, what it loads, and which places it has"

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "link" and RELATIONS & set(given.get("rel", "").split()):
            self.loads.append(given["href"])
        if LOADS.get(tag) in given:
            self.loads.append(given[LOADS[tag]])
        self.loads += [part.split()[0] for part in given.get("srcset", "").split(",") if part]


def _target(link: str, page: Path, html: Path) -> tuple[Path, str] | None:
    "(file, place in it) that a link inside the site leads to; None for an address"
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return None
    path = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    return path / "index.html" if path.is_dir() else path, unquote(parts.fragment)


def links(pages: dict[Path, Page], html: Path) -> Iterator[str]:
    "A sentence for each link or file that is not there"
    for path, page in pages.items():
        for link in {*page.links, *page.loads}:
            if (found := _target(link, path, html)) is None:
                continue
            file, place = found
            if not file.is_file():
                yield f"{path.relative_to(html)}: {link} leads to no page"
            elif place and file in pages and place not in pages[file].ids:
                yield f"{path.relative_to(html)}: {link} leads to no place of its page"


def outside(pages: dict[Path, Page], html: Path) -> Iterator[str]:
    "A sentence for each thing that a page, a style or a drawing would load from a network"
    for path, page in pages.items():
        for load in page.loads:
            if urlsplit(load).netloc:
                yield f"{path.relative_to(html)}: loads {load}"
    for path in [*html.rglob("*.css"), *html.rglob("*.svg"), *pages]:
        for address in STYLED.findall(path.read_text("utf-8")):
            yield f"{path.relative_to(html)}: loads {address}"


def prose(text: str) -> str:
    "Markdown without what is no prose"
    return MARKED.sub(" ", CODE.sub(" ", text))


@cache
def words() -> SpellChecker:
    "English words and those of docs/words.txt"
    spell = SpellChecker(distance=1)
    spell.word_frequency.load_words((DOCS / "words.txt").read_text("utf-8").split())
    return spell


def misspelled(folder: Path) -> Iterator[str]:
    "A sentence for each word of the pages written by hand that no list holds"
    for path in sorted(folder.rglob("*.md")):
        found = {w.strip("'’") for w in WORD.findall(prose(path.read_text("utf-8")))}
        bare = {re.sub(r"['’]s?$", "", word).replace("’", "'") for word in found}
        for word in sorted(words().unknown(w for w in bare if not w.isupper())):
            place = f"docs/{path.relative_to(folder)}"
            yield f"{place}: “{word}” is in no word list; see docs/words.txt"


def doubts(html: Path) -> list[str]:
    "Everything in the pages below `html` that leads nowhere, or comes from outside"
    html = html.resolve()
    pages = {path: Page(path.read_text("utf-8")) for path in html.rglob("*.html")}
    return [*links(pages, html), *outside(pages, html)]
