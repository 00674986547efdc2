"""README.md from nbs/index.ipynb: python .ci/readme.py [--check]

The notebook is run and converted with nbconvert. Three things are ours: directives for nbdev
(`#| hide`, `#| echo: false`) are followed and left out, relative links are turned from nbs/ to the
top level, and frames are shown as text, because styled HTML does not survive where a README is
read.
"""

import os
import re
import sys
from pathlib import Path, PurePosixPath

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from traitlets.config import Config

ROOT = Path(__file__).resolve().parents[1]
INDEX = ROOT / "nbs" / "index.ipynb"
DIRECTIVE = re.compile(r"^#\|\s*(.*)\n?", re.MULTILINE)
KINDS = ["text/markdown", "image/png", "text/plain"]
LINK = re.compile(r"""(\]\(|src="|href=")([^)"#\s]+)""")


def shown(cell: nbformat.NotebookNode) -> bool:
    "Not hidden by a directive"
    return "hide" not in DIRECTIVE.findall(cell.source)


def plain(cell: nbformat.NotebookNode) -> nbformat.NotebookNode:
    "The cell without directives; without its source where `echo: false` says so"
    silent = "echo: false" in DIRECTIVE.findall(cell.source)
    cell.source = "" if silent else DIRECTIVE.sub("", cell.source)
    return cell


def at_top(match: re.Match) -> str:
    "A link relative to nbs/, now relative to the top level; addresses stay"
    opening, target = match.groups()
    if "://" in target or target.startswith(("mailto:", "data:")):
        return match[0]
    return opening + str(PurePosixPath(os.path.normpath(PurePosixPath("nbs") / target)))


def render() -> str:
    "The text of README.md"
    notebook = nbformat.read(INDEX, as_version=4)
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute(cwd=str(INDEX.parent))
    notebook.cells = [plain(cell) for cell in notebook.cells if shown(cell)]
    exporter = MarkdownExporter(config=Config(NbConvertBase={"display_data_priority": KINDS}))
    body, _ = exporter.from_notebook_node(notebook)
    body = re.sub(r"```python\n+```\n", "", LINK.sub(at_top, body))
    lines = "\n".join(line.rstrip() for line in body.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


if __name__ == "__main__":
    readme, text = ROOT / "README.md", render()
    if "--check" not in sys.argv:
        readme.write_text(text, encoding="utf-8")
    elif not readme.is_file() or readme.read_text(encoding="utf-8") != text:
        sys.exit("README.md is not what nbs/index.ipynb renders to: run `make readme`")
