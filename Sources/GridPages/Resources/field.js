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
    var patienceWithPhotos = 115000;
    var pause = 15000;
    var isSending = false;
    var live = null;

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
            if (input.name && input.name !== "csrf" && input.type !== "file") {
                fields.append(input.name, input.value);
            }
        });
        return { key: fields.get("key"), action: form.getAttribute("action"), body: fields.toString(), draft: draftKey(form) };
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

    // Photos wait in a database: the storage for texts is too small for them. They are this person's until she signs out.
    function withPhotos(mode, work) {
        return new Promise(function (resolve, reject) {
            var opening = window.indexedDB.open("gridwork", 1);
            opening.onupgradeneeded = function () {
                opening.result.createObjectStore("photos");
            };
            opening.onerror = function () {
                reject(opening.error);
            };
            opening.onsuccess = function () {
                var database = opening.result;
                var transaction = database.transaction("photos", mode);
                var request = work(transaction.objectStore("photos"));
                transaction.oncomplete = function () {
                    database.close();
                    resolve(request.result);
                };
                transaction.onabort = function () {
                    database.close();
                    reject(transaction.error);
                };
            };
        });
    }

    function photosKey(entry) {
        return owner + ":" + entry.key;
    }

    function keepPhotos(entry, photos) {
        return photos.length ? withPhotos("readwrite", function (store) {
            return store.put(photos, photosKey(entry));
        }) : Promise.resolve();
    }

    // The photos that wait with an entry; fails if the browser has dropped them.
    function keptPhotos(entry) {
        return entry.photos ? withPhotos("readonly", function (store) {
            return store.get(photosKey(entry));
        }).then(function (photos) {
            return photos && photos.length === entry.photos ? photos : Promise.reject(new Error("gone"));
        }) : Promise.resolve([]);
    }

    // Those of one entry, or all of this person's. What cannot be removed is in nobody's way.
    function dropPhotos(entry) {
        return window.indexedDB ? withPhotos("readwrite", function (store) {
            return store.delete(entry ? photosKey(entry) : window.IDBKeyRange.bound(owner + ":", owner + ";"));
        }).catch(function () {}) : Promise.resolve();
    }

    function draftKey(form) {
        var answer = form.elements.answer;
        return draftPrefix + form.getAttribute("action") + (answer ? ":" + answer.value : "");
    }

    function show(id) {
        ["kept-waiting", "kept-text", "kept-sent", "kept-refused", "kept-changed"].forEach(function (name) {
            element(name).hidden = name !== id;
        });
        element("kept-send").hidden = id !== "kept-waiting";
        element("kept-show").hidden = id !== "kept-changed" && id !== "kept-refused";
        element("kept").hidden = !id;
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
            Array.prototype.forEach.call(form.querySelectorAll("button, textarea, input[type=file]"), function (control) {
                control.disabled = isWaiting;
            });
        });
    }

    // Keeps what could not be sent. Without room for the photos nothing waits, since it would go without them: the text
    // is kept as a draft, the photos stay chosen while the page is open. Tells whether it waits.
    function keep(entry, photos) {
        return keepPhotos(entry, photos).then(function () {
            entry.photos = photos.length;
            var entries = without(entry.key);
            entries.push(entry);
            var isKept = saveQueue(entries);
            if (isKept) {
                show("kept-waiting");
                dress();
            }
            return isKept;
        }, function () {
            show("kept-text");
            return false;
        });
    }

    document.addEventListener("submit", function (event) {
        var form = event.target;
        if (form.hasAttribute("data-forget")) {
            event.preventDefault();
            // A database that does not answer keeps nobody signed in.
            Promise.race([forget(), new Promise(function (resolve) {
                setTimeout(resolve, 2000);
            })]).then(function () {
                form.submit();
            });
            return;
        }
        if (!form.hasAttribute("data-send")) {
            return;
        }
        event.preventDefault();
        var entry = entryOf(form);
        var photos = photosOf(form);
        var buttons = form.querySelectorAll("button");
        function enable(isOn) {
            Array.prototype.forEach.call(buttons, function (button) {
                button.disabled = !isOn;
            });
        }
        function keepForLater() {
            return keep(entry, photos).then(function (isKept) {
                if (!isKept) {
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
                write(entry.draft, null);
            }
            show(queue().length ? "kept-waiting" : "");
            swap(answer.text, result === "sent" ? answer.url : null);
            window.scrollTo(0, 0);
            element("main").focus();
        }, keepForLater);
    });

    // A camera takes one photo at a time: each that is taken makes room for another one.
    document.addEventListener("change", function (event) {
        var input = event.target;
        if (input.type !== "file" || !input.files.length || input.nextElementSibling) {
            return;
        }
        var next = input.cloneNode(false);
        next.value = "";
        next.setAttribute("aria-label", input.parentNode.firstChild.textContent.trim());
        input.parentNode.appendChild(next);
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
        keptPhotos(entry).then(function (photos) {
            return post(entry, photos);
        }, function () {
            // Nothing is sent without the photos it was to come with; what was typed is a draft again.
            return { status: 410, url: location.href };
        }).then(function (answer) {
            isSending = false;
            var result = outcome(answer);
            if (result === "later" || result === "away") {
                show("kept-waiting");
                return;
            }
            saveQueue(without(entry.key));
            if (entry.photos) {
                dropPhotos(entry);
            }
            if (result === "sent") {
                write(entry.draft, null);
                show("kept-sent");
                live.ring(false, 0);
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
        var dropping = dropPhotos(null);
        try {
            Object.keys(window.localStorage).forEach(function (key) {
                if (key === queueKey || key.indexOf(draftPrefix) === 0) {
                    window.localStorage.removeItem(key);
                }
            });
        } catch (error) {
            // Where nothing can be removed, nothing was kept.
        }
        return dropping;
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
                    if (!element("kept-changed").hidden) {
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
        location.href = element("kept-show").dataset.link || location.href;
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
    flush();
})();
