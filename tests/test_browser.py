"""The report in a browser: offline, without errors, with hostile text as text, on a phone too

Needs Chromium and its driver (Debian: chromium, chromium-driver); skipped where there are none.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import EXAMPLES, cli

pytestmark = pytest.mark.browser

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run
--disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage
--disable-extensions --host-resolver-rules=MAP\t*\t~NOTFOUND""".split()

HOSTILE = """PORT ALDER, March 9, 2021 – Coast Wire. Headline <script>window.pwned = 1</script>

The dockers' union said that it would negotiate only if <script>window.pwned = 2</script> the \
forty "><img src=x onerror="window.pwned = 3"> drivers were reinstated </script><b>now</b>.

“=cmd|' /C calc'!A0 is one condition for talks,” Mara Lindqvist, chairwoman of the union, said. \
She added that {{ 7 * 7 }} and &lt;script&gt; and javascript:window.pwned=4 were “not \
<svg/onload=window.pwned=5> on the table.”
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
    options = "--codebook harbour --before 2021-03 --after 2021-06".split()
    done = cli("run", "articles", "--outputs", "out", *options, cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
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
@pytest.mark.parametrize("width", [360, 390, 768, 1280])
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


@pytest.mark.slow
def test_text_of_an_article_stays_text(browser, hostile_page: Path):
    show(browser, hostile_page)
    assert browser.execute_script("return window.pwned") is None
    assert not complaints(browser)
    assert not [u for u in requests(browser) if not u.startswith(("file:", "data:", "blob:"))]
    shown = browser.find_element("tag name", "body").text
    assert "<script>window.pwned" in shown
    assert "<b>now</b>" in shown
    assert "{{ 7 * 7 }}" in shown
    assert not browser.find_elements("css selector", "img[src='x'], [onerror], [onload]")
    assert sideways(browser) <= 0
