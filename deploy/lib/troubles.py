"""What goes wrong on a phone: work that changes while it is offline, a full storage, streams that are refused."""

import contextlib
import http.client
import sys

from selenium.webdriver.common.by import By

from pages import photo, steady, wait

MOST_STREAMS = 10


def item(phone, node, title):
    """An order's item of the liaison who is signed in; shown."""
    node.issue(title=title)
    phone.open("/m")
    wait(f"the order comes: {title}", lambda: phone.shows(title))
    steady(lambda: phone.driver.find_element(By.LINK_TEXT, title).click())
    wait("its item is shown", lambda: phone.find("h1").text == title)
    return phone.driver.current_url.rsplit("/", 1)[1]


def check_refused(node, phone, post):
    """What was kept offline is refused later: it stays, with its photo, until it is taken or deleted."""
    identifier = item(phone, node, "井盖松动")
    phone.connect(False)
    phone.fill("complete", "井盖已固定")
    phone.attach("complete", "after", photo(node.folder, "cover.jpg", 300, 200))
    phone.send("complete")
    wait("a completion is kept", lambda: phone.shows("已保存在手机上"))
    node.run("assignment", "escalate", identifier, "--as", post, "--note", "需要市政处理")
    phone.connect(True)
    wait("what is refused is told", lambda: phone.shows("有保存的内容未被接受"))
    wait("of which item", lambda: phone.find("#refused h3").text == "井盖松动")
    wait("with its note", lambda: phone.find("#refused .note").text == "井盖已固定")
    wait("with the reason", lambda: phone.find("#refused .refusal").text)
    wait("and with its photo", lambda: phone.find("#refused canvas").get_property("width") in (200, 300))
    wait("the page shows what has changed", lambda: phone.find(".facts .state").text == "已上报")
    phone.shot("refused")
    phone.check_rules("refused")
    phone.open("/m")
    wait("it is there on other pages too", lambda: phone.find("#refused canvas").is_displayed())
    phone.click("#refused .again")
    wait("trying again too early is refused again", lambda: "现在不能这样操作" in phone.find("#refused .refusal").text)
    node.run("assignment", "answer", identifier, "--as", superior(post), "--answer", "carryOn")
    phone.open(f"/m/items/{identifier}")
    wait("the answer comes", lambda: phone.find(".facts .state").text == "办理中")
    phone.click("#refused .again")
    wait("trying again sends it", lambda: phone.shows("已办结") and "井盖已固定" in phone.notes())
    wait("with its photo", lambda: len(phone.photos()) == 1)
    wait("and nothing is left to be told", lambda: not phone.find("#refused").is_displayed() and not phone.shows("未被接受"))

    identifier = item(phone, node, "路灯不亮")
    phone.connect(False)
    phone.fill("return", "不在本联络点")
    phone.send("return")
    wait("giving back is kept", lambda: phone.shows("已保存在手机上"))
    node.run("assignment", "complete", identifier, "--as", post)
    phone.connect(True)
    wait("it comes too late", lambda: phone.find("#refused .note").text == "不在本联络点")
    # What stays in sight above may lie over it.
    script = "document.querySelector('#refused .drop').scrollIntoView({block: 'center'})"
    phone.driver.execute_script(script)
    phone.click("#refused .drop")
    phone.driver.switch_to.alert.accept()
    wait("she deletes it", lambda: not phone.find("#refused").is_displayed() and not phone.find("#kept").is_displayed())


def check_full(node, phone):
    """A phone that keeps nothing says so, and leaves the form as it is."""
    item(phone, node, "消防通道堵塞")
    phone.driver.execute_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    phone.connect(False)
    phone.fill("complete", "已清理")
    phone.attach("complete", "after", photo(node.folder, "passage.jpg", 300, 200))
    phone.send("complete")
    wait("what cannot be kept is told", lambda: phone.shows("请不要关闭本页"))
    button = phone.find("form.complete button")
    wait("and can be sent again", button.is_enabled)
    script = """
        const done = arguments[arguments.length - 1];
        const opening = indexedDB.open("gridwork", 1);
        opening.onsuccess = () => {
            const request = opening.result.transaction("photos").objectStore("photos").count();
            request.onsuccess = () => { opening.result.close(); done(request.result); };
        };
    """
    wait("no photo is left behind", lambda: phone.driver.execute_async_script(script) == 0)
    phone.shot("full")
    phone.connect(True)
    phone.send("complete")
    wait("it is sent when the connection is back", lambda: phone.shows("已办结") and len(phone.photos()) == 1)


def check_stream(node, phone):
    """A page whose stream was refused comes back to it by itself."""
    phone.open("/m")
    cookie = phone.driver.get_cookie("gridwork")["value"]
    address = phone.find("body").get_attribute("data-follow").split(" ")[0]
    phone.driver.get("about:blank")
    with contextlib.ExitStack() as streams:
        for _ in range(MOST_STREAMS):
            connection = streams.enter_context(contextlib.closing(http.client.HTTPConnection(node.address, timeout=30)))
            connection.request("GET", address, headers={"Cookie": f"gridwork={cookie}"})
            if connection.getresponse().status != 200:
                sys.exit("a stream is not opened")
        phone.open("/m")
        log = []

        def is_refused():
            log.extend(entry["message"] for entry in phone.driver.get_log("browser"))
            return any("events" in message and "status of 429" in message for message in log)

        wait("the page's stream is refused", is_refused)
    phone.driver.execute_script("window.gridworkMark = true")
    node.issue(title="积水清扫")
    wait("the page comes back to it", lambda: phone.shows("积水清扫"), 60)
    if not phone.driver.execute_script("return window.gridworkMark === true"):
        sys.exit("the page was loaded anew")


def check_troubles(node, phone, post):
    """Everything, on the phone of somebody who is signed in and holds a post."""
    check_refused(node, phone, post)
    check_full(node, phone)
    check_stream(node, phone)
    phone.check_console()


def superior(post):
    """The lane group's post above a liaison's."""
    return f"group-leader@{post.split('@')[1][:17]}"


def check_draft(street, name, password):
    """A session ends while an order is written: it is there again after signing in."""
    street.open("/orders/new")
    street.find("input[name=title]").send_keys("防汛准备")
    street.find("textarea[name=body]").send_keys("检查排水口。")
    street.driver.execute_script("document.querySelector('input[name=dueAt]').value = '2099-12-31'")
    street.find("select[name=module] option[value=publicSafety]").click()
    street.find("fieldset.scope input").click()
    street.driver.delete_cookie("gridwork")
    street.find("form.columns button.main").click()
    wait("an order is sent after the session ended", lambda: street.find("input[name=password]").is_displayed())
    street.find("input[name=name]").send_keys(name)
    street.find("input[name=password]").send_keys(password)
    street.find(".sign-in button").click()
    wait("signing in leads to its form again", lambda: street.shows("已恢复您上次填写"))
    street.shot("draft")
    street.check_rules("draft")
    values = [street.find(f"[name={field}]").get_property("value") for field in ("title", "body", "dueAt", "module")]
    if values != ["防汛准备", "检查排水口。", "2099-12-31", "publicSafety"]:
        sys.exit(f"the draft has {values}")
    if not street.find("fieldset.scope input").is_selected():
        sys.exit("the draft has lost its scope")
    street.click("#draft-drop")
    wait("it can be thrown away", lambda: not street.find("input[name=title]").get_property("value"))
    street.open("/orders/new")
    wait("for good", lambda: street.find("input[name=title]").is_displayed() and not street.find("#draft").is_displayed())
    street.open("/")
