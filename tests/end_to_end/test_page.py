"""The status page, in a real browser.

With MPPSOLAR_PICTURES=FOLDER it also makes the pictures of the docs (script/screenshots)."""

import json
import os
import signal
import tempfile
import threading
import time
import unittest

from browser import CHROMIUM, Browser
from program import Case

PICTURES = os.environ.get("MPPSOLAR_PICTURES")

# Text whose contrast to what is behind it is less than 4.5, or that is cut off.
BAD_TEXT = """
(() => {
  const parse = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = parse(color).slice(0, 3).map((c) => c / 255).map(
      (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      const [, , , alpha = 1] = parse(color);
      if (alpha === 1) return color;
      if (alpha !== 0) throw new Error("half transparent: " + color);
    }
    throw new Error("no background");
  };
  const bad = [];
  let seen = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    if (element.closest(".visually-hidden")) continue;
    seen += 1;
    const style = getComputedStyle(element);
    const [a, b] = [light(style.color), light(behind(element))].sort((x, y) => y - x);
    const contrast = (a + 0.05) / (b + 0.05);
    const what = element.className + " " + walker.currentNode.data.trim();
    if (contrast < 4.5) bad.push(what + ": contrast " + contrast.toFixed(2));
    if (element.scrollWidth > element.clientWidth + 1 && style.display !== "inline") {
      bad.push(what + ": cut off");
    }
    const box = element.getBoundingClientRect();
    if (box.right > innerWidth + 1 || box.left < -1) bad.push(what + ": outside");
  }
  if (seen < 20) bad.push("only " + seen + " texts");
  return bad;
})()
"""


@unittest.skipUnless(CHROMIUM, "chromium is not installed")
class Page(Case):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.addCleanup(folder.cleanup)
        self.browser = Browser(folder.name)
        self.addCleanup(self.browser.close)

    def open(self, *arguments, settled=True):
        self.page = self.exporter(*arguments)
        if settled:
            self.page.settled()
        self.browser.open(f"http://127.0.0.1:{self.page.port}/")
        return self.page

    def text(self, selector="main"):
        """What can be seen of it."""
        return self.browser.run(f"document.querySelector({json.dumps(selector)}).innerText")

    def check_quiet(self):
        """No complaint in the console, and nothing was asked of anybody else."""
        self.assertEqual(self.browser.complaints, [])
        for url in self.browser.requests:
            self.assertTrue(url.startswith(f"http://127.0.0.1:{self.page.port}/"), url)
        self.assertIn(f"http://127.0.0.1:{self.page.port}/page.js",
                      [url.split("?")[0] for url in self.browser.requests])

    def test_shows_what_the_status_says(self):
        exporter = self.open("--device=house=sim:max-8000?start=11:00", "--scrape.cache=1h")
        status = json.loads(exporter.request("/api/v1/status")[2])
        words = status["inverters"][0]["words"]
        for part in ["sun", "battery", "grid", "house"]:
            self.assertIn(words[part]["value"], self.text(f".part.{part}"))
            self.assertIn(words[part]["caption"], self.text(f".part.{part}"))
            said = self.browser.run(f"document.querySelector('.part.{part} .visually-hidden').textContent")
            self.assertEqual(said, words[part]["sentence"])
            flow = self.browser.run(f"document.querySelector('.link.{part}').dataset.flow")
            self.assertEqual(flow, status["inverters"][0][part]["flow"])
        self.assertGreater(status["inverters"][0]["sun"]["watts"], 0)
        self.assertIn("Battery mode", self.text())
        self.assertIn("Read ", self.text(".age"))
        self.browser.run("document.querySelector('details').open = true")
        self.assertIn("Questions asked", self.text("details"))
        self.assertIn("sim:max-8000?start=11:00", self.text("details"))
        self.check_quiet()

    def test_takes_over_all_that_changes(self):
        self.open("--device=house=sim:max-8000?start=11:00", "--scrape.cache=1h")
        self.browser.run("""(async () => {
            const status = await (await fetch("/api/v1/status")).json();
            const house = status.inverters[0];
            house.answers = "some";
            house.trouble = "QPIWS: no <answer>";
            house.trouble_since_timestamp_seconds = Date.parse("2026-11-21T12:03:00Z") / 1000;
            house.words.trouble = "Not everything has been answered since";
            house.sun.flow = "idle";
            house.grid.flow = null;
            house.words.alarms = [["Fault", "It is <b>hot</b>.", "hot"]];
            house.words.units = [["Unit 0", "Line", "337 W", "idle"]];
            house.words.charge = "7 %";
            house.words.level = "7";
            status.words.overview = "another";
            show(status);
        })()""")
        flow = "document.querySelector('.link.%s').dataset.flow"
        self.assertEqual(self.browser.run(flow % "sun"), "idle")
        self.assertEqual(self.browser.run(flow % "grid"), "")
        self.assertEqual(self.browser.run(
            "document.querySelector('.charge .full').getAttribute('width')"), "7")
        self.assertIn("7 %", self.text(".part.battery"))
        self.assertEqual(self.text(".alarms").split(), ["Fault", "It", "is", "<b>hot</b>.", "hot"])
        self.assertIn("337 W", self.text(".units"))
        self.assertIn("Not everything has been answered since 2026-11-21 12:03", self.text())
        self.assertIn("QPIWS: no <answer>", self.text())
        self.assertEqual(self.text(".top p"), "another")
        self.check_quiet()

    def test_numbers_change_with_the_simulator_and_are_not_read_out(self):
        self.open("--device=house=sim:pip-5048?speed=3600&start=08:00")
        first = self.text(".sun .value")
        self.browser.wait(f"document.querySelector('.sun .value').textContent !== {json.dumps(first)}",
                          "another number")
        self.assertRegex(self.text(".sun .value"), r"^[\d,]+ W$")
        self.assertFalse(self.browser.run("document.querySelector('main [aria-live]')"))
        self.assertNotRegex(self.browser.run("document.getElementById('news').textContent"), r"\d+ W")
        self.check_quiet()

    def test_a_dead_inverter_is_said_in_words_without_old_numbers(self):
        device = self.simulator("--no-pace")
        self.open(f"--device=house={device}", "--device=other=sim:", "--scrape.timeout=3s")
        self.assertRegex(self.text(), r"\d W")
        self.last_simulator.end(signal.SIGKILL)
        os.unlink(device)
        self.browser.wait("document.querySelector('.inverter').dataset.answers === 'none'", "the death")
        text = self.text(".inverter")
        self.assertRegex(text, r"The inverter has not answered since \d\d:\d\d")
        self.assertIn("there is no such device", text)
        self.assertNotRegex(text, r"\d (W|V|Hz|%)")
        self.assertNotIn("Read ", text)
        self.assertIn("2 inverters, 1 does not answer", self.text("header"))
        self.assertIn("house: does not answer",
                      self.browser.run("document.getElementById('news').textContent"))
        self.assertRegex(self.text("section:nth-of-type(2)"), r"\d W")
        # What a page without a script gets is the same.
        self.assertIn("The inverter has not answered since", self.page.request("/")[2])
        self.simulator("--no-pace")
        self.browser.wait("document.querySelector('.inverter').dataset.answers === 'all'", "its return")
        self.assertRegex(self.text(".inverter"), r"\d W")
        self.assertNotIn("has not answered", self.text(".inverter"))
        self.check_quiet()

    def test_an_exporter_that_is_gone_leaves_no_old_numbers(self):
        self.open("--device=house=sim:")
        self.browser.run("fetch = () => Promise.reject(new Error('gone')); refresh()")
        self.assertIn("The exporter does not answer", self.text())
        self.assertRegex(self.text(), r"\d W")
        self.browser.run("{ const now = performance.now(); performance.now = () => now + 60000; grow(); }")
        self.assertNotRegex(self.text(".inverter"), r"\d (W|V|Hz|%)")
        self.check_quiet()

    def test_asks_only_while_somebody_looks(self):
        self.open("--device=house=sim:")
        self.browser.run("""
            window.asked = 0;
            fetch = () => { window.asked += 1; return Promise.reject(new Error("not now")); };
            Object.defineProperty(document, "hidden", {get: () => window.away, configurable: true});
            window.away = true;
            refresh();""")
        self.assertEqual(self.browser.run("window.asked"), 0)
        self.browser.run("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
        self.assertEqual(self.browser.run("window.asked"), 1)

    def test_another_config_loads_the_page_anew(self):
        self.open("--device=house=sim:", settled=False)
        self.browser.run("""
            window.old = true;
            fetch = async () => ({ok: true, json: async () => (
                {words: {overview: ""}, inverters: [{name: "barn"}]})});
            refresh()""")
        self.browser.wait("window.old === undefined && document.readyState === 'complete'", "a new page")

    def test_is_legible_in_both_schemes_at_every_width(self):
        self.open("--device=house=sim:max-8000?start=12:00", "--device=barn=sim:max-8000?start=23:00",
                  "--device=a-rather-long-name-of-an-inverter-in-the-shed=/dev/missing",
                  "--scrape.cache=1h")
        self.browser.run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        self.browser.run("lost.hidden = false")
        for scheme in ["light", "dark"]:
            self.browser.prefer(prefers_color_scheme=scheme)
            for width in [320, 390, 768, 1440]:
                self.browser.size(width, 900)
                self.assertEqual(self.browser.run(BAD_TEXT), [], (scheme, width))
        back = self.browser.run("getComputedStyle(document.body).backgroundColor")
        self.assertEqual(back, "rgb(15, 20, 24)", "the last scheme was the dark one")
        self.check_quiet()

    def test_large_numbers_fit_on_a_small_phone(self):
        self.open("--device=house=sim:", "--scrape.cache=1h")
        self.browser.size(320, 700)
        self.browser.run("document.querySelectorAll('.value').forEach((e) => { e.textContent = '≈ 12,345 W'; })")
        self.assertEqual(self.browser.run(BAD_TEXT), [])

    def test_serves_twenty_inverters(self):
        devices = [f"--device=unit{i}=sim:?seed={i + 1}&start={i:02}:00" for i in range(20)]
        self.open(*devices, "--scrape.cache=1h")
        self.assertEqual(self.browser.run("document.querySelectorAll('.inverter').length"), 20)
        self.assertIn("20 inverters, all answer", self.text("header"))
        for width in [320, 1440]:
            self.browser.size(width, 900)
            self.assertEqual(self.browser.run(BAD_TEXT), [], width)
        self.check_quiet()

    def test_everything_has_a_name_and_a_place(self):
        self.open("--device=house=sim:", "--device=dead=/dev/missing")
        run = self.browser.run
        self.assertEqual(run("document.documentElement.lang"), "en")
        self.assertEqual(run("document.querySelectorAll('h1').length"), 1)
        self.assertEqual(run("document.querySelectorAll('main').length"), 1)
        self.assertEqual(run("[...document.querySelectorAll('h1, h2')].map((e) => e.tagName).join(' ')"),
                         "H1 H2 H2")
        self.assertTrue(run("document.title"))
        ids = run("[...document.querySelectorAll('[id]')].map((e) => e.id)")
        self.assertEqual(len(ids), len(set(ids)))
        run("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        roles = set()
        for node in self.browser.call("Accessibility.getFullAXTree")["nodes"]:
            if node.get("ignored"):
                continue
            role, name = node["role"]["value"], node.get("name", {}).get("value", "")
            roles.add(role)
            if role in ["link", "button", "heading", "region", "navigation", "table", "rowheader",
                        "columnheader", "DisclosureTriangle", "RootWebArea", "image"]:
                self.assertTrue(name, node)
            self.assertNotEqual(role, "image", "pictures say nothing that words do not")
        for role in ["main", "navigation", "region", "heading", "link", "table", "status"]:
            self.assertIn(role, roles)
        said = self.browser.call("Accessibility.getFullAXTree")["nodes"]
        words = [n["name"]["value"] for n in said
                 if not n.get("ignored") and n["role"]["value"] == "StaticText"]
        self.assertEqual(len([w for w in words if w.startswith("House takes")]), 1)
        self.check_quiet()

    def test_keys_alone_reach_everything(self):
        self.open("--device=house=sim:", "--device=barn=sim:")
        wanted = self.browser.run("document.querySelectorAll('a, summary').length")
        self.assertGreater(wanted, 8)
        reached = []
        for _ in range(wanted):
            self.browser.press("Tab")
            reached.append(self.browser.run(
                "[document.activeElement.tagName, getComputedStyle(document.activeElement).outlineStyle]"))
            if len(reached) == 1:
                self.browser.press("Enter", "\r")
                self.assertTrue(self.browser.run("document.querySelector('details').open"))
        self.assertEqual([tag for tag, _ in reached], ["SUMMARY"] * 2 + ["A"] * (wanted - 2))
        self.assertEqual({outline for _, outline in reached}, {"solid"}, "the focus can be seen")

    def test_moves_nothing_for_who_does_not_want_that(self):
        self.open("--device=house=sim:?start=12:00")
        moving = "document.getAnimations().filter((each) => each.playState === 'running').length"
        self.assertGreater(self.browser.run(moving), 0)
        self.browser.prefer(prefers_reduced_motion="reduce")
        self.assertEqual(self.browser.run(moving), 0)

    def test_all_links_lead_somewhere(self):
        exporter = self.open("--device=house=sim:")
        for link in self.browser.run("[...document.querySelectorAll('a')].map((e) => e.pathname)"):
            status, headers, body = exporter.request(link)
            self.assertEqual(status, 200, link)
            self.assertTrue(body, link)
        self.check_quiet()

    @unittest.skipUnless(PICTURES, "MPPSOLAR_PICTURES names no folder")
    def test_makes_the_pictures(self):
        self.open("--device=house=sim:pip-5048?start=10:40&seed=3",
                  "--device=workshop=sim:max-8000?start=21:20",
                  "--device=cabin=sim:pip-1012-mse?start=21:10", "--device=boat=/dev/ttyUSB7")
        self.browser.size(1440, 680)
        self.browser.picture(os.path.join(PICTURES, "status-desktop.png"))
        self.open("--device=house=sim:pip-5048?start=10:40&seed=3",
                  "--device=workshop=sim:max-8000?start=21:20")
        self.browser.size(390, 844, 2)
        for scheme in ["light", "dark"]:
            self.browser.prefer(prefers_color_scheme=scheme)
            self.browser.picture(os.path.join(PICTURES, f"status-phone-{scheme}.png"))
        for name in os.listdir(PICTURES):
            self.assertLess(os.path.getsize(os.path.join(PICTURES, name)), 200_000, name)


@unittest.skipIf(CHROMIUM, "the browser shows it")
class WithoutBrowser(Case):
    def test_the_page_is_there(self):
        exporter = self.exporter("--device=house=sim:")
        self.assertIn("House takes", exporter.request("/")[2])


class Headers(Case):
    def test_the_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(self):
        exporter = self.exporter("--device=house=sim:")
        status, headers, body = exporter.request("/")
        self.assertEqual(status, 200)
        policy = headers["Content-Security-Policy"]
        self.assertTrue(policy.startswith("default-src 'none';"), policy)
        self.assertNotIn("unsafe", policy)
        self.assertEqual(headers["Cache-Control"], "no-store")
        for name in ["page.css", "page.js"]:
            path = body[body.index(f"/{name}"):].split('"')[0]
            status, headers, _ = exporter.request(path)
            self.assertEqual(status, 200)
            self.assertIn("immutable", headers["Cache-Control"])

    def test_the_status_is_json_from_the_same_cache_as_a_scrape(self):
        exporter = self.exporter("--device=house=sim:", "--device=dead=/dev/missing", "--scrape.cache=1h")
        before = exporter.settled()
        asked = before['mppsolar_commands_total{inverter="house",command="QPIGS"}']
        status, headers, body = exporter.request("/api/v1/status")
        self.assertEqual((status, headers["Content-Type"]), (200, "application/json"))
        house, dead = json.loads(body)["inverters"]
        self.assertEqual(house["answers"], "all")
        self.assertEqual(house["house"]["watts"], before['mppsolar_output_watts{inverter="house"}'])
        self.assertEqual(dead["answers"], "none")
        self.assertIn("there is no such device", dead["trouble"])
        self.assertIsNone(dead["house"]["watts"])
        for _ in range(3):
            exporter.request("/")
        after = exporter.scrape()['mppsolar_commands_total{inverter="house",command="QPIGS"}']
        self.assertEqual(asked, after)

    def test_a_silent_inverter_makes_page_and_status_wait_no_longer_than_a_scrape(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        exporter = self.exporter(f"--device=house={os.ttyname(slave)}", "--scrape.timeout=1s")
        for path in ["/", "/api/v1/status"]:
            status, _, body = exporter.request(
                path, headers={"X-Prometheus-Scrape-Timeout-Seconds": "1.5"})
            self.assertEqual(status, 200)
            self.assertIn("The inverter has not", body)
        self.assertEqual(
            exporter.request("/", headers={"X-Prometheus-Scrape-Timeout-Seconds": "soon"})[0], 400)

    def test_page_and_status_are_within_the_limit_of_requests(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        exporter = self.exporter(f"--device=house={os.ttyname(slave)}", "--web.max-requests=1")
        scrape = threading.Thread(target=exporter.request, args=["/metrics"])
        scrape.start()
        time.sleep(0.3)
        for path in ["/", "/api/v1/status"]:
            self.assertEqual(exporter.request(path)[0], 503, path)
        scrape.join()


if __name__ == "__main__":
    unittest.main()
