"""The report in a browser: offline, without errors, with hostile text as text, on a phone too

Needs Chromium and its driver (Debian: chromium, chromium-driver); skipped where there are none.
"""

import json
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
import vl_convert
from conftest import EXAMPLES, HARBOUR, ROOT, run_here

from negotiations_study import Tables
from negotiations_study.coding.decisions import read_corrections
from negotiations_study.corpus.tables import build_tables
from negotiations_study.running.reviewing import open_review, served
from negotiations_study.showing.linked import linked_charts
from negotiations_study.showing.review import review_items

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage
--disable-extensions --host-resolver-rules=MAP\t*\t~NOTFOUND,EXCLUDE\t127.0.0.1""".split()

HOSTILE = """PORT ALDER, March 9, 2021 – Coast Wire. Headline <script>window.pwned = 1</script>

The dockers' union said that it would negotiate only if <script>window.pwned = 2</script> the \
forty "><img src=x onerror="window.pwned = 3"> drivers were reinstated </script><b>now</b>.

“=cmd|' /C calc'!A0 is one condition for talks,” Mara Lindqvist, chairwoman of the union, said. \
She added that {{ 7 * 7 }} and &lt;script&gt; and javascript:window.pwned=4 were “not \
<svg/onload=window.pwned=5> on the table”, and that the union would talk only if the fines were \
dropped.
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    "Chromium without a network, which records what it asks for and what it logs"
    if not (CHROMIUM and DRIVER):
        pytest.skip("no Chromium with its driver on this machine")
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path_factory.mktemp("profile")
    for flag in [*(f.replace("\t", " ") for f in FLAGS), f"--user-data-dir={profile}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = Chrome(options=options, service=ChromeService(executable_path=DRIVER))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    "The report of a run on an article that tries to be a program"
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "articles").mkdir()
    (folder / "articles" / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    shutil.copy(EXAMPLES / "strike_june.txt", folder / "articles")
    code, out, err = run_here(folder, "articles", "--outputs", "out", *HARBOUR, notebooks=())
    assert code == 0, out + err
    return page(folder / "out")


def page(outputs: Path) -> Path:
    "The one page of the report"
    (found,) = (outputs / "report").glob("*.html")
    return found


def show(driver, path: Path, width: int = 1280, height: int = 900) -> None:
    "Open `path` at a width that no window can have: as the device says, not the window"
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    driver.get_log("browser"), driver.get_log("performance")
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    driver.get(path.as_uri())


def requests(driver) -> list[str]:
    "Addresses that were asked for, the browser's own pages apart"
    events = [json.loads(e["message"])["message"] for e in driver.get_log("performance")]
    sent = [e["params"] for e in events if e["method"] == "Network.requestWillBeSent"]
    return [u for e in sent if not (u := e["request"]["url"]).startswith("chrome:")]


def complaints(driver) -> list[str]:
    return [e["message"] for e in driver.get_log("browser") if e["level"] in ("SEVERE", "WARNING")]


def sideways(driver) -> int:
    "Pixels by which the page is wider than what shows it"
    root = "document.documentElement"
    return driver.execute_script(f"return {root}.scrollWidth - {root}.clientWidth")


def prefer(driver, scheme: str) -> None:
    "Light or dark, as the reader's system says"
    feature = {"name": "prefers-color-scheme", "value": scheme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})


def axe(driver, options: dict) -> dict:
    "What axe-core finds on the page that is shown"
    script = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
    driver.execute_script(script)
    driver.set_script_timeout(120)
    return driver.execute_async_script("axe.run(arguments[0]).then(arguments[1])", options)


def click(driver, element) -> None:
    "A click of the mouse, where the element is"
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def shown_rows(driver) -> int:
    return sum(r.is_displayed() for r in driver.find_elements("css selector", "tr[data-tags]"))


def seen(driver, element) -> bool:
    "Whether the element stands inside the window"
    js = (
        "const r = arguments[0].getBoundingClientRect(); return r.bottom > 0 && r.top < innerHeight"
    )
    return element.is_displayed() and driver.execute_script(js, element)


@pytest.mark.hostile
@pytest.mark.slow
def test_report_opens_without_network_and_without_errors(browser, seeds_run: Path):
    report = page(seeds_run)
    show(browser, report)
    asked = requests(browser)
    assert report.as_uri() in asked
    assert not [u for u in asked if not u.startswith(("file:", "data:", "blob:"))]
    assert not complaints(browser)
    assert len(browser.find_elements("tag name", "h1")) == 1


@pytest.mark.slow
@pytest.mark.parametrize("width", [355, 390, 768, 1280])
def test_report_does_not_scroll_sideways(browser, seeds_run: Path, width: int):
    show(browser, page(seeds_run), width=width)
    assert sideways(browser) <= 0


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
def test_report_shows_charts_with_words_for_them(browser, seeds_run: Path, width: int):
    show(browser, page(seeds_run), width=width)
    charts = browser.find_elements("css selector", "figure img, figure svg")
    shown = [chart for chart in charts if chart.is_displayed()]
    assert shown
    for chart in shown:
        assert chart.size["width"] > 200
        words = chart.get_attribute("alt") or chart.get_attribute("aria-label")
        assert words or chart.find_elements("css selector", "title, desc")


@pytest.mark.hostile
@pytest.mark.slow
def test_text_of_an_article_stays_text(browser, hostile_page: Path):
    show(browser, hostile_page)
    assert browser.execute_script("return window.pwned") is None
    assert not complaints(browser)
    assert not [u for u in requests(browser) if not u.startswith(("file:", "data:", "blob:"))]
    shown = browser.find_element("tag name", "body").text
    assert "<script>window.pwned" in shown
    assert "{{ 7 * 7 }}" in shown
    assert not browser.find_elements("css selector", "img[src='x'], [onerror], [onload]")
    assert sideways(browser) <= 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("width", "scheme", "options", "least"),
    [
        (1280, "light", {}, 20),
        (1280, "dark", {"runOnly": ["color-contrast"]}, 0),  # nothing but colours differs
        (355, "light", {"rules": {"color-contrast": {"enabled": False}}}, 20),  # and here all else
    ],
)
def test_report_is_accessible(browser, seeds_run: Path, width, scheme, options, least):
    "axe-core finds nothing against WCAG 2.2 AA or its best practices"
    prefer(browser, scheme)
    show(browser, page(seeds_run), width=width)
    found = axe(browser, options)
    prefer(browser, "light")
    told = [
        (v["id"], v["impact"], [n["target"] for n in v["nodes"]][:3]) for v in found["violations"]
    ]
    assert not told
    assert len(found["passes"]) > least


@pytest.mark.slow
def test_a_phone_is_told_where_to_scroll(browser, seeds_run: Path):
    show(browser, page(seeds_run), width=355)
    figures = [f for f in browser.find_elements("tag name", "figure") if f.is_displayed()]
    wide = [f for f in figures if f.find_element("css selector", ".hint").is_displayed()]
    inner = "const s = arguments[0].querySelector('.scroll'); return s.scrollWidth > s.clientWidth"
    assert [f.id for f in figures if browser.execute_script(inner, f)] == [f.id for f in wide]
    assert wide and len(wide) < len(figures)
    show(browser, page(seeds_run), width=1280)
    assert not [h for h in browser.find_elements("css selector", ".hint") if h.is_displayed()]


@pytest.mark.slow
def test_files_beside_the_page_are_there(browser, seeds_run: Path):
    show(browser, page(seeds_run))
    links = browser.find_elements("css selector", "a[download]")
    paths = [page(seeds_run).parent / link.get_dom_attribute("href") for link in links]
    assert len(paths) > 30 and all(path.is_file() for path in paths)


@pytest.mark.slow
def test_a_mark_leads_to_its_sentence(browser, seeds_run: Path):
    show(browser, page(seeds_run))
    links = browser.find_elements("css selector", "#charts ~ figure svg a[href^='#text-']")
    assert len(links) > 20
    link = next(a for a in links if a.is_displayed())
    target = (
        link.get_attribute("href")["baseVal"]
        if isinstance(link.get_attribute("href"), dict)
        else None
    )
    target = target or browser.execute_script("return arguments[0].getAttribute('href')", link)
    browser.execute_script(
        "arguments[0].dispatchEvent(new MouseEvent('click', {bubbles: true}))", link
    )
    assert browser.execute_script("return location.hash") == target
    mark = browser.execute_script("return document.querySelector(':target')")
    assert mark.text.strip() and seen(browser, mark)


@pytest.mark.slow
def test_filters_by_mouse(browser, seeds_run: Path):
    show(browser, page(seeds_run))
    n, chips = (
        shown_rows(browser),
        browser.find_elements("css selector", "[data-facet='side'][data-tag]"),
    )
    assert n > 20 and len(chips) > 1
    assert f"{n} of {n}" in browser.find_element("id", "count").text
    click(browser, chips[0])
    assert chips[0].get_attribute("aria-pressed") == "false"
    left = shown_rows(browser)
    assert 0 < left < n
    assert f"{left} of {n}" in browser.find_element("id", "count").text
    assert browser.find_elements("css selector", ".off")
    for chip in chips[1:]:
        click(browser, chip)
    assert shown_rows(browser) == 0
    assert "No row has this combination" in browser.find_element("id", "count").text
    click(browser, browser.find_element("id", "reset"))
    assert shown_rows(browser) == n and not browser.find_elements("css selector", ".off")


@pytest.mark.slow
@pytest.mark.parametrize("facet", ["theme", "kind", "outlet"])
def test_one_value_of_a_facet(browser, seeds_run: Path, facet: str):
    show(browser, page(seeds_run))
    none = browser.find_element("css selector", f"[data-none='{facet}']")
    click(browser, none)
    chip = browser.find_elements("css selector", f"[data-facet='{facet}'][data-tag]")[0]
    click(browser, chip)
    tag = chip.get_attribute("data-tag")
    rows = [r for r in browser.find_elements("css selector", "tr[data-tags]") if r.is_displayed()]
    facets = [
        [t for t in r.get_attribute("data-tags").split() if t.startswith(facet)] for r in rows
    ]
    assert rows and all(t in ([], [tag]) for t in facets) and [tag] in facets


@pytest.mark.slow
def test_filters_by_keyboard(browser, seeds_run: Path):
    from selenium.webdriver.common.keys import Keys

    show(browser, page(seeds_run))
    n = shown_rows(browser)
    search = browser.find_element("id", "search")
    search.send_keys("zzz-no-such-word")
    assert shown_rows(browser) == 0
    search.send_keys(Keys.TAB)
    reset = browser.switch_to.active_element
    assert reset.get_attribute("id") == "reset"
    reset.send_keys(Keys.ENTER)
    assert shown_rows(browser) == n
    chip = browser.find_elements("css selector", "[data-facet='side'][data-tag]")[0]
    browser.execute_script("arguments[0].focus()", chip)
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    assert chip.get_attribute("aria-pressed") == "false" and shown_rows(browser) < n


@pytest.mark.slow
def test_a_cited_row_is_shown_whatever_the_filters_say(browser, seeds_run: Path):
    show(browser, page(seeds_run))
    row = browser.find_elements("css selector", "tr[data-tags]")[5]
    address = row.find_element("css selector", ".cite").get_attribute("href")
    click(browser, browser.find_element("css selector", "[data-none='theme']"))
    browser.execute_script("location.hash = arguments[0]", "#" + address.split("#")[1])
    assert seen(browser, row)
    browser.get("about:blank")
    browser.get(address)
    target = browser.execute_script("return document.querySelector(':target')")
    assert target.tag_name == "tr" and seen(browser, target)
    assert target.value_of_css_property("outline-style") == "solid"


@pytest.mark.slow
def test_page_without_scripts_shows_every_row(browser, seeds_run: Path):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, page(seeds_run))
        assert not browser.find_element("id", "filters").is_displayed()
        rows = browser.find_elements("css selector", "tr[data-tags]")
        assert rows and all(r.is_displayed() for r in rows)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.slow
def test_dark_and_light_differ(browser, seeds_run: Path):
    paper = []
    for scheme in ("light", "dark"):
        prefer(browser, scheme)
        show(browser, page(seeds_run))
        paper.append(
            browser.find_element("tag name", "body").value_of_css_property("background-color")
        )
    prefer(browser, "light")
    assert paper[0] != paper[1]


@pytest.mark.slow
def test_print_form(browser, seeds_run: Path):
    show(browser, page(seeds_run))
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not browser.find_element("tag name", "nav").is_displayed()
        assert not browser.find_element("id", "filters").is_displayed()
        assert browser.find_element("css selector", "tr[data-tags]").is_displayed()
        pdf = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
        assert len(pdf) > 100_000
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def press(driver, *keys: str) -> None:
    "Keys, one after the other, wherever the focus is"
    from selenium.webdriver import ActionChains

    for key in keys:
        ActionChains(driver).send_keys(key).perform()


def until(driver, what) -> None:
    "Wait until `what` is so, ten seconds at most"
    from selenium.webdriver.support.wait import WebDriverWait

    WebDriverWait(driver, 10, 0.05).until(lambda _: what())


def test_the_other_charts_follow_a_click_on_a_side(browser, tmp_path: Path):
    "Of the themes the side's are lit, in time only its rows stand; a double click ends it"
    from selenium.webdriver import ActionChains

    def marks(kind: str) -> list[dict[str, str]]:
        js = "return [...document.querySelectorAll(`[aria-roledescription=${arguments[0]}]`)]"
        labels = browser.execute_script(f"{js}.map(mark => mark.ariaLabel)", kind)
        return [dict(part.split(": ", 1) for part in label.split("; ")) for label in labels]

    def counted(by: str) -> int:  # grey bars, and those that are lit
        return sum(int(bar["conditions"]) for bar in marks("bar") if by in bar)

    tables = Tables.read(ROOT / "outputs" / "study" / "tables")
    html = vl_convert.vegalite_to_html(linked_charts(tables).to_json(), bundle=True, renderer="svg")
    (tmp_path / "linked.html").write_text(html, "utf-8")
    show(browser, tmp_path / "linked.html")
    until(browser, lambda: marks("point"))
    every, bar = marks("point"), max(marks("bar"), key=lambda bar: "side" in bar)
    total, side, n = counted("theme") // 2, bar["side"], int(bar["conditions"])
    found = browser.find_elements("css selector", f"[aria-label='conditions: {n}; side: {side}']")
    ActionChains(browser).click(found[-1]).perform()
    until(browser, lambda: len(marks("point")) < len(every))
    assert marks("point") == [point for point in every if point["side"] == side]
    assert (counted("theme"), counted("side")) == (total + n, 2 * total)
    ActionChains(browser).double_click(found[-1]).perform()
    until(browser, lambda: len(marks("point")) == len(every))
    assert all(u.startswith(("file:", "data:", "blob:")) for u in requests(browser))


@pytest.mark.slow
def test_a_review_by_keyboard_is_written_and_applied(browser, hostile_page: Path):
    "Ten decisions, one of them taken back and one by selection, on an article that is a program"
    from selenium.webdriver import ActionChains, Keys

    run, articles = hostile_page.parents[1], hostile_page.parents[2] / "articles"
    found, kept = open_review(run, who="ann"), articles / "corrections.csv"
    said = lambda: browser.find_element("css selector", ".said").text  # noqa: E731
    with served(found) as address:
        browser.get_log("browser"), browser.get_log("performance")
        browser.get(address)
        until(browser, lambda: browser.find_elements("css selector", ".review .text"))
        count = len(found.items)
        assert browser.execute_script("return document.activeElement.className") == "text"
        tables = [item["id"].split(":")[1][0] for item in found.items]
        press(browser, *"s" * tables.index("c"))  # the first that is a row already
        press(browser, "k", "2")  # another kind, and it is right
        press(browser, "c", "a wish", Keys.ENTER, "a")
        until(browser, lambda: "accepted" in said())
        press(browser, *"rrrr")
        until(browser, lambda: kept.read_text("utf-8").count(",row,") == 5)
        press(browser, "u")
        until(browser, lambda: "taken back" in said())
        assert kept.read_text("utf-8").count(",row,") == 4
        press(browser, *"sp", "g", Keys.HOME, Keys.ARROW_DOWN, Keys.ENTER)
        until(browser, lambda: "changed" in said() or "accept it" in said())
        press(browser, "a")
        press(browser, Keys.ARROW_RIGHT)
        held = ActionChains(browser).key_down(Keys.SHIFT).send_keys(Keys.ARROW_RIGHT * 2)
        held.key_up(Keys.SHIFT).perform()
        chosen = said()
        press(browser, "n", "1", "2")
        until(browser, lambda: "added" in said())
        assert chosen in said() and len(chosen.split()) == 3
        first, last = (
            browser.find_elements("css selector", ".text span")[n] for n in (8, 12)
        )  # by mouse
        drag = ActionChains(browser).move_to_element_with_offset(
            first, -first.size["width"] // 2 + 1, 0
        )
        drag.click_and_hold().move_to_element(last).release().perform()
        press(browser, "n", "2", "3")
        until(
            browser, lambda: browser.find_element("css selector", "dd").text == "Alder Port Company"
        )
        js = "return [document.querySelector('.text').textContent, window.pwned]"
        assert browser.execute_script(js)[1] is None
        shown = axe(browser, {})["violations"]
        assert not shown, [v["id"] for v in shown]
        assert not complaints(browser)
        assert all(u.startswith((address, "data:")) for u in requests(browser))
        assert sideways(browser) <= 0
    lines = read_corrections(kept)
    assert not lines.problems and {line.who for line in lines.lines} == {"ann"}
    assert [line.why for line in lines.lines if line.why] == ["a wish"]
    asked = {"codebook": "harbour", "before": "2021-03", "after": "2021-06"}
    made = build_tables(articles, **asked, corrections=lines)
    assert made.errors.is_empty()
    coders = made.conditions["coder"].to_list()
    own = made.conditions.filter(coder="person")
    assert chosen in own["text"].to_list() and own.filter(holder_id="company").height == 1
    assert any(c.endswith("+person") for c in coders)
    assert count == len(review_items(found.tables))
