"""Browsers of a phone's and a desktop's size, a node to use them with, and photos as phones take them; for checks."""

import base64
import contextlib
import json
import os
import pathlib
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "samples"
GROUP = "group-leader@31010500200200101"
PATIENCE = 20


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Node:
    """A node of its own with the sample street."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.address = f"127.0.0.1:{free_port()}"
        self.environment = {
            **os.environ,
            "GRIDWORK_STATE_PATH": os.path.join(folder, "state.sqlite"),
            "GRIDWORK_HTTP_ADDRESS": self.address,
        }

    def run(self, *arguments):
        result = subprocess.run([self.program, *arguments], env=self.environment, check=True, capture_output=True)
        return result.stdout.decode()

    def issue(self, **changes):
        """Issues an order to the liaisons of one lane group; changes replace members of the sample."""
        order = json.loads((SAMPLES / "winter-safety.order.json").read_text())
        order["scope"] = [GROUP.split("@")[1][:15]]
        path = os.path.join(self.folder, "order.json")
        pathlib.Path(path).write_text(json.dumps({**order, **changes}))
        return json.loads(self.run("order", "issue", path, "--json"))["id"]

    def add(self, name, post):
        self.run("person", "add", name, "--post", post)
        return json.loads(self.run("person", "password", name, "--make", "--json"))["password"]

    def invite(self, name):
        return json.loads(self.run("person", "invite", name, "--json"))["link"]

    @contextlib.contextmanager
    def up(self):
        with open(os.path.join(self.folder, "node.log"), "w", encoding="utf-8") as log:
            process = subprocess.Popen([self.program, "up"], env=self.environment, stdout=log, stderr=log)
            try:
                wait("the node serves pages", self.answers)
                yield
            finally:
                process.terminate()
                process.wait(30)

    def answers(self):
        with contextlib.suppress(OSError):
            with urllib.request.urlopen(f"http://{self.address}/m/sign-in", timeout=2) as answer:
                return answer.status == 200
        return False


def wait(what, holds, patience=PATIENCE):
    """Looks until something holds; ends the check when it does not within a while."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with contextlib.suppress(NoSuchElementException, StaleElementReferenceException):
            if holds():
                print(f"ok  {what}", file=sys.stderr)
                return
        time.sleep(0.1)
    sys.exit(f"not so within {patience} s: {what}")


def steady(act, patience=PATIENCE):
    """Does something with a page that may be bringing itself up to date in this moment: what was found may be gone then."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return act()
        except StaleElementReferenceException:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


class Phone:
    """A browser of a phone's size, with nothing of another's in it."""

    metrics = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    home = "/m"
    # What axe could not decide, for each look of any browser: the page's name, and the rules.
    looks = []

    def __init__(self, node, shots, language="zh-CN"):
        self.node = node
        self.shots = shots
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--lang={language}"):
            options.add_argument(argument)
        self.files = tempfile.mkdtemp(dir=node.folder)
        prefs = {"intl.accept_languages": language, "download.default_directory": self.files}
        options.add_experimental_option("prefs", prefs)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", self.metrics)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, path):
        self.driver.get(f"http://{self.node.address}{path}")

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def click(self, selector):
        steady(lambda: self.find(selector).click())

    def shows(self, text):
        return text in self.find("body").text

    def be_invited(self, name):
        """Signs in by an invitation's link, without a password."""
        self.driver.get(self.node.invite(name))
        self.shot("invitation")
        self.check_rules("invitation")
        self.click(".sign-in button")
        wait(f"{name} is signed in by her invitation", lambda: self.find("header .person").text)

    def sign_in(self, name, password):
        self.open(self.home)
        self.shot(f"sign-in-{name}")
        self.check_rules("sign-in")
        self.find("input[name=name]").send_keys(name)
        self.find("input[name=password]").send_keys(password)
        self.find(".sign-in button").click()
        wait(f"{name} is signed in", lambda: self.find("header .person").text)

    def sign_out(self):
        self.click("footer button")
        wait("who was signed in is so no more", lambda: self.find("input[name=password]").is_displayed())

    def get_lost(self):
        """Opens an address that leads nowhere."""
        self.open(f"{self.home}/items/1-20260101-0001" if self.home == "/m" else "/orders/1-20260101-0001")
        wait("an address that leads nowhere is told of", lambda: self.find("main .button").is_displayed())
        self.shot("error")
        self.check_rules("error")
        # The browser complains of the status, which is meant.
        self.driver.get_log("browser")

    def walk_to(self, selector, most=60):
        """Goes on from element to element with the tab key, as who has no pointer does."""
        for _ in range(most):
            ActionChains(self.driver).send_keys(Keys.TAB).perform()
            script = "return document.activeElement.matches(arguments[0])"
            if self.driver.execute_script(script, selector):
                return
        sys.exit(f"{selector} is not reached with {most} tabs")

    def press(self, key):
        ActionChains(self.driver).send_keys(key).perform()

    def events(self):
        """The events in the history of the item that is shown."""
        return [event.text for event in self.driver.find_elements(By.CSS_SELECTOR, ".history .event")]

    def notes(self):
        """The notes in the history of the item that is shown."""
        return [note.text for note in self.driver.find_elements(By.CSS_SELECTOR, ".history .note")]

    def fill(self, command, note):
        """Writes a note into the form of a command, unfolded where it is folded."""
        steady(lambda: self.unfold(command).find_element(By.TAG_NAME, "textarea").send_keys(note))

    def unfold(self, command):
        return steady(lambda: self.unfolded(command))

    def unfolded(self, command):
        form = self.find(f"form.{command}")
        for details in form.find_elements(By.XPATH, "./ancestor::details"):
            if details.get_attribute("open") is None:
                details.find_element(By.TAG_NAME, "summary").click()
        return form

    def attach(self, command, kind, path):
        """Chooses a photo as if it had been taken; there is room for another one then."""
        form = self.unfold(command)
        form.find_elements(By.CSS_SELECTOR, f"input[name={kind}]")[-1].send_keys(path)

    def inputs(self, command, name):
        """The fields of a command's form that have a name."""
        return self.find(f"form.{command}").find_elements(By.NAME, name)

    def photos(self):
        """The photos that are shown, as they are served."""
        script = """
            const done = arguments[arguments.length - 1];
            Promise.all(Array.from(document.querySelectorAll(".album img"), async (image) => {
                const bytes = new Uint8Array(await (await fetch(image.src)).arrayBuffer());
                return [image.naturalWidth, image.naturalHeight, Array.from(bytes, (b) => String.fromCharCode(b)).join("")];
            })).then(done, (error) => done(String(error)));
        """
        return self.driver.execute_async_script(script)

    def send(self, command):
        self.click(f"form.{command} button")

    def connect(self, is_on):
        conditions = {"offline": not is_on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.driver.execute_cdp_cmd("Network.enable", {})
        self.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)

    def shot(self, name):
        if self.shots:
            height = self.driver.execute_script("return document.documentElement.scrollHeight")
            clip = {"x": 0, "y": 0, "width": self.metrics["width"], "height": min(height, 2400), "scale": 1}
            options = {"captureBeyondViewport": True, "clip": clip}
            data = self.driver.execute_cdp_cmd("Page.captureScreenshot", options)["data"]
            pathlib.Path(self.shots, f"{name}.png").write_bytes(base64.b64decode(data))

    def check_rules(self, name):
        """Looks with axe at the page that is shown."""
        script = os.environ["GRIDWORK_AXE"]
        self.driver.execute_script(pathlib.Path(script).read_text(encoding="utf-8"))
        found = self.driver.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
        for word in ("violations", "incomplete"):
            for rule in found[word]:
                places = "; ".join(node["html"][:120] for node in rule["nodes"][:3])
                print(f"axe {name}: {word}: {rule['impact']} {rule['id']}: {rule['help']}: {places}", file=sys.stderr)
        counts = [len(found[word]) for word in ("passes", "violations", "incomplete")]
        print("axe {}: {} rules hold, {} do not, {} cannot be decided".format(name, *counts), file=sys.stderr)
        self.looks.append((name, [rule["id"] for rule in found["incomplete"]]))
        if found["violations"]:
            sys.exit(f"axe finds fault with {name}")

    def check_console(self):
        """Fails if a script of ours failed or the policy kept something out; lost connections are meant."""
        for entry in self.driver.get_log("browser"):
            text = entry["message"]
            meant = re.search(r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK|status of 4(09|12|22)", text)
            if entry["level"] == "SEVERE" and not meant:
                sys.exit(f"the browser complains: {text}")


class Desktop(Phone):
    """A browser of a desktop's size."""

    metrics = {"width": 1366, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    home = "/"

    def take(self, selector):
        """Takes a file along by what the page offers, and reads it."""
        before = set(os.listdir(self.files))

        def found():
            return [name for name in os.listdir(self.files) if name not in before and not name.endswith(".crdownload")]

        self.click(selector)
        wait(f"{selector} brings a file", found)
        return pathlib.Path(self.files, found()[0]).read_bytes()

    def mark(self):
        """Marks the page, so that loading it anew is noticed."""
        self.driver.execute_script("window.gridworkMark = true")

    def is_marked(self):
        return self.driver.execute_script("return window.gridworkMark === true")

    def total(self, kind):
        """A count of the order that is shown."""
        return self.find(f".totals .{kind} b").text

    def leaves(self):
        """The rows of the tree that is shown that have nothing below them."""
        return self.driver.find_elements(By.CSS_SELECTOR, ".tree .leaf")

    def is_folded(self):
        """Whether these rows are folded away, which the driver itself takes for shown."""
        return not self.driver.execute_script("return document.querySelector('.tree .leaf').checkVisibility()")

    def cut_on_paper(self):
        """Whether something scrolls, and would be cut off, where the page is printed."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        script = "return [...document.querySelectorAll('.scroll')].some((box) => box.scrollHeight > box.clientHeight + 1)"
        is_cut = self.driver.execute_script(script)
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        return is_cut

    def paper(self, name):
        """How many pages of A4 the page takes, printed."""
        options = {"preferCSSPageSize": True, "printBackground": False}
        data = base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", options)["data"])
        if self.shots:
            pathlib.Path(self.shots, f"{name}.pdf").write_bytes(data)
        return len(re.findall(rb"/Type\s*/Page\b", data))


def photo(folder, name, width, height):
    """A JPEG as a phone writes it: it lies on its side, says so, and tells its place and a comment."""
    path = os.path.join(folder, name)
    subprocess.run(["/usr/bin/vips", "gaussnoise", "noise.v", str(width), str(height)], cwd=folder, check=True)
    subprocess.run(["/usr/bin/vips", "cast", "noise.v", "grey.v", "uchar"], cwd=folder, check=True)
    subprocess.run(["/usr/bin/vips", "copy", "grey.v", path], cwd=folder, check=True)
    plain = pathlib.Path(path).read_bytes()

    def entry(tag, kind, count, value):
        return struct.pack("<HHI4s", tag, kind, count, value)

    first = struct.pack("<H", 2) + entry(0x0112, 3, 1, b"\x06\0\0\0") + entry(0x8825, 4, 1, struct.pack("<I", 38)) + bytes(4)
    gps = struct.pack("<H", 2) + entry(1, 2, 2, b"N\0\0\0") + entry(2, 5, 3, struct.pack("<I", 68)) + bytes(4)
    exif = b"Exif\0\0II*\0" + struct.pack("<I", 8) + first + gps + struct.pack("<6I", 31, 1, 13, 1, 0, 1)
    segments = b"".join(
        struct.pack(">HH", marker, len(content) + 2) + content
        for marker, content in ((0xFFE1, exif), (0xFFFE, b"taken at home"))
    )
    pathlib.Path(path).write_bytes(plain[:2] + segments + plain[2:])
    return path


def check_photos(shown, sizes):
    """Fails unless the photos have these sizes and say nothing but what they show."""
    if [(width, height) for width, height, _ in shown] != sizes:
        sys.exit(f"the photos are {[(width, height) for width, height, _ in shown]}, not {sizes}")
    for _, _, content in shown:
        for word in ("Exif", "GPS", "taken at home"):
            if word in content:
                sys.exit(f"a photo that is served has {word} in it")
    print("ok  the photos are upright, small, and do not tell where they were taken", file=sys.stderr)
