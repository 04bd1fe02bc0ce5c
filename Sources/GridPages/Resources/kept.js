// What a phone keeps for somebody: what she typed and has not sent, and what waits to be sent, with its photos.
(function () {
    "use strict";

    var owner = document.body.dataset.owner;
    var entriesKey = "gridwork:queue:" + owner;
    var draftPrefix = "gridwork:draft:" + owner + ":";

    // Storage may be full or forbidden; then a form is no worse off than without a script.
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

    function drop(isDropped) {
        try {
            Object.keys(window.localStorage).filter(isDropped).forEach(function (key) {
                window.localStorage.removeItem(key);
            });
        } catch (error) {
            // Where nothing can be removed, nothing was kept.
        }
    }

    // All that was kept and is not gone, the oldest first.
    function entries() {
        try {
            return JSON.parse(read(entriesKey)) || [];
        } catch (error) {
            return [];
        }
    }

    function others(key) {
        return entries().filter(function (entry) {
            return entry.key !== key;
        });
    }

    function saveEntries(all) {
        return write(entriesKey, all.length ? JSON.stringify(all) : null);
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

    function putPhotos(entry, photos) {
        return photos.length ? withPhotos("readwrite", function (store) {
            return store.put(photos, photosKey(entry));
        }) : Promise.resolve();
    }

    // What cannot be removed is in nobody's way.
    function dropPhotos(keys) {
        return window.indexedDB ? withPhotos("readwrite", function (store) {
            return store.delete(keys);
        }).catch(function () {}) : Promise.resolve();
    }

    window.gridwork.kept = {
        // What was typed into a field of a form; a form's first field has the form's own key.
        draft: function (key) {
            return read(draftPrefix + key);
        },
        saveDraft: function (key, text) {
            write(draftPrefix + key, text);
        },
        // Those of all fields of a form.
        dropDrafts: function (form) {
            drop(function (key) {
                return key === draftPrefix + form || key.indexOf(draftPrefix + form + ":") === 0;
            });
        },
        // What waits to be sent.
        waiting: function () {
            return entries().filter(function (entry) {
                return !entry.refusal;
            });
        },
        // What was sent and not accepted: it has the reason as its refusal.
        refused: function () {
            return entries().filter(function (entry) {
                return entry.refusal;
            });
        },
        // Keeps an entry, behind all others, and its photos where there are new ones. Fails when there is no room.
        put: function (entry, photos) {
            return putPhotos(entry, photos || []).then(function () {
                if (!saveEntries(others(entry.key).concat([entry]))) {
                    return (photos ? dropPhotos(photosKey(entry)) : Promise.resolve()).then(function () {
                        throw new Error("full");
                    });
                }
            });
        },
        drop: function (entry) {
            saveEntries(others(entry.key));
            return entry.photos ? dropPhotos(photosKey(entry)) : Promise.resolve();
        },
        // The photos of an entry; fails if the browser has dropped them.
        photos: function (entry) {
            return entry.photos ? withPhotos("readonly", function (store) {
                return store.get(photosKey(entry));
            }).then(function (photos) {
                return photos && photos.length === entry.photos ? photos : Promise.reject(new Error("gone"));
            }) : Promise.resolve([]);
        },
        // Forgets everything of this person.
        forget: function () {
            drop(function (key) {
                return key === entriesKey || key.indexOf(draftPrefix) === 0;
            });
            return dropPhotos(window.IDBKeyRange && window.IDBKeyRange.bound(owner + ":", owner + ";"));
        }
    };
})();
