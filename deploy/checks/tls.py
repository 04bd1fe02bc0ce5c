#!/usr/bin/python3
"""Serves over TLS in both ways that deploy/ shows, and looks from outside whether what people get is what the files promise.

Usage: tls.py GRIDWORK

GRIDWORK is the program; no broker is needed. Debian's nginx runs with deploy/proxy/nginx.conf as whoever is nobody, on ports of
its own and with a certificate that is thrown away; then gridwork speaks TLS itself with the settings of deploy/tls/gridwork.json.
Only ports and paths are put in place of those that the files name. Takes some seconds. Exits 0 only if everything holds.
"""

import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse

DEPLOY = pathlib.Path(__file__).resolve().parents[1]
SAMPLES = DEPLOY / "samples"
NAME = "gridwork.example"
OFFICE = "office@310105002"
PATIENCE = 30
# What is not in nginx.conf since Debian's /etc/nginx/nginx.conf has it, as somebody who may write nowhere else needs it.
NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


def ports(count):
    output = subprocess.run([sys.executable, DEPLOY / "lib" / "ports.py", str(count)], check=True, capture_output=True)
    return [int(line) for line in output.stdout.split()]


def that(sentence, holds, seen=""):
    if not holds:
        sys.exit(f"not so: {sentence} {seen}")
    print(f"ok  {sentence}", file=sys.stderr)


def replaced(text, changes):
    """A text with something else in place of words, each of which has to stand in it once."""
    for old, new in changes.items():
        if text.count(old) != 1:
            sys.exit(f"the file has {text.count(old)} times: {old}")
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(arguments, log, port, **options):
    """Runs a program while it is needed, from when it listens."""
    with open(log, "w", encoding="utf-8") as output:
        process = subprocess.Popen(arguments, stdout=output, stderr=output, **options)
        try:
            deadline = time.monotonic() + PATIENCE
            while True:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                if process.poll() is not None or time.monotonic() > deadline:
                    sys.exit(f"{arguments[0]} does not serve:\n{pathlib.Path(log).read_text(encoding='utf-8')}")
                time.sleep(0.1)
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


def certificate(folder):
    files = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    arguments = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", f"/CN={NAME}"]
    arguments += ["-addext", f"subjectAltName=DNS:{NAME}", "-out", files[0], "-keyout", files[1]]
    subprocess.run(["openssl", "req", "-x509", *arguments], check=True, capture_output=True)
    return files


class Front:
    """What people reach: a port, by the name that the certificate is for."""

    def __init__(self, port, trusted=None):
        self.port = port
        self.context = trusted and ssl.create_default_context(cafile=trusted)

    def open(self, method, path, body=None, source="127.0.0.1", **headers):
        """Sends a request and returns the answer before its body is read."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE, source_address=(source, 0))
        if self.context:
            connection = self.context.wrap_socket(connection, server_hostname=NAME)
        client = http.client.HTTPConnection(NAME)
        client.sock = connection
        client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        return client.getresponse()

    def ask(self, *arguments, **headers):
        """Sends a request and returns the answer with its body."""
        answer = self.open(*arguments, **headers)
        with answer:
            return answer, answer.read()

    def sign_in(self, name, password, **headers):
        form = urllib.parse.urlencode({"name": name, "password": password})
        return self.ask("POST", "/m/sign-in", form, Content_Type="application/x-www-form-urlencoded", **headers)[0]


class Office:
    """A state file with the sample street, somebody at its office, and an order."""

    def __init__(self, program, folder):
        self.program = program
        self.environment = {**os.environ, "GRIDWORK_STATE_PATH": os.path.join(folder, "state.sqlite")}
        self.run("organization", "apply", str(SAMPLES / "jiangsu-road.organization.json"))
        self.run("person", "add", "street", "--post", OFFICE)
        self.password = json.loads(self.run("person", "password", "street", "--make", "--json"))["password"]
        self.token = json.loads(self.run("token", "create", "street", "--json"))["token"]
        self.order = json.loads(self.run("order", "issue", str(SAMPLES / "winter-safety.order.json"), "--json"))["id"]

    def run(self, *arguments):
        result = subprocess.run([self.program, *arguments], env=self.environment, check=True, capture_output=True)
        return result.stdout.decode()


def check_pages(front, office, what):
    """Somebody signs in with a browser, and comes back by TLS only."""
    page, _ = front.ask("GET", "/m/sign-in")
    that(f"{what}: browsers are told to come back by TLS", "max-age=" in page.getheader("Strict-Transport-Security", ""))
    foreign = front.sign_in("street", office.password, Origin="https://evil.example")
    that(f"{what}: a foreign page's form signs nobody in", foreign.status == http.HTTPStatus.FORBIDDEN, foreign.status)
    entered = front.sign_in("street", office.password, Origin=f"https://{NAME}")
    cookie = entered.getheader("Set-Cookie", "")
    that(f"{what}: a form of ours signs in", entered.status == http.HTTPStatus.SEE_OTHER, entered.status)
    parts = {part.strip() for part in cookie.split(";")}
    that(f"{what}: the cookie is for this name and TLS only", cookie.startswith("__Host-gridwork=") and "Secure" in parts)
    home, _ = front.ask("GET", "/", Cookie=cookie.partition(";")[0])
    that(f"{what}: the cookie opens the console", home.status == http.HTTPStatus.OK, home.status)


def check_upload(front, office):
    """A document that is larger than what nginx takes unless told otherwise."""
    document = b"%PDF-1.7\n" + os.urandom(3_000_000)
    path, authorization = f"/v1/assignments/{office.order}/attachments", f"Bearer {office.token}"
    kept, body = front.ask(
        "POST", f"{path}?kind=before", document, Content_Type="application/pdf", Authorization=authorization
    )
    that("a large document is taken", kept.status == http.HTTPStatus.CREATED, (kept.status, body))
    _, back = front.ask("GET", f"{path}/{json.loads(body)['file']}", Authorization=authorization)
    that("it comes back as it was", back == document)


def check_events(front, office):
    """An event reaches who follows when it happens, and not when a buffer is full."""
    authorization = f"Bearer {office.token}"
    with front.open("GET", f"/v1/orders/{office.order}/events", Authorization=authorization) as stream:
        lines = iter(stream.readline, b"")
        that("a stream of events begins at once", next(lines) == b"retry: 3000\n")
        body = json.dumps({"note": "已布置"})
        done, text = front.ask(
            "POST", f"/v1/assignments/{office.order}/progress", body, Content_Type="application/json",
            Authorization=authorization,
        )
        that("somebody does something", done.status == http.HTTPStatus.OK, (done.status, text))
        that("its event comes while the stream goes on", any(line == b"event: progressed\n" for line in lines))


def check_addresses(front):
    """Attempts to sign in are counted by the address that the proxy sees, whatever the client says of itself."""
    # A name that nobody can have is refused without a look at the password, faster than attempts are forgotten.
    name = "x" * 300
    for attempt in range(100):
        answer = front.sign_in(name, "wrong", X_Forwarded_For=f"192.0.2.{attempt}")
        if answer.status != http.HTTPStatus.UNAUTHORIZED:
            break
    too_many = http.HTTPStatus.TOO_MANY_REQUESTS
    that("an address that is invented anew each time is stopped all the same", answer.status == too_many, answer.status)
    other = front.sign_in(name, "wrong", source="127.0.0.2")
    that("another address is not, though all come through the proxy", other.status == http.HTTPStatus.UNAUTHORIZED)


def check_proxy(office, folder):
    """nginx before a node that speaks plain HTTP."""
    secure, plain, inner = ports(3)
    text = (DEPLOY / "proxy" / "nginx.conf").read_text(encoding="utf-8")
    settings = dict(re.findall(r"\b(GRIDWORK_\w+)=(\S+)", text))
    that("the proxy's file says how the node is started", len(settings) == 2, settings)
    chain, key = certificate(folder)
    site = replaced(
        text,
        {
            "listen 443 ssl;": f"listen 127.0.0.1:{secure} ssl;",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "/etc/ssl/gridwork/certificate.pem": chain,
            "/etc/ssl/gridwork/key.pem": key,
            "proxy_pass http://127.0.0.1:8080;": f"proxy_pass http://127.0.0.1:{inner};",
        },
    )
    pathlib.Path(folder, "site.conf").write_text(site, encoding="utf-8")
    configuration = pathlib.Path(folder, "nginx.conf")
    configuration.write_text(NGINX.format(folder=folder), encoding="utf-8")
    nobody = {}
    if os.geteuid() == 0:
        nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        for path in [pathlib.Path(folder), *pathlib.Path(folder).iterdir()]:
            shutil.chown(path, "nobody", "nogroup")
    # Where an account's PATH has no /usr/sbin, nginx is there all the same.
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    nginx = [program, "-e", f"{folder}/error.log", "-c", str(configuration)]
    tried = subprocess.run([*nginx, "-t"], capture_output=True, text=True, check=False, **nobody)
    that("nginx finds no fault with the proxy's file", tried.returncode == 0, tried.stderr)
    environment = {**office.environment, **settings, "GRIDWORK_HTTP_ADDRESS": f"127.0.0.1:{inner}"}
    log = os.path.join(os.path.dirname(folder), "proxied.log")
    with (
        running([office.program, "serve"], log, inner, env=environment),
        running(nginx, f"{log}.nginx", secure, **nobody),
    ):
        front = Front(secure, chain)
        moved = Front(plain).ask("GET", "/m?tab=done")[0]
        location = (moved.status, moved.getheader("Location"))
        that("plain HTTP leads to TLS", location == (301, f"https://{NAME}/m?tab=done"), location)
        check_pages(front, office, "behind nginx")
        check_upload(front, office)
        check_events(front, office)
        check_addresses(front)


def speaks_plainly(port):
    try:
        return bool(Front(port).ask("GET", "/m/sign-in"))
    except (OSError, http.client.HTTPException):
        return False


def check_own(office, folder):
    """A node that speaks TLS itself."""
    (port,) = ports(1)
    chain, key = certificate(folder)
    text = (DEPLOY / "tls" / "gridwork.json").read_text(encoding="utf-8")
    settings = replaced(
        text,
        {
            "0.0.0.0:8443": f"127.0.0.1:{port}",
            f"https://{NAME}:8443": f"https://{NAME}",
            "/etc/gridwork/certificate.pem": chain,
            "/etc/gridwork/key.pem": key,
        },
    )
    path = pathlib.Path(folder, "gridwork.json")
    path.write_text(settings, encoding="utf-8")
    log = os.path.join(folder, "own.log")
    with running([office.program, "serve", "--config", str(path)], log, port, env=office.environment):
        check_pages(Front(port, chain), office, "gridwork's own TLS")
        that("gridwork's own TLS: nothing is told without it", not speaks_plainly(port))
        link = office.run("person", "invite", "street", "--json", "--config", str(path))
        that("invitations lead to TLS", json.loads(link)["link"].startswith(f"https://{NAME}/invitation/"), link)


def main():
    (program,) = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="gridwork-tls.") as folder:
        os.chmod(folder, 0o755)
        office = Office(program, folder)
        for check in (check_proxy, check_own):
            own = os.path.join(folder, check.__name__)
            os.mkdir(own)
            check(office, own)
    return 0


if __name__ == "__main__":
    sys.exit(main())
