#!/usr/bin/python3
"""Uses the field page and the console as people do, with Chromium at a phone's and a desktop's size and a node over a
private broker.

Usage: browser.py GRIDWORK [--screenshots DIR]

GRIDWORK is the program; GRIDWORK_AMQP_URL names the broker, whose vhost has to be empty; GRIDWORK_AXE names axe-core's
axe.min.js, with which the pages are looked at. Takes about a minute. Exits 0 only if everything holds.
"""

import argparse
import os
import pathlib
import re
import sys
import tempfile

import pika
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
from pages import GROUP, SAMPLES, Desktop, Node, Phone, check_photos, photo, wait  # noqa: E402  (found in deploy/lib)
from troubles import check_draft, check_troubles  # noqa: E402

LIAISON = "liaison@31010500200200101001"


def check_console(node, shots, passwords):
    with Desktop(node, shots) as street, Desktop(node, shots, "en-US") as community, Phone(node, shots) as phone:
        street.sign_in("street", passwords["street"])
        wait("signing in leads to the console", lambda: street.find("h1").text == "任务")
        street.shot("console-orders-first")
        street.check_rules("orders")
        check_draft(street, "street", passwords["street"])
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
        rows = street.take("#t-recipients ~ .exports button").decode("utf-8-sig").splitlines()
        if len(rows) != 7 or not street.shows("预览，尚未下达"):
            sys.exit(f"the preview's file has {len(rows)} lines")
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

        phone.sign_in("cell-leader", passwords["cell-leader"])
        phone.open(f"/m/items/{order}.1")
        phone.fill("escalate", "物业不配合，需要街道协调")
        phone.send("escalate")
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
        wait("and so does the leader, on her phone", lambda: phone.shows("办理中"))
        phone.sign_out()
        phone.sign_in("group-leader", passwords["group-leader"])
        phone.open(f"/m/items/{order}.1.1")
        phone.unfold("complete")
        phone.send("complete")
        wait("a leader completes her part on her phone", lambda: phone.shows("已办结"))
        wait("the street sees the first part done", lambda: street.total("completed") == "1")
        for number in range(2, 6):
            node.run("assignment", "complete", f"{order}.1.{number}", "--as", f"group-leader@{cell}0{number}")
        wait("the roll-up arrives", lambda: street.find(".standing .state").text == "已办结")
        wait("all of it", lambda: street.total("total") == street.total("completed") == "7")
        if not street.is_marked():
            sys.exit("the page was loaded anew")
        print("ok  without loading the page", file=sys.stderr)
        street.shot("console-completed")
        # More than there is room for on a sheet: a long text, and many posts.
        cascade = {"to": "cell-leader", "mode": "automatic"}
        large = node.issue(scope=["310105002"], cascade=cascade, signOff=[], body="一、检查楼道。\n" * 120)
        street.open(f"/orders/{large}")
        wait("a large order has its tree", lambda: len(street.leaves()) == 50)
        wait("who holds it up is told, and how many more", lambda: street.shows("另有 30 行"))
        rows = street.take("#t-holding-up ~ .exports a").decode("utf-8-sig").splitlines()
        if len(rows) != 51:
            sys.exit(f"the file of who holds it up has {len(rows)} lines")
        street.open(f"/orders/{large}/slip?of={large}")
        street.shot("console-slip")
        street.check_rules("slip")
        rows = len(street.driver.find_elements(By.CSS_SELECTOR, ".sign")) // 2
        pages = street.paper("console-slip")
        if rows != 50 or pages < 4 or street.find(".slip .text").text.count("检查楼道") != 120:
            sys.exit(f"the slip has {rows} posts on {pages} pages")
        street.open(f"/orders/{large}/slips?below={large}")
        slips = len(street.driver.find_elements(By.CSS_SELECTOR, ".slip"))
        pages = street.paper("console-slips")
        if slips != 50 or pages < 100:
            sys.exit(f"there are {slips} slips on {pages} pages")
        street.open("/statistics")
        wait("statistics are shown", lambda: street.find("main table").is_displayed())
        wait("with their pictures", lambda: all(
            image.get_property("naturalWidth") for image in street.driver.find_elements(By.TAG_NAME, "img")))
        street.shot("console-statistics")
        street.check_rules("statistics")
        if street.cut_on_paper():
            sys.exit("tables of the statistics are cut off on paper")
        street.paper("console-statistics")
        check_invitations(community, cell)
        check_operations(street)
        street.get_lost()
        street.open("/?q=堆物")
        wait("it is found", lambda: street.shows("楼道堆物清理"))
        street.shot("console-orders")
        street.paper("console-orders")
        for browser in (street, community, phone):
            browser.check_console()


def check_invitations(community, cell):
    """A community prints invitations for the posts of a cell."""
    community.open(f"/invitations?in={cell}")
    wait("the posts of a cell are listed", lambda: len(community.driver.find_elements(By.CSS_SELECTOR, ".invited li")) == 26)
    community.shot("console-invitations")
    community.check_rules("invitations")
    community.click("form.buttons button")
    wait("each has its code", lambda: len(community.driver.find_elements(By.CSS_SELECTOR, ".sheet svg")) == 26)
    community.shot("console-invitation-sheet")
    community.check_rules("invitation-sheet")
    pages = community.paper("console-invitation-sheet")
    if not 2 <= pages <= 6:
        sys.exit(f"26 invitations take {pages} pages")
    community.open("/late")
    wait("what is late is listed", lambda: community.shows("Overdue"))
    community.shot("console-late")
    community.check_rules("late")


def check_operations(street):
    lose_letter()
    street.open("/operations")
    wait("operations are shown", lambda: street.find("#t-processes").is_displayed())
    wait("a process serves the mailboxes", lambda: "服务中" in street.find("#t-processes").text)
    wait("a dead letter says why", lambda: street.find(".letter h3").text == "没有信箱接收")
    wait("its detail is folded", lambda: not street.find(".letter [lang=en]").text)
    street.click(".letter summary")
    wait("and opens", lambda: street.find(".letter [lang=en]").text)
    street.shot("console-operations")
    street.check_rules("operations")
    street.click(".letter .danger")
    wait("it is discarded", lambda: street.shows("已处理。") and not street.driver.find_elements(By.CSS_SELECTOR, ".letter"))


def lose_letter():
    """Sends a message that no mailbox takes."""
    with pika.BlockingConnection(pika.URLParameters(os.environ["GRIDWORK_AMQP_URL"])) as connection:
        properties = pika.BasicProperties(message_id="lost", delivery_mode=2)
        connection.channel().basic_publish("gridwork", "cell.0.nobody", b"{}", properties)


def check(node, shots):
    node.run("organization", "apply", str(SAMPLES / "jiangsu-road.organization.json"))
    code = GROUP.split("@")[1]
    posts = {
        "street": "office@310105002", "community": f"office@{code[:12]}", "cell-leader": f"cell-leader@{code[:15]}",
        "group-leader": GROUP, "liaison": LIAISON,
    }
    passwords = {name: node.add(name, post) for name, post in posts.items()}
    with node.up():
        check_field(node, shots, passwords)
        with Phone(node, shots) as phone:
            phone.be_invited("liaison")
            check_troubles(node, phone, LIAISON)
        check_console(node, shots, passwords)
        check_late(node, shots)
    unsure = {rule for _, rules in Phone.looks for rule in rules}
    kinds = len({name for name, _ in Phone.looks})
    print(
        f"axe looked {len(Phone.looks)} times at {kinds} pages: it found no fault,"
        f" and could not decide about {', '.join(sorted(unsure)) or 'nothing'}",
        file=sys.stderr,
    )


def check_field(node, shots, passwords):
    with Phone(node, shots) as phone, Phone(node, shots, "en-US") as leader:
        phone.be_invited("liaison")
        wait("there is nothing to do", lambda: phone.shows("没有待办任务"))
        phone.shot("empty")
        phone.check_rules("empty")
        phone.get_lost()
        leader.sign_in("group-leader", passwords["group-leader"])
        leader.open("/m/below")
        wait("nothing waits from below", lambda: leader.shows("Nothing from below waits for you."))
        leader.shot("below-empty")
        leader.check_rules("below-empty")
        phone.open("/m")
        node.issue(signOff=["liaison"])
        wait("an order shows without loading the page", lambda: phone.shows("冬季消防"))
        phone.shot("list")
        phone.check_rules("list")
        wait("the leader sees who has not answered", lambda: leader.shows("4 not acknowledged"))
        leader.shot("unanswered")
        leader.click(".leg form.urge button")
        wait("she urges one of them", lambda: leader.shows("Urged."))
        phone.send("acknowledge")
        wait("one tap acknowledges", lambda: phone.shows("已签收。") and phone.shows("办理中"))
        phone.click(".card h2 a")
        wait("the item's page has its text", lambda: phone.shows("逐户上门"))
        wait("and tells that she was urged", lambda: "催办" in phone.events())
        phone.shot("item")
        phone.check_rules("item")
        phone.attach("photos", "before", photo(node.folder, "before.jpg", 2400, 1800))
        wait("a photo is sent when it is taken", lambda: phone.shows("照片已上传。") and len(phone.photos()) == 1)
        phone.connect(False)
        phone.fill("complete", "应走访 20 户，已走访 20 户")
        phone.attach("complete", "after", photo(node.folder, "after.jpg", 600, 400))
        wait("there is room for another photo", lambda: len(phone.inputs("complete", "after")) == 2)
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

        leader.open("/m/below")
        wait("the leader sees it in English", lambda: leader.shows("handed in"))
        leader.shot("below")
        leader.check_rules("below")
        leader.click(".leg a")
        wait("she looks at the photos", lambda: len(leader.photos()) == 3)
        leader.shot("photos")
        leader.check_rules("photos")
        leader.click(".album a")
        wait("a tap on one shows it alone", lambda: leader.find(".photo img").get_property("naturalWidth") == 1200)
        leader.shot("photo")
        leader.check_rules("photo")
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
        check_return(node, phone, leader)
        for browser in (phone, leader):
            browser.check_console()


def check_return(node, phone, leader):
    """The liaison takes an order by the keyboard alone and gives it back; her leader gives it to her again."""
    phone.open("/m?tab=done")
    wait("what is completed is listed", lambda: phone.shows("冬季消防"))
    phone.shot("done-tab")
    phone.check_rules("done-tab")
    phone.open("/m")
    node.issue(title="楼道灯报修")
    wait("another order comes", lambda: phone.shows("楼道灯报修"))
    phone.walk_to("form.acknowledge button")
    phone.shot("keyboard")
    phone.press(Keys.ENTER)
    wait("she acknowledges it without a pointer", lambda: phone.shows("已签收。") and phone.shows("办理中"))
    phone.click(".card h2 a")
    wait("she opens it", lambda: phone.find("h1").text == "楼道灯报修")
    phone.fill("return", "不在本联络点")
    phone.send("return")
    wait("she gives it back", lambda: phone.shows("已退回。"))
    leader.open("/m/below")
    wait("the leader sees it", lambda: leader.find(".leg form.reassign button") and leader.shows("returned"))
    leader.unfold("reassign")
    leader.shot("returned")
    leader.check_rules("returned")
    leader.send("reassign")
    wait("she gives it out again", lambda: leader.shows("Reassigned."))
    phone.open("/m")
    wait("to the same liaison", lambda: phone.shows("楼道灯报修") and phone.shows("待签收"))


def check_late(node, shots):
    with Phone(node, shots) as phone:
        phone.be_invited("liaison")
        node.issue(title="逾期的任务", dueAt="PT1S", acceptBy=None)
        phone.open("/m?tab=overdue")
        wait("what is late is listed without loading the page", lambda: phone.shows("逾期的任务") and phone.shows("已逾期"))
        phone.shot("overdue-tab")
        phone.check_rules("overdue-tab")
        phone.check_console()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--screenshots")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        check(Node(os.path.realpath(arguments.program), folder), arguments.screenshots)


if __name__ == "__main__":
    main()
