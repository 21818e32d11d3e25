"""A private Dovecot on loopback: plain with STARTTLS and implicit TLS on free ports, each user
in a passwd-file of its own (one for all would be read again only each second), Maildirs in a temporary folder. Started and stopped by its process id."""
import grp
import os
import pwd
import random
import shutil
import socket
import subprocess
import time

CONFIG = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/dovecot.log
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{key}
disable_plaintext_auth = no
protocols = imap
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 50
maildir_very_dirty_syncs = no
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {dir}/users/%u
}}
userdb {{
  driver = passwd-file
  args = {dir}/users/%u
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Archive {{
    auto = create
  }}
}}
{extra}
"""


def free_ports(count):
    """Ports that nobody has now. Not of those that the kernel gives to connections and to who binds
    to port 0: one of these could be somebody else's before the program is there that wants it."""
    with open("/proc/sys/net/ipv4/ip_local_port_range") as file:
        low, high = map(int, file.read().split())
    choice = random.SystemRandom()  # not what a test seeded
    ports = set()
    while len(ports) < count:
        port = choice.choice([*range(10000, low), *range(high + 1, 65536)] or [0])
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
            ports.add(one.getsockname()[1])
    return list(ports)


def wait_for(condition, timeout=120, what="condition"):
    """Polls until the condition gives something true, and returns that."""
    until = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > until:
            raise AssertionError(f"{what} did not come true within {timeout} s")
        time.sleep(0.01)


def available():
    return shutil.which("dovecot") is not None and shutil.which("doveadm") is not None


class Dovecot:
    """extra: more configuration, as text."""

    def __init__(self, directory, authority, extra=""):
        self.directory = str(directory)
        self.plain_port, self.tls_port = free_ports(2)
        self.process = None
        self.counter = self.named = 0
        self.as_root = os.getuid() == 0
        # Dovecot's processes all run as one user who owns nothing else.
        self.user = "nobody" if self.as_root else pwd.getpwuid(os.getuid()).pw_name
        self.uid = pwd.getpwnam(self.user).pw_uid
        self.gid = pwd.getpwnam(self.user).pw_gid
        certificate, key = authority.issue("dovecot")
        for name in ("", "run", "state", "mail", "users"):
            os.makedirs(f"{self.directory}/{name}", exist_ok=True)
        for path, name in ((certificate, "server.pem"), (key, "server.key")):
            shutil.copy(path, f"{self.directory}/{name}")
        self.config = f"{self.directory}/dovecot.conf"
        self._write_config(extra)
        self.own(self.directory)
        self._let_through(self.directory)

    def _write_config(self, extra):
        with open(self.config, "w") as out:
            out.write(CONFIG.format(
                dir=self.directory, certificate=f"{self.directory}/server.pem",
                key=f"{self.directory}/server.key", user=self.user,
                group=grp.getgrgid(self.gid).gr_name, plain_port=self.plain_port,
                tls_port=self.tls_port, extra=extra))

    def own(self, path):
        """Everything below the path belongs to Dovecot's user."""
        if not self.as_root:
            return
        for folder, folders, files in os.walk(path):
            for name in [folder, *(os.path.join(folder, one) for one in folders + files)]:
                os.chown(name, self.uid, self.gid)

    def _let_through(self, path):
        """Temporary folders of root are closed to others."""
        while self.as_root and path != "/":
            mode = os.stat(path).st_mode
            if not mode & 0o001:
                os.chmod(path, mode | 0o011)
            path = os.path.dirname(path)

    def _as_user(self, *command):
        if not self.as_root:
            return list(command)
        return ["setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups", *command]

    def start(self):
        self.process = subprocess.Popen(self._as_user("dovecot", "-F", "-c", self.config),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers, what="Dovecot's greeting")
        return self

    def _answers(self):
        if self.process.poll() is not None:
            with open(f"{self.directory}/dovecot.log") as log:
                raise AssertionError("Dovecot ended: " + log.read()[-2000:])
        try:
            with socket.create_connection(("127.0.0.1", self.plain_port), timeout=20) as one:
                return one.recv(100).startswith(b"* OK")
        except OSError:
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def doveadm(self, *arguments):
        done = subprocess.run(self._as_user("doveadm", "-c", self.config, *arguments),
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"doveadm {arguments}: {done.stderr}")
        return done.stdout

    def new_name(self, prefix):
        """Of a user, or the beginning of several, that no other test of this server has."""
        self.named += 1
        return f"{prefix}{self.named}n"

    def add_user(self, name, password="secret"):
        home = f"{self.directory}/mail/{name}"
        for part in ("cur", "new", "tmp"):
            os.makedirs(f"{home}/Maildir/{part}", exist_ok=True)
        self.own(home)
        self.set_password(name, password)
        return name

    def set_password(self, name, password):
        path = f"{self.directory}/users/{name}"
        with open(path + ".new", "w") as out:
            out.write(f"{name}:{{PLAIN}}{password}:{self.uid}:{self.gid}::"
                      f"{self.directory}/mail/{name}::\n")
        self._own_file(path + ".new")
        os.replace(path + ".new", path)

    def _own_file(self, path):
        if self.as_root:
            os.chown(path, self.uid, self.gid)

    def maildir(self, user, folder="INBOX"):
        base = f"{self.directory}/mail/{user}/Maildir"
        return base if folder == "INBOX" else f"{base}/.{folder.replace('/', '.')}"

    def create(self, user, folder):
        self.doveadm("mailbox", "create", "-u", user, folder)

    def deliver(self, user, mail, folder="INBOX"):
        """As a delivery agent does: into tmp/, then renamed into new/."""
        base = self.maildir(user, folder)
        self.counter += 1
        name = f"{int(time.time())}.M{self.counter:08d}P{os.getpid()}.test"
        with open(f"{base}/tmp/{name}", "wb") as out:
            out.write(mail)
        self._own_file(f"{base}/tmp/{name}")
        os.rename(f"{base}/tmp/{name}", f"{base}/new/{name}")

    def _fetch(self, user, fields, folder):
        text = self.doveadm("-f", "tab", "fetch", "-u", user, fields, "mailbox", folder, "all")
        return [line.split("\t") for line in text.splitlines()[1:]]

    def uids(self, user, folder="INBOX"):
        return [int(row[0]) for row in self._fetch(user, "uid", folder)]

    def flags(self, user, folder="INBOX"):
        """{uid: set of flags}"""
        return {int(row[0]): set(row[1].split()) for row in self._fetch(user, "uid flags", folder)}

    def subjects(self, user, folder="INBOX"):
        return [row[0] for row in self._fetch(user, "hdr.subject", folder)]

    def expunge(self, user, uid, folder="INBOX"):
        self.doveadm("expunge", "-u", user, "mailbox", folder, "uid", str(uid))

    def uidvalidity(self, user, folder="INBOX"):
        text = self.doveadm("mailbox", "status", "-u", user, "uidvalidity", folder)
        return int(text.rsplit("uidvalidity=", 1)[1])

    def bump_uidvalidity(self, user, folder="INBOX"):
        """The folder as if it had been made anew: other UIDs under another UIDVALIDITY."""
        value = self.uidvalidity(user, folder) + 1
        base = self.maildir(user, folder)
        for name in os.listdir(base):
            if name.startswith("dovecot"):
                os.remove(f"{base}/{name}")
        with open(f"{base}/dovecot-uidlist", "w") as out:
            out.write(f"3 V{value} N1 G{'0' * 31}1\n")
        self._own_file(f"{base}/dovecot-uidlist")
        return value

    def kick(self, user):
        """Ends the user's sessions, as a restart of the server does."""
        self.doveadm("kick", user)
