"""Sphinx on what docs/build.py has laid out; nothing that a page needs comes from outside"""

from negotiations_study import __version__

project = "negotiations_study"
author = "The negotiations_study authors"
copyright = f"{author}, Apache-2.0 for text and code, not for quoted articles"
version = release = __version__
extensions = ["myst_nb"]
html_theme = "furo"
html_title = f"negotiations_study {version}"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = html_show_sourcelink = False
nb_execution_mode = "off"  # notebooks are run by the tests and keep what they show
nb_ipywidgets_js = {}  # no widgets, and their scripts would come from a network
nb_merge_streams = True
nb_code_prompt_show, nb_code_prompt_hide = "Imports", "Imports"  # the only cells that are folded
nb_render_markdown_format = "myst"
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
# Notebooks are found from their page: the tree beside every page would be longer than the pages
suppress_warnings = ["toc.not_included", "misc.highlighting_failure", "myst.header"]
