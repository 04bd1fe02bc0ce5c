// Shows what was kept, sent later and not accepted, so that it is lost only when somebody deletes it.
(function () {
    "use strict";

    // Draws photos small. Drawn, since pages show images of this node only, and these are on the phone.
    function drawPhotos(photos, album, texts) {
        photos.forEach(function (photo) {
            if (!window.createImageBitmap) {
                return;
            }
            window.createImageBitmap(photo.file).then(function (image) {
                var canvas = document.createElement("canvas");
                var scale = Math.min(1, 320 / Math.max(image.width, image.height));
                canvas.width = Math.max(1, Math.round(image.width * scale));
                canvas.height = Math.max(1, Math.round(image.height * scale));
                canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
                canvas.setAttribute("role", "img");
                canvas.setAttribute("aria-label", texts[photo.name] || "");
                album.appendChild(canvas);
            }).catch(function () {
                // What cannot be shown may still be sent again.
            });
        });
    }

    // `again` is called with an entry that is to be sent once more, `changed` after one was deleted.
    function refused(again, changed) {
        var kept = window.gridwork.kept;
        var section = document.getElementById("refused");
        var list = document.getElementById("refused-list");
        var shown = "";

        function article(entry) {
            var part = document.importNode(document.getElementById("refused-entry").content, true);
            var link = part.querySelector("a");
            link.textContent = entry.title;
            link.href = entry.action.slice(0, entry.action.lastIndexOf("/"));
            part.querySelector(".refusal").textContent = entry.refusal;
            var note = part.querySelector(".note");
            note.textContent = new URLSearchParams(entry.body).get("note") || "";
            note.hidden = !note.textContent;
            part.querySelector(".again").addEventListener("click", function () {
                again(entry);
            });
            part.querySelector(".drop").addEventListener("click", function () {
                if (window.confirm(section.dataset.sure)) {
                    kept.drop(entry);
                    kept.dropDrafts(entry.draft);
                    changed();
                }
            });
            var album = part.querySelector(".album");
            kept.photos(entry).then(function (photos) {
                drawPhotos(photos, album, section.dataset);
            }, function () {
                // The refusal of what has lost its photos says so once it is sent again.
            });
            return part;
        }

        // Shows what there is now, and tells whether that is anything.
        return function () {
            var entries = kept.refused();
            var now = JSON.stringify(entries);
            if (now !== shown) {
                shown = now;
                list.textContent = "";
                entries.forEach(function (entry) {
                    list.appendChild(article(entry));
                });
                section.hidden = !entries.length;
            }
            return entries.length > 0;
        };
    }

    window.gridwork.refused = refused;
})();
