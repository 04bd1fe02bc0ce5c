// Tells a page when to look again while somebody looks at it: whenever something happens, and when an answer was none.
(function () {
    "use strict";

    // An order to a street reaches all of its phones in the same moment; they look one after the other.
    var soonest = 400;
    var spread = 2600;
    // A node or a proxy that starts again is not met by everybody at once.
    var patience = 5000;
    var patienceSpread = 25000;
    // Too many requests, and a node that is not there, pass by themselves.
    var tooMany = 429;
    var fault = 500;

    function between(least, width) {
        return least + Math.random() * width;
    }

    // Calls `look` with whether something happened, never twice at once. It promises the status of the page's answer,
    // or fails where there was none.
    function live(look) {
        var body = document.body;
        var sources = [];
        var coming = null;
        var timer = null;
        var timerEnd = 0;
        var hasNews = false;
        var isLooking = false;
        var isDue = false;

        // Looks after a while, or as soon as is said.
        function ring(isNews, wait) {
            hasNews = hasNews || isNews;
            if (isLooking) {
                isDue = true;
                return;
            }
            var pause = wait === undefined ? between(soonest, spread) : wait;
            var end = Date.now() + pause;
            if (timer && timerEnd <= end) {
                return;
            }
            clearTimeout(timer);
            timerEnd = end;
            timer = setTimeout(start, pause);
        }

        function start() {
            var isNews = hasNews;
            timer = null;
            hasNews = false;
            isLooking = true;
            look(isNews).catch(function () {
                return fault;
            }).then(function (status) {
                isLooking = false;
                if (status === tooMany || status >= fault) {
                    isDue = false;
                    if (!document.hidden) {
                        ring(isNews, between(patience, patienceSpread));
                    }
                } else if (isDue) {
                    isDue = false;
                    ring(false);
                }
            });
        }

        function open(address) {
            var source = new EventSource(address);
            // Every kind of event has a name of its own, all of them in the page.
            (body.dataset.events || "").split(" ").filter(Boolean).forEach(function (name) {
                source.addEventListener(name, function () {
                    ring(true);
                });
            });
            // A browser comes back by itself after a lost connection, but not after an answer that is no stream.
            source.addEventListener("error", function () {
                if (source.readyState === EventSource.CLOSED) {
                    rest();
                    coming = setTimeout(function () {
                        follow();
                        ring(false, 0);
                    }, between(patience, patienceSpread));
                }
            });
            sources.push(source);
        }

        // Streams begin where the page was written, so that nothing is missed in between.
        function follow() {
            clearTimeout(coming);
            if (window.EventSource && !sources.length && !document.hidden) {
                (body.dataset.follow || "").split(" ").filter(Boolean).forEach(open);
            }
        }

        function rest() {
            clearTimeout(coming);
            sources.forEach(function (source) {
                source.close();
            });
            sources = [];
        }

        function comeBack() {
            follow();
            ring(false, 0);
        }

        document.addEventListener("visibilitychange", function () {
            if (document.hidden) {
                rest();
            } else {
                comeBack();
            }
        });
        window.addEventListener("pagehide", rest);
        window.addEventListener("pageshow", function (event) {
            if (event.persisted) {
                comeBack();
            }
        });
        follow();
        return { ring: ring };
    }

    window.gridwork = { live: live };
})();
