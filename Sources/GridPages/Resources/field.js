// What makes the field pages better where scripts run; without them every form works by itself.
(function () {
    "use strict";

    var body = document.body;
    var owner = body.dataset.owner;
    if (!owner || !window.fetch || !window.URLSearchParams || !window.DOMParser) {
        return;
    }

    var queueKey = "gridwork:queue:" + owner;
    var draftPrefix = "gridwork:draft:" + owner + ":";
    var patience = 20000;
    var pause = 15000;
    var isSending = false;

    function element(id) {
        return document.getElementById(id);
    }

    // Storage may be full or forbidden; then a form is no worse off than without this script.
    function read(key) {
        try {
            return window.localStorage.getItem(key);
        } catch (error) {
            return null;
        }
    }

    function write(key, value) {
        try {
            if (value === null) {
                window.localStorage.removeItem(key);
            } else {
                window.localStorage.setItem(key, value);
            }
            return true;
        } catch (error) {
            return false;
        }
    }

    function queue() {
        try {
            return JSON.parse(read(queueKey)) || [];
        } catch (error) {
            return [];
        }
    }

    function saveQueue(entries) {
        return write(queueKey, entries.length ? JSON.stringify(entries) : null);
    }

    function without(key) {
        return queue().filter(function (entry) {
            return entry.key !== key;
        });
    }

    // A form's fields; the session's token is put in when it is sent, since the session may be another one by then.
    function entryOf(form) {
        var fields = new URLSearchParams();
        Array.prototype.forEach.call(form.elements, function (input) {
            if (input.name && input.name !== "csrf") {
                fields.append(input.name, input.value);
            }
        });
        return { key: fields.get("key"), action: form.getAttribute("action"), body: fields.toString(), draft: draftKey(form) };
    }

    function draftKey(form) {
        var answer = form.elements.answer;
        return draftPrefix + form.getAttribute("action") + (answer ? ":" + answer.value : "");
    }

    function show(id) {
        ["kept-waiting", "kept-sent", "kept-refused", "kept-changed"].forEach(function (name) {
            element(name).hidden = name !== id;
        });
        element("kept-send").hidden = id !== "kept-waiting";
        element("kept-show").hidden = id !== "kept-changed" && id !== "kept-refused";
        element("kept").hidden = !id;
    }

    function post(entry) {
        var fields = new URLSearchParams(entry.body);
        fields.append("csrf", body.dataset.csrf);
        var controller = window.AbortController ? new AbortController() : null;
        var timer = setTimeout(function () {
            if (controller) {
                controller.abort();
            }
        }, patience);
        var options = {
            method: "POST",
            body: fields.toString(),
            headers: { "Content-Type": "application/x-www-form-urlencoded" },
            credentials: "same-origin"
        };
        if (controller) {
            options.signal = controller.signal;
        }
        return fetch(entry.action, options).then(function (response) {
            return response.text().then(function (text) {
                clearTimeout(timer);
                return { status: response.status, url: response.url, text: text };
            });
        }, function (error) {
            clearTimeout(timer);
            throw error;
        });
    }

    function isSignIn(url) {
        return new URL(url, location.href).pathname === body.dataset.signIn;
    }

    // What came of an answer: "sent", "refused", "away" (nobody signed in) or "later".
    function outcome(answer) {
        if (isSignIn(answer.url)) {
            return "away";
        }
        if (answer.status === 429 || answer.status >= 500) {
            return "later";
        }
        return answer.status < 400 ? "sent" : "refused";
    }

    // Puts another page's content in the place of this one's.
    function swap(text, url) {
        var page = new DOMParser().parseFromString(text, "text/html");
        var main = page.getElementById("main");
        if (!main) {
            location.href = url;
            return;
        }
        element("main").replaceWith(main);
        document.title = page.title;
        body.dataset.csrf = page.body.dataset.csrf;
        if (url) {
            history.replaceState(null, "", url);
        }
        settle();
        dress();
    }

    // What was just done is told once, not again with every look.
    function settle() {
        var address = location.href.replace(/[?&]did=[a-zA-Z]*/, "");
        if (address !== location.href) {
            history.replaceState(null, "", address);
        }
    }

    // Gives forms what was typed in them before, and takes those away whose content is waiting to be sent.
    function dress() {
        var waiting = queue().map(function (entry) {
            return entry.draft;
        });
        Array.prototype.forEach.call(document.querySelectorAll("form[data-send]"), function (form) {
            var key = draftKey(form);
            var note = form.elements.note;
            var draft = read(key);
            if (note && draft && !note.value) {
                note.value = draft;
                var details = form.closest("details");
                if (details) {
                    details.open = true;
                }
            }
            var isWaiting = waiting.indexOf(key) >= 0;
            Array.prototype.forEach.call(form.querySelectorAll("button, textarea"), function (control) {
                control.disabled = isWaiting;
            });
        });
    }

    function keep(entry) {
        var entries = without(entry.key);
        entries.push(entry);
        var isKept = saveQueue(entries);
        if (isKept) {
            show("kept-waiting");
            dress();
        }
        return isKept;
    }

    document.addEventListener("submit", function (event) {
        var form = event.target;
        if (form.hasAttribute("data-forget")) {
            forget();
            return;
        }
        if (!form.hasAttribute("data-send")) {
            return;
        }
        event.preventDefault();
        var entry = entryOf(form);
        var buttons = form.querySelectorAll("button");
        function enable(isOn) {
            Array.prototype.forEach.call(buttons, function (button) {
                button.disabled = !isOn;
            });
        }
        enable(false);
        post(entry).then(function (answer) {
            var result = outcome(answer);
            if (result === "later" || result === "away") {
                if (!keep(entry)) {
                    enable(true);
                }
                if (result === "away") {
                    location.href = answer.url;
                }
                return;
            }
            if (result === "sent") {
                write(entry.draft, null);
            }
            show(queue().length ? "kept-waiting" : "");
            swap(answer.text, result === "sent" ? answer.url : null);
            window.scrollTo(0, 0);
            element("main").focus();
        }, function () {
            if (!keep(entry)) {
                enable(true);
            }
        });
    });

    document.addEventListener("input", function (event) {
        var form = event.target.form;
        if (form && form.hasAttribute("data-send") && event.target.name === "note") {
            write(draftKey(form), event.target.value || null);
        }
    });

    // Sends what is waiting, one after the other. The key of each makes sending it twice the same as once.
    function flush() {
        var entry = queue()[0];
        if (!entry || isSending) {
            return;
        }
        isSending = true;
        post(entry).then(function (answer) {
            isSending = false;
            var result = outcome(answer);
            if (result === "later" || result === "away") {
                show("kept-waiting");
                return;
            }
            saveQueue(without(entry.key));
            if (result === "sent") {
                write(entry.draft, null);
                show("kept-sent");
                refresh(true);
            } else {
                element("kept-show").dataset.link = entry.action.slice(0, entry.action.lastIndexOf("/"));
                show("kept-refused");
                dress();
            }
            flush();
        }, function () {
            isSending = false;
            show("kept-waiting");
        });
    }

    // Everything of this person that is kept on this phone.
    function forget() {
        try {
            Object.keys(window.localStorage).forEach(function (key) {
                if (key === queueKey || key.indexOf(draftPrefix) === 0) {
                    window.localStorage.removeItem(key);
                }
            });
        } catch (error) {
            return;
        }
    }

    function isTyping() {
        var active = document.activeElement;
        return Boolean(active && active.closest && active.closest("#main form") && active.name);
    }

    // Shows the page as it is now, unless somebody is writing on it: then says that there is news.
    function refresh(isQuiet) {
        if (isTyping()) {
            if (!isQuiet) {
                show("kept-changed");
            }
            return;
        }
        fetch(location.href, { credentials: "same-origin" }).then(function (response) {
            return response.text().then(function (text) {
                if (isSignIn(response.url)) {
                    location.href = response.url;
                } else if (response.ok && !isTyping()) {
                    var open = opened();
                    swap(text, null);
                    reopen(open);
                }
            });
        }).catch(function () {
            // The next event, or the next look at the page, tries again.
        });
    }

    function opened() {
        return Array.prototype.map.call(document.querySelectorAll("details[open] form"), draftKey);
    }

    function reopen(keys) {
        Array.prototype.forEach.call(document.querySelectorAll("details form"), function (form) {
            if (keys.indexOf(draftKey(form)) >= 0) {
                form.closest("details").open = true;
            }
        });
    }

    element("kept-send").addEventListener("click", flush);
    element("kept-show").addEventListener("click", function () {
        location.href = element("kept-show").dataset.link || location.href;
    });

    // Events, while somebody looks.
    var sources = [];
    var news = null;

    function follow() {
        if (!window.EventSource || sources.length) {
            return;
        }
        (body.dataset.follow || "").split(" ").filter(Boolean).forEach(function (address) {
            var source = new EventSource(address);
            // Every kind of event has a name of its own, all of them in the page.
            (body.dataset.events || "").split(" ").filter(Boolean).forEach(function (name) {
                source.addEventListener(name, function () {
                    clearTimeout(news);
                    news = setTimeout(refresh, 400);
                });
            });
            sources.push(source);
        });
    }

    function rest() {
        sources.forEach(function (source) {
            source.close();
        });
        sources = [];
    }

    document.addEventListener("visibilitychange", function () {
        if (document.hidden) {
            rest();
        } else {
            flush();
            follow();
            refresh(true);
        }
    });
    window.addEventListener("pagehide", rest);
    window.addEventListener("pageshow", function (event) {
        if (event.persisted) {
            follow();
            refresh(true);
        }
    });
    window.addEventListener("online", flush);
    setInterval(flush, pause);

    settle();
    dress();
    flush();
    follow();
})();
