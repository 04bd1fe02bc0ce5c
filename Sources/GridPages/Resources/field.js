// What makes the field pages better where scripts run; without them every form works by itself.
(function () {
    "use strict";

    var body = document.body;
    if (!body.dataset.owner || !window.fetch || !window.URLSearchParams || !window.DOMParser) {
        return;
    }

    var kept = window.gridwork.kept;
    var patience = 20000;
    var patienceWithPhotos = 115000;
    var pause = 15000;
    // The fields that are kept while they are written.
    var drafted = ["note", "until"];
    var isSending = false;
    var live = null;
    var showRefused = null;
    var told = "";

    function element(id) {
        return document.getElementById(id);
    }

    // A form's fields; the session's token is put in when it is sent, since the session may be another one by then.
    function entryOf(form) {
        var fields = new URLSearchParams();
        Array.prototype.forEach.call(form.elements, function (input) {
            if (input.name && input.name !== "csrf" && input.type !== "file") {
                fields.append(input.name, input.value);
            }
        });
        var card = form.closest(".card, .leg") || element("main");
        var title = card.querySelector("h1, h2") || card.querySelector("a");
        return {
            key: fields.get("key"),
            action: form.getAttribute("action"),
            body: fields.toString(),
            draft: draftKey(form),
            title: title ? title.textContent : document.title,
            photos: 0
        };
    }

    // The photos that were chosen in a form.
    function photosOf(form) {
        var photos = [];
        Array.prototype.forEach.call(form.querySelectorAll("input[type=file]"), function (input) {
            Array.prototype.forEach.call(input.files || [], function (file) {
                photos.push({ name: input.name, file: file });
            });
        });
        return photos;
    }

    function draftKey(form) {
        var answer = form.elements.answer;
        return form.getAttribute("action") + (answer ? ":" + answer.value : "");
    }

    function fieldKey(form, name) {
        return name === drafted[0] ? form : form + ":" + name;
    }

    // Says one thing about what is kept. What was not accepted is told beside it, until somebody has seen to it.
    function show(id) {
        told = id;
        ["kept-waiting", "kept-text", "kept-lost", "kept-sent", "kept-changed"].forEach(function (name) {
            element(name).hidden = name !== id;
        });
        element("kept-send").hidden = id !== "kept-waiting";
        element("kept-show").hidden = id !== "kept-changed";
        var hasRefused = showRefused();
        element("kept-refused").hidden = !hasRefused;
        element("kept").hidden = !id && !hasRefused;
    }

    // The token comes first: photos are taken only after it.
    function formData(entry, photos) {
        var data = new FormData();
        data.append("csrf", body.dataset.csrf);
        new URLSearchParams(entry.body).forEach(function (value, name) {
            data.append(name, value);
        });
        photos.forEach(function (photo) {
            data.append(photo.name, photo.file, "photo");
        });
        return data;
    }

    function post(entry, photos) {
        var fields = new URLSearchParams(entry.body);
        fields.append("csrf", body.dataset.csrf);
        var controller = window.AbortController ? new AbortController() : null;
        var timer = setTimeout(function () {
            if (controller) {
                controller.abort();
            }
        }, photos.length ? patienceWithPhotos : patience);
        var options = {
            method: "POST",
            body: photos.length ? formData(entry, photos) : fields.toString(),
            headers: photos.length ? {} : { "Content-Type": "application/x-www-form-urlencoded" },
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
        // 507: there is no room for photos, which is to be read, not waited for.
        if (answer.status === 429 || (answer.status >= 500 && answer.status !== 507)) {
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
        // Streams that are opened later begin where this page was written.
        body.dataset.follow = page.body.dataset.follow;
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
        var waiting = kept.waiting().map(function (entry) {
            return entry.draft;
        });
        Array.prototype.forEach.call(document.querySelectorAll("form[data-send]"), function (form) {
            var key = draftKey(form);
            drafted.forEach(function (name) {
                var field = form.elements[name];
                var draft = kept.draft(fieldKey(key, name));
                if (field && draft && !field.value) {
                    field.value = draft;
                    var details = form.closest("details");
                    if (details) {
                        details.open = true;
                    }
                }
            });
            var isWaiting = waiting.indexOf(key) >= 0;
            Array.prototype.forEach.call(form.querySelectorAll("button, textarea, input[type=file]"), function (control) {
                control.disabled = isWaiting;
            });
        });
    }

    // Keeps what could not be sent, and tells whether it waits. Without room for the photos nothing waits, since it would
    // go without them: the text is a draft, the photos stay chosen while the page is open. Without room for the text
    // either, all of it is on the page and nowhere else.
    function keep(entry, photos) {
        entry.photos = photos.length;
        return kept.put(entry, photos).then(function () {
            show("kept-waiting");
            dress();
            return true;
        }, function () {
            var note = new URLSearchParams(entry.body).get("note");
            show(photos.length && (!note || kept.draft(entry.draft) === note) ? "kept-text" : "kept-lost");
            return false;
        });
    }

    // What is kept is not being written any more: the page may be shown anew.
    function leave(form) {
        Array.prototype.forEach.call(form.querySelectorAll("input[type=file]"), function (input) {
            input.value = "";
        });
        if (form.contains(document.activeElement)) {
            document.activeElement.blur();
        }
    }

    // Keeps what was sent and not accepted, with the reason, for whoever sent it to decide about.
    function refuse(entry, refusal) {
        entry.refusal = refusal;
        return kept.put(entry).then(function () {
            show(told === "kept-waiting" ? "" : told);
            dress();
            live.ring(false, 0);
        });
    }

    // Sends what was not accepted once more, as it is: under a new key, since its own one stands for the refusal, and
    // whatever has changed since, which she has had time to look at.
    function again(entry) {
        var fields = new URLSearchParams(entry.body);
        fields.set("key", entry.key + "-" + Date.now().toString(36));
        fields.delete("revision");
        entry.body = fields.toString();
        delete entry.refusal;
        kept.put(entry).then(function () {
            show("kept-waiting");
            dress();
            flush();
        }, function () {
            show("kept-lost");
        });
    }

    // What a page says about what was not accepted.
    function refusalIn(text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        var told = page.querySelector(".notice.bad") || page.querySelector("main h1");
        return told ? told.textContent : element("refused").dataset.unknown;
    }

    document.addEventListener("submit", function (event) {
        var form = event.target;
        if (form.hasAttribute("data-forget")) {
            event.preventDefault();
            // A database that does not answer keeps nobody signed in.
            Promise.race([kept.forget(), new Promise(function (resolve) {
                setTimeout(resolve, 2000);
            })]).then(function () {
                form.submit();
            });
            return;
        }
        if (form.hasAttribute("data-send")) {
            event.preventDefault();
            send(form);
        }
    });

    function send(form) {
        // Photos are sent one after the other by the same form, each of them something of its own.
        var isUpload = form.hasAttribute("data-upload");
        var entry = entryOf(form);
        var photos = photosOf(form);
        if (isUpload) {
            entry.key += "-" + Date.now().toString(36);
            entry.draft = "";
        }
        var buttons = form.querySelectorAll("button");
        function enable(isOn) {
            Array.prototype.forEach.call(buttons, function (button) {
                button.disabled = !isOn;
            });
        }
        function keepForLater() {
            return keep(entry, photos).then(function (isKept) {
                if (isKept) {
                    leave(form);
                }
                if (!isKept || isUpload) {
                    enable(true);
                }
            });
        }
        enable(false);
        post(entry, photos).then(function (answer) {
            var result = outcome(answer);
            if (result === "later" || result === "away") {
                keepForLater().then(function () {
                    if (result === "away") {
                        location.href = answer.url;
                    }
                });
                return;
            }
            if (result === "sent") {
                kept.dropDrafts(entry.draft);
            }
            if (isUpload) {
                leave(form);
                if (isTyping()) {
                    enable(true);
                    show("kept-changed");
                    return;
                }
            }
            var open = isUpload ? opened() : [];
            show(kept.waiting().length ? "kept-waiting" : "");
            swap(answer.text, result === "sent" ? answer.url : null);
            reopen(open);
            window.scrollTo(0, 0);
            element("main").focus();
        }, keepForLater);
    }

    // A camera takes one photo at a time: each that is taken makes room for another one.
    document.addEventListener("change", function (event) {
        var input = event.target;
        if (input.type !== "file" || !input.files.length) {
            return;
        }
        if (input.form.hasAttribute("data-upload")) {
            send(input.form);
            return;
        }
        if (input.nextElementSibling) {
            return;
        }
        var next = input.cloneNode(false);
        next.value = "";
        next.setAttribute("aria-label", input.parentNode.firstChild.textContent.trim());
        input.parentNode.appendChild(next);
    });

    document.addEventListener("input", function (event) {
        var form = event.target.form;
        if (form && form.hasAttribute("data-send") && drafted.indexOf(event.target.name) >= 0) {
            kept.saveDraft(fieldKey(draftKey(form), event.target.name), event.target.value || null);
        }
    });

    // Sends what is waiting, one after the other. The key of each makes sending it twice the same as once.
    function flush() {
        var entry = kept.waiting()[0];
        if (!entry || isSending) {
            return;
        }
        isSending = true;
        kept.photos(entry).then(function (photos) {
            return post(entry, photos);
        }, function () {
            return null;
        }).then(function (answer) {
            // Nothing is sent without the photos it was to come with, unless she says so.
            if (!answer) {
                entry.photos = 0;
                return refuse(entry, element("refused").dataset.gone).then(goOn);
            }
            var result = outcome(answer);
            if (result === "later" || result === "away") {
                isSending = false;
                show("kept-waiting");
                return null;
            }
            if (result === "refused") {
                return refuse(entry, refusalIn(answer.text)).then(goOn);
            }
            kept.drop(entry);
            kept.dropDrafts(entry.draft);
            show("kept-sent");
            live.ring(false, 0);
            return goOn();
        }).catch(function () {
            isSending = false;
            show("kept-waiting");
        });
    }

    function goOn() {
        isSending = false;
        flush();
    }

    function isTyping() {
        var active = document.activeElement;
        var hasPhotos = Array.prototype.some.call(document.querySelectorAll("#main input[type=file]"), function (input) {
            return !input.disabled && input.files && input.files.length;
        });
        return hasPhotos || Boolean(active && active.closest && active.closest("#main form") && active.name);
    }

    // Shows the page as it is now, unless somebody is writing on it: then says that there is news.
    function look(isNews) {
        if (isTyping()) {
            tell(isNews);
            return Promise.resolve(0);
        }
        return fetch(location.href, { credentials: "same-origin" }).then(function (response) {
            return response.text().then(function (text) {
                if (isSignIn(response.url)) {
                    location.href = response.url;
                } else if (response.ok && isTyping()) {
                    tell(isNews);
                } else if (response.ok) {
                    var open = opened();
                    swap(text, null);
                    reopen(open);
                    if (told === "kept-changed") {
                        show("");
                    }
                }
                return response.status;
            });
        });
    }

    function tell(isNews) {
        if (isNews) {
            show("kept-changed");
        }
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
        location.reload();
    });

    document.addEventListener("visibilitychange", function () {
        if (!document.hidden) {
            flush();
        }
    });
    window.addEventListener("online", flush);
    setInterval(flush, pause);

    settle();
    dress();
    live = window.gridwork.live(look);
    showRefused = window.gridwork.refused(again, function () {
        show("");
    });
    show("");
    flush();
})();
