// Shows what happens while somebody looks at a page of the console; without it a page is as it was when it was loaded.
(function () {
    "use strict";

    var body = document.body;

    if (!window.fetch || !window.DOMParser || !window.EventSource) {
        return;
    }

    function main() {
        return document.getElementById("main");
    }

    function inputs() {
        return Array.prototype.slice.call(main().querySelectorAll("input:not([type=hidden]), textarea, select"));
    }

    function isChanged(input) {
        if (input.type === "checkbox" || input.type === "radio") {
            return input.checked !== input.defaultChecked;
        }
        if (input.tagName === "SELECT") {
            return Array.prototype.some.call(input.options, function (option) {
                return option.selected !== option.defaultSelected && option.index > 0;
            });
        }
        return input.value !== input.defaultValue;
    }

    // Whether something would be lost if the page were shown anew.
    function isWriting() {
        var active = document.activeElement;
        return inputs().some(isChanged) || Boolean(active && active.name && main().contains(active));
    }

    function details(root) {
        return Array.prototype.slice.call(root.querySelectorAll("details[id]"));
    }

    // What has the focus, as something that can be found again.
    function focused() {
        var active = document.activeElement;
        if (!active || !main().contains(active)) {
            return null;
        }
        if (active.tagName === "SUMMARY" && active.parentNode.id) {
            return { id: active.parentNode.id, tag: "summary" };
        }
        return active.tagName === "A" ? { href: active.getAttribute("href") } : null;
    }

    function focus(place) {
        var found = null;
        if (place && place.id) {
            found = document.getElementById(place.id);
            found = found && found.querySelector(place.tag);
        } else if (place) {
            found = Array.prototype.filter.call(main().querySelectorAll("a"), function (link) {
                return link.getAttribute("href") === place.href;
            })[0];
        }
        if (found) {
            found.focus({ preventScroll: true });
        }
    }

    // Puts another page's content in the place of this one's: what is unfolded stays so, and so does the place.
    function swap(text) {
        var page = new DOMParser().parseFromString(text, "text/html");
        var next = page.getElementById("main");
        var menu = page.querySelector("header nav");
        if (!next) {
            return;
        }
        var open = {};
        details(main()).forEach(function (element) {
            open[element.id] = element.open;
        });
        details(next).forEach(function (element) {
            if (element.id in open) {
                element.open = open[element.id];
            }
        });
        var place = focused();
        var scrolled = Array.prototype.map.call(document.querySelectorAll(".scroll"), function (element) {
            return element.scrollLeft;
        });
        var hadFocus = document.activeElement === main();
        main().replaceWith(next);
        Array.prototype.forEach.call(document.querySelectorAll(".scroll"), function (element, index) {
            element.scrollLeft = scrolled[index] || 0;
        });
        if (menu) {
            document.querySelector("header nav").replaceWith(menu);
        }
        if (hadFocus) {
            next.focus({ preventScroll: true });
        } else {
            focus(place);
        }
        document.title = page.title;
        // Streams that are opened later begin where this page was written.
        body.dataset.follow = page.body.dataset.follow;
        document.getElementById("news").hidden = true;
    }

    function tell(isNews) {
        if (isNews) {
            document.getElementById("news").hidden = false;
        }
    }

    // Shows the page as it is now, unless somebody is writing on it: then says that there is news.
    function look(isNews) {
        if (isWriting()) {
            tell(isNews);
            return Promise.resolve(0);
        }
        return fetch(location.href, { credentials: "same-origin" }).then(function (response) {
            return response.text().then(function (text) {
                if (new URL(response.url).pathname === body.dataset.signIn) {
                    location.href = response.url;
                } else if (response.ok && isWriting()) {
                    tell(isNews);
                } else if (response.ok) {
                    swap(text);
                }
                return response.status;
            });
        });
    }

    document.getElementById("news-show").addEventListener("click", function () {
        location.reload();
    });

    // What was just done is told once, not again with every look.
    var address = location.href.replace(/[?&]did=[a-zA-Z]*/, "");
    if (address !== location.href) {
        history.replaceState(null, "", address);
    }
    window.gridwork.live(look);
})();
