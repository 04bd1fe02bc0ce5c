// Keeps an order that is being written in its tab, since a session may be over by the time it is sent.
(function () {
    "use strict";

    var body = document.body;
    var form = document.querySelector("form[data-draft]");
    var prefix = "gridwork:order:";
    var key = prefix + body.dataset.owner;

    // Storage may be forbidden; then a form is no worse off than without a script.
    function storage(work) {
        try {
            return work(window.sessionStorage);
        } catch (error) {
            return null;
        }
    }

    function controls() {
        return Array.prototype.filter.call(form.elements, function (control) {
            return control.name && control.type !== "hidden";
        });
    }

    function save() {
        var values = controls().filter(function (control) {
            return control.type !== "checkbox" || control.checked;
        }).map(function (control) {
            return [control.name, control.value];
        });
        storage(function (place) {
            place.setItem(key, JSON.stringify({ actor: form.elements.actor.value, values: values }));
        });
    }

    function drop() {
        storage(function (place) {
            Object.keys(place).forEach(function (name) {
                if (name.indexOf(prefix) === 0) {
                    place.removeItem(name);
                }
            });
        });
    }

    function fill(values) {
        controls().forEach(function (control) {
            var mine = values.filter(function (value) {
                return value[0] === control.name;
            });
            if (control.type !== "checkbox") {
                control.value = mine.length ? mine[0][1] : control.value;
                return;
            }
            control.checked = mine.some(function (value) {
                return value[1] === control.value;
            });
            for (var part = control.closest("details"); control.checked && part; part = part.parentNode.closest("details")) {
                part.open = true;
            }
        });
    }

    function restore() {
        var draft = storage(function (place) {
            return JSON.parse(place.getItem(key));
        });
        var note = document.getElementById("draft");
        if (!draft || draft.actor !== form.elements.actor.value) {
            return;
        }
        fill(draft.values);
        note.hidden = false;
        document.getElementById("draft-drop").addEventListener("click", function () {
            drop();
            form.reset();
            note.hidden = true;
            form.elements.title.focus();
        });
    }

    document.addEventListener("submit", function (event) {
        if (event.target.getAttribute("action") === body.dataset.signOut) {
            drop();
        }
    });
    // What was issued is written no more.
    if (/[?&]did=issue(&|$)/.test(location.search)) {
        drop();
    }
    if (form) {
        // What the node shows again is newer than what was kept.
        if (form.dataset.draft === "new") {
            restore();
        }
        form.addEventListener("input", save);
        form.addEventListener("change", save);
    }
})();
