#!/usr/bin/python3
"""Uses the field page and the console as people do, with Chromium at a phone's and a desktop's size and a node over a
private broker.

Usage: browser.py GRIDWORK [--screenshots DIR]

GRIDWORK is the program; GRIDWORK_AMQP_URL names the broker, whose vhost has to be empty; GRIDWORK_AXE names axe-core's
axe.min.js, with which the pages are looked at. Takes about a minute. Exits 0 only if everything holds.
"""

import argparse
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
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

SAMPLES = pathlib.Path(__file__).resolve().parents[1] / "samples"
LIAISON = "liaison@31010500200200101001"
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

    def __init__(self, node, shots, language="zh-CN"):
        self.node = node
        self.shots = shots
        options = webdriver.ChromeOptions()
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", f"--lang={language}"):
            options.add_argument(argument)
        options.add_experimental_option("prefs", {"intl.accept_languages": language})
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

    def sign_in(self, name, password):
        self.open(self.home)
        self.shot(f"sign-in-{name}")
        self.check_rules("sign-in")
        self.find("input[name=name]").send_keys(name)
        self.find("input[name=password]").send_keys(password)
        self.find(".sign-in button").click()
        wait(f"{name} is signed in", lambda: self.find("header .person").text == name)

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
        for violation in found["violations"]:
            places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
            print(f"axe {name}: {violation['impact']} {violation['id']}: {violation['help']}: {places}", file=sys.stderr)
        print(f"axe {name}: {len(found['passes'])} rules hold, {len(found['violations'])} do not", file=sys.stderr)
        if found["violations"]:
            sys.exit(f"axe finds fault with {name}")

    def check_console(self):
        """Fails if a script of ours failed or the policy kept something out; lost connections are meant."""
        for entry in self.driver.get_log("browser"):
            text = entry["message"]
            meant = re.search(r"ERR_INTERNET_DISCONNECTED|favicon|ERR_NETWORK|status of 4(09|12|22)", text)
            if entry["level"] == "SEVERE" and not meant:
                sys.exit(f"the browser complains: {text}")


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


class Desktop(Phone):
    """A browser of a desktop's size."""

    metrics = {"width": 1366, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    home = "/"

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

    def paper(self, name):
        """How many pages of A4 the page takes, printed."""
        options = {"preferCSSPageSize": True, "printBackground": False}
        data = base64.b64decode(self.driver.execute_cdp_cmd("Page.printToPDF", options)["data"])
        if self.shots:
            pathlib.Path(self.shots, f"{name}.pdf").write_bytes(data)
        return len(re.findall(rb"/Type\s*/Page\b", data))


def check_console(node, shots, passwords):
    with Desktop(node, shots) as street, Desktop(node, shots, "en-US") as community:
        street.sign_in("street", passwords["street"])
        wait("signing in leads to the console", lambda: street.find("h1").text == "任务")
        street.shot("console-orders-first")
        street.check_rules("orders")
        street.driver.find_element(By.LINK_TEXT, "下达任务").click()
        street.find("input[name=title]").send_keys("<b>楼道堆物清理</b>")
        street.find("textarea[name=body]").send_keys("清理楼道堆物。\n登记拒不配合的住户。")
        street.find("select[name=module] option[value=publicSafety]").click()
        for field, value in (("dueAt", "2099-12-31"), ("dueAtTime", "18:00")):
            street.driver.execute_script(f"document.querySelector('input[name={field}]').value = '{value}'")
        cell = GROUP.split("@")[1][:15]
        box = street.find(f"input[value='{cell}']")
        for details in box.find_elements(By.XPATH, "./ancestor::details"):
            if details.get_attribute("open") is None:
                details.find_element(By.TAG_NAME, "summary").click()
        box.click()
        street.find("select[name=to] option[value=group-leader]").click()
        street.shot("console-issue")
        street.check_rules("issue")
        street.find("form.columns button.main").click()
        wait("a preview says who would get it", lambda: street.shows("预览，尚未下达"))
        wait("and when it is due", lambda: street.shows("2099年12月31日 18:00"))
        wait("and nothing is issued", lambda: "楼道堆物清理" not in node.run("order", "list", "--json"))
        street.shot("console-plan")
        street.check_rules("plan")
        street.find("button.main").click()
        wait("it is issued", lambda: street.shows("已下达。") and street.shows("<b>楼道堆物清理</b>"))
        order = re.search(r"/orders/([0-9-]+)", street.driver.current_url).group(1)
        street.find("form[action$='/urge'] button").click()
        wait("those it waits for are urged", lambda: street.shows("已催办"))
        street.mark()
        wait("its tree comes without loading the page", lambda: len(street.leaves()) == 5)
        street.shot("console-order")
        street.check_rules("order")
        street.click(".tree details details summary")
        wait("a branch is folded", lambda: street.is_folded())

        leader = f"cell-leader@{cell}"
        node.run("assignment", "escalate", f"{order}.1", "--as", leader, "--note", "物业不配合，需要街道协调")
        community.sign_in("community", passwords["community"])
        wait("the community is told", lambda: community.find("header nav b").text == "1")
        community.driver.find_element(By.PARTIAL_LINK_TEXT, "Escalations").click()
        wait("with the reason", lambda: community.shows("物业不配合，需要街道协调"))
        community.shot("console-escalations")
        community.check_rules("escalations")
        wait("the street sees it", lambda: street.total("escalated") == "1")
        community.fill("answer", "社区出面协调")
        community.send("answer")
        wait("she answers", lambda: community.shows("Your answer is on its way."))
        wait("the street sees that", lambda: street.total("accepted") == "2")
        wait("and what is folded stays so", lambda: street.is_folded())
        for number in range(1, 6):
            node.run("assignment", "complete", f"{order}.1.{number}", "--as", f"group-leader@{cell}0{number}")
        wait("the roll-up arrives", lambda: street.find(".standing .state").text == "已办结")
        wait("all of it", lambda: street.total("total") == street.total("completed") == "7")
        if not street.is_marked():
            sys.exit("the page was loaded anew")
        print("ok  without loading the page", file=sys.stderr)
        street.shot("console-completed")
        # As much as there can be on a slip: a long text, and more posts than have room.
        cascade = {"to": "cell-leader", "mode": "automatic"}
        large = node.issue(scope=["310105002"], cascade=cascade, signOff=[], body="一、检查楼道。\n" * 300)
        street.open(f"/orders/{large}")
        wait("a large order has its tree", lambda: len(street.leaves()) == 50)
        street.open(f"/orders/{large}/slip?of={large}")
        street.shot("console-slip")
        street.check_rules("slip")
        pages = street.paper("console-slip")
        if pages != 1:
            sys.exit(f"the slip takes {pages} pages")
        for name in ("statistics", "operations"):
            street.open(f"/{name}")
            wait(f"{name} are shown", lambda: street.find("main table").is_displayed())
            wait("with their pictures", lambda: all(
                image.get_property("naturalWidth") for image in street.driver.find_elements(By.TAG_NAME, "img")))
            street.shot(f"console-{name}")
            street.check_rules(name)
        street.open("/?q=堆物")
        wait("it is found", lambda: street.shows("楼道堆物清理"))
        street.shot("console-orders")
        street.paper("console-orders")
        for browser in (street, community):
            browser.check_console()


def check(node, shots):
    node.run("organization", "apply", str(SAMPLES / "jiangsu-road.organization.json"))
    posts = {
        "street": "office@310105002", "community": f"office@{GROUP.split('@')[1][:12]}", "group-leader": GROUP,
        "liaison": LIAISON,
    }
    passwords = {name: node.add(name, post) for name, post in posts.items()}
    with node.up():
        check_field(node, shots, passwords)
        check_console(node, shots, passwords)


def check_field(node, shots, passwords):
    with Phone(node, shots) as phone, Phone(node, shots, "en-US") as leader:
        phone.sign_in("liaison", passwords["liaison"])
        wait("there is nothing to do", lambda: phone.shows("没有待办任务"))
        node.issue(signOff=["liaison"])
        wait("an order shows without loading the page", lambda: phone.shows("冬季消防"))
        phone.shot("list")
        phone.check_rules("list")
        phone.send("acknowledge")
        wait("one tap acknowledges", lambda: phone.shows("已签收。") and phone.shows("办理中"))
        phone.click(".card h2 a")
        wait("the item's page has its text", lambda: phone.shows("逐户上门"))
        phone.shot("item")
        phone.check_rules("item")
        phone.connect(False)
        phone.fill("complete", "应走访 20 户，已走访 20 户")
        before = photo(node.folder, "before.jpg", 2400, 1800)
        phone.attach("complete", "before", before)
        phone.attach("complete", "after", photo(node.folder, "after.jpg", 600, 400))
        wait("there is room for another photo", lambda: len(phone.driver.find_elements(By.NAME, "after")) == 2)
        phone.attach("complete", "after", photo(node.folder, "after-2.jpg", 300, 200))
        phone.shot("chosen")
        phone.check_rules("chosen")
        phone.send("complete")
        wait("what cannot be sent is kept", lambda: phone.shows("已保存在手机上"))
        phone.shot("kept")
        phone.connect(True)
        wait("it is sent when the connection is back", lambda: phone.shows("待核查"))
        wait("and said so", lambda: phone.shows("保存的内容已发送"))
        wait("once", lambda: phone.notes().count("应走访 20 户，已走访 20 户") == 1)
        sizes = [(1200, 1600), (400, 600), (200, 300)]
        wait("the photos are there", lambda: len(phone.photos()) == 3 and all(photo[0] for photo in phone.photos()))
        check_photos(phone.photos(), sizes)
        phone.shot("sent")
        phone.check_rules("sent")

        leader.sign_in("group-leader", passwords["group-leader"])
        leader.open("/m/below")
        wait("the leader sees it in English", lambda: leader.shows("handed in"))
        leader.shot("below")
        leader.check_rules("below")
        leader.click(".leg a")
        wait("she looks at the photos", lambda: len(leader.photos()) == 3)
        leader.shot("photos")
        leader.check_rules("photos")
        leader.open("/m/below")
        leader.fill("rework", "Look at the stairs again")
        leader.send("rework")
        wait("she sends it back", lambda: leader.shows("Sent back for rework."))
        wait("the liaison sees it without loading the page", lambda: phone.shows("Look at the stairs again"))
        phone.shot("rework")
        phone.fill("escalate", "三楼无人应答")
        phone.send("escalate")
        wait("she escalates it", lambda: phone.shows("已上报。"))
        wait("the leader sees that too", lambda: leader.shows("三楼无人应答"))
        leader.shot("escalation")
        leader.check_rules("escalation")
        leader.unfold("answer")
        leader.send("answer")
        wait("she answers", lambda: leader.shows("Your answer is on its way."))
        wait("the liaison carries on", lambda: phone.shows("办理中"))
        phone.fill("complete", "已补查")
        phone.send("complete")
        wait("she completes it again", lambda: phone.shows("待核查"))
        wait("the leader can sign it off", lambda: leader.find("form.sign-off button").is_displayed())
        leader.send("sign-off")
        wait("she signs it off", lambda: leader.shows("Signed off."))
        wait("it is completed", lambda: phone.shows("已办结"))
        phone.shot("done")
        phone.check_rules("done")
        leader.shot("signed-off")
        for browser in (phone, leader):
            browser.check_console()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--screenshots")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check(Node(os.path.realpath(arguments.program), folder), arguments.screenshots)


if __name__ == "__main__":
    main()
