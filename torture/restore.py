"""Restore and upgrade, rehearsed as docs/operations.md says.

Usage: python -m torture.restore [share]. In ``var/torture/restore`` a demo city is made and written
to by several processes. Under that load a ``pg_basebackup`` with archived WAL and a ``pg_dump`` are
taken, then the server is killed. Each backup is restored into a fresh server with files and keys;
every table must hold the same rows (count and hash), the audit must verify through the new era,
somebody signs in and an identity number can be read. Then a database of an older commit is brought
up to the present tables and must hold every row it held.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg import sql

from anju.config.postgres import Server

from .signing import sign_in

ROOT = Path(__file__).resolve().parent.parent
PLACE = ROOT / "var" / "torture" / "restore"
WRITERS = 4
# Seconds of load before, between and after the backups at full size; a tenth in CI, at least 2.
LOAD_SECONDS = 60
# The first commit whose whole tree runs; what lies before it was laid app by app.
FIRST_WHOLE = "89a680b"
POINT = "rehearsal"

WRITE = """
import sys
from pathlib import Path
import django
django.setup()
from django.utils import timezone
from anju.core.actors import SYSTEM
from anju.city.rules.codes import phone
from anju.registry.services import person_register
number, stop = int(sys.argv[1]), Path(sys.argv[2])
done = 0
while not stop.exists():
    serial = 93_000_000 + number * 100_000 + done
    person_register(actor=SYSTEM, name="演练" + str(number), at=timezone.now(), phone=phone(serial))
    done += 1
print(done)
"""

READ_IDENTITY = """
import django
django.setup()
from django.utils import timezone
from anju.access.models import Post, User
from anju.access.queries import actor_for
from anju.registry.models import Person
from anju.registry.services import person_reveal_identity
at = timezone.now()
user = User.objects.get(username="desk-clerk")
actor = actor_for(user, Post.objects.filter(user=user).first(), at)
person = Person.objects.filter(id_cipher__isnull=False).order_by("pk").first()
number = person_reveal_identity(
    actor=actor, person=person, reason="restore was rehearsed", at=at
).id_number
assert len(number) == 18 and person.id_mask[-2:] == number[-2:], "not the number"
print(person.id_mask)
"""

SEAL = """
import django
django.setup()
from django.utils import timezone
from anju.audit.services import rows_seal
rows_seal(at=timezone.now())
"""


def say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


class Site:
    """A folder with its server, keys and files, run with some commit's source."""

    def __init__(self, name: str, source: Path = ROOT) -> None:
        self.var = PLACE / name
        self.source = source
        self.server = Server(self.var)
        self.server.secrets = self.var / "secrets"

    def environment(self, role: str | None) -> dict[str, str]:
        names = ("ANJU_SECRETS", "ANJU_ANCHORS", "DATABASE_URL", "ANJU_ROOT")
        kept = {name: value for name, value in os.environ.items() if name not in names}
        kept |= {
            "ANJU_VAR": str(self.var),
            "PYTHONPATH": f"{self.source / 'src'}{os.pathsep}{self.source}",
            "DJANGO_SETTINGS_MODULE": "anju.config.settings",
            "ANJU_DEMO": "1",
            "ANJU_LANGUAGE": "en",
            "ANJU_SECRET_KEY": self.server.password("django-secret-key"),
        }
        if role is not None:
            kept["DATABASE_URL"] = self.server.url(f"anju_{role}")
        return kept

    def python(self, *words: str, role: str | None = "web") -> str:
        """Run Python with this site's source; returns what it printed."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.source,
            env=self.environment(role),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(words)[:200]}\n{(done.stdout + done.stderr)[-3000:]}")
        return done.stdout.strip()

    def anju(self, *words: str, role: str | None = "web") -> str:
        return self.python("-m", "anju.config.cli", *words, role=role)

    def admin(self, database: str = "anju") -> psycopg.Connection:
        return psycopg.connect(self.server.url(database=database), autocommit=True)

    def tool(self, name: str, *words: str) -> None:
        """One of PostgreSQL's programs, as the server's own user."""
        done = self.server._run(str(self.server.binaries() / name), *words)
        if done.returncode:
            raise SystemExit(f"{name}: {done.stderr.strip()[-2000:]}")

    @contextlib.contextmanager
    def serving(self) -> Iterator[str]:
        """Pages and worker; gives the address."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        environment = {"PORT": port, "ANJU_WEB_WORKERS": "1"}
        command = [sys.executable, "-m", "anju.config.cli"]
        self.var.joinpath("log").mkdir(exist_ok=True)
        with (self.var / "log" / "parts.log").open("ab") as log:
            parts = [
                subprocess.Popen(
                    [*command, name],
                    cwd=self.source,
                    env=self.environment(role) | environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
                for name, role in (("serve", "web"), ("work", "work"))
            ]
        base = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                with contextlib.suppress(OSError):
                    if urllib.request.urlopen(f"{base}/healthz", timeout=5).status == 200:
                        break
                time.sleep(0.2)
            else:
                raise SystemExit((self.var / "log" / "parts.log").read_text()[-2000:])
            yield base
        finally:
            for part in parts:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(part.pid, signal.SIGTERM)
            for part in parts:
                part.wait(timeout=60)

    def account(self, username: str) -> dict[str, str]:
        rows = json.loads((self.var / "demo-accounts.json").read_text())
        return next(row for row in rows if row["username"] == username)


Contents = dict[str, tuple[int, str]]


def contents(session: psycopg.Connection) -> Contents:
    """Rows and hash of every table; unlogged ones are empty after a crash by their nature."""
    names = session.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE n.nspname = 'public' AND relkind = 'r' AND relpersistence = 'p' ORDER BY 1"
    ).fetchall()
    found = {}
    for (name,) in names:
        row = session.execute(
            sql.SQL(
                "SELECT count(*), coalesce(md5(string_agg(h, '' ORDER BY h)), '')"
                " FROM (SELECT md5(t::text) AS h FROM {} t) s"
            ).format(sql.SQL(name))
        ).fetchone()
        assert row is not None
        found[name] = (row[0], row[1])
    return found


def compare(what: str, before: Contents, after: Contents) -> None:
    other = [
        f"  {name}: {before.get(name, ('no table', ''))[0]} -> {after.get(name, ('none', ''))[0]}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    if other:
        raise SystemExit(f"{what}: tables differ\n" + "\n".join(other))
    rows = sum(count for count, _hash in before.values())
    say(f"{what}: {len(before)} tables, {rows:,} rows, every count and hash equal")


@contextlib.contextmanager
def load(site: Site) -> Iterator[list[subprocess.Popen[str]]]:
    """Writers at work; ended by their file of that name, or with their server."""
    stop = site.var / "stop"
    stop.unlink(missing_ok=True)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE, str(number), str(stop)],
            cwd=site.source,
            env=site.environment("web"),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for number in range(WRITERS)
    ]
    before = written(site)
    try:
        for _ in range(600):
            if written(site) > before + WRITERS:
                break
            time.sleep(0.2)
        else:
            raise SystemExit("nothing was written")
        yield writers
    finally:
        stop.touch()
        for writer in writers:
            writer.wait(timeout=60)


def written(site: Site) -> int:
    with site.admin() as session:
        row = session.execute(
            "SELECT count(*) FROM registry_person WHERE name LIKE '演练%'"
        ).fetchone()
    assert row is not None
    return int(row[0])


def own(site: Site, path: Path) -> Path:
    """Give a folder to the server's user, where that is another."""
    path.mkdir(parents=True, exist_ok=True)
    if site.server.identity.uid is not None:
        os.chown(path, site.server.identity.uid, site.server.identity.gid or 0)
    return path


def live(site: Site, seconds: float) -> tuple[Contents, Contents, Path]:
    """A city in use: both backups taken under load, then the machine is lost.

    Returns what the dump and what the restore point hold, and the folder of the backups.
    """
    backups = own(site, site.server.home / "backups")
    archive = own(site, backups / "wal")
    site.server.start(supervised=True)
    site.anju("setup-database", role=None)
    site.anju("make-demo", role="migrate")
    with site.admin() as session:
        session.execute("ALTER SYSTEM SET archive_mode = on")
        session.execute(
            sql.SQL("ALTER SYSTEM SET archive_command = {}").format(
                sql.Literal(f"cp '%p' '{archive}/%f'")
            )
        )
    site.server.stop()
    site.server.start(supervised=True)
    own(site, backups / "base")
    address = site.server.url(database="postgres")
    with load(site):
        time.sleep(seconds)
        site.tool("pg_basebackup", "-d", address, "-D", str(backups / "base"), "-c", "fast")
        say(f"pg_basebackup under load, after {written(site)} writes")
        with site.admin() as session:
            # The dump and the count look at the same moment while others write on.
            session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            shot = session.execute("SELECT pg_export_snapshot()").fetchone()
            assert shot is not None
            dump = ["-Fc", "-d", site.server.url(), "-f", str(backups / "anju.dump")]
            site.tool("pg_dump", *dump, f"--snapshot={shot[0]}")
            dumped = contents(session)
            session.execute("ROLLBACK")
        say(f"pg_dump under load, after {written(site)} writes")
        site.python("-c", SEAL, role="work")
        time.sleep(seconds)
    site.anju("audit-anchor", role="work")
    with site.admin() as session:
        at_point = contents(session)
        session.execute("SELECT pg_create_restore_point(%s)", [POINT])
        session.execute("SELECT pg_switch_wal()")
    say(f"restore point, after {written(site)} writes")
    shutil.copytree(site.var / "files", backups / "files")
    with load(site) as writers:
        time.sleep(seconds)
        count = written(site)
        os.kill(site.server.pid() or 0, signal.SIGKILL)
        say(f"server killed under load, after {count} writes")
        for writer in writers:
            writer.wait(timeout=60)
    return dumped, at_point, backups


def keys(site: Site, old: Site, backups: Path, *, passwords: bool) -> None:
    """Files and keys; without the roles' passwords the set-up makes new ones."""
    shutil.copytree(backups / "files", site.var / "files")
    site.var.joinpath("secrets").mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in (old.var / "secrets").iterdir():
        role = path.name.startswith("db-anju_")
        if not role or passwords:
            shutil.copy2(path, site.var / "secrets" / path.name)
    shutil.copy2(old.var / "demo-accounts.json", site.var)
    shutil.copytree(old.var / "anchors", site.var / "anchors")


def restore_base(old: Site, backups: Path) -> Site:
    """The base backup and the archive, up to the restore point, on a fresh server."""
    site = Site("from-basebackup")
    shutil.rmtree(site.server.home, ignore_errors=True)
    own(site, site.server.home)
    keys(site, old, backups, passwords=True)
    subprocess.run(["cp", "-a", str(backups / "base"), str(site.server.data)], check=True)
    site.server.data.chmod(0o700)
    settings = (
        f"restore_command = 'cp ''{backups / 'wal'}/%f'' ''%p'''\n"
        f"recovery_target_name = '{POINT}'\nrecovery_target_action = 'promote'\n"
        "archive_mode = off\n"
    )
    with (site.server.data / "postgresql.auto.conf").open("a") as file:
        file.write(settings)
    (site.server.data / "recovery.signal").touch()
    (site.server.home / "ready").touch()
    site.server.start(supervised=True)
    with site.admin() as session:
        for _ in range(600):
            row = session.execute("SELECT pg_is_in_recovery()").fetchone()
            if row is not None and not row[0]:
                break
            time.sleep(0.1)
    return site


def restore_dump(old: Site, backups: Path) -> Site:
    """The dump on a fresh server: roles first, since the dump names them as owners."""
    site = Site("from-dump")
    shutil.rmtree(site.server.home, ignore_errors=True)
    keys(site, old, backups, passwords=False)
    site.server.start(supervised=True)
    site.server.create("anju")
    site.anju("setup-database", "--roles-only", role=None)
    dump = own(site, site.server.home / "backups") / "anju.dump"
    subprocess.run(["cp", "-a", str(backups / "anju.dump"), str(dump)], check=True)
    site.tool("pg_restore", "--exit-on-error", "-j", "2", "-d", site.server.url(), str(dump))
    return site


def take_up(site: Site, *, anchored: bool) -> None:
    """What operations.md says to do after a restore, and proof that it is alive."""
    site.anju("setup-database", role=None)
    era = site.anju("audit-era", role="migrate")
    number = site.python("-c", READ_IDENTITY)
    with site.serving() as base:
        title = sign_in(base, site.account("desk-signer"))
        with site.admin() as session:
            for _ in range(100):
                row = session.execute(
                    "SELECT (SELECT count(*) FROM audit_event)"
                    " - (SELECT coalesce(sum(row_count), 0) FROM audit_auditblock)"
                ).fetchone()
                assert row is not None
                if row[0] == 0:
                    break
                time.sleep(0.2)
            else:
                raise SystemExit(f"{row[0]} audit rows are not sealed in the new era")
    file = site.var / "audit.export"
    site.anju("audit-export", str(file), role="work")
    check = [str(file)]
    if anchored:
        anchors = site.var / "anchors" / "anchors.tsv"
        check += ["--anchors", str(anchors)]
    verified = site.anju("audit-verify", *check).splitlines()[-1]
    say(f"  era {era}; identity number {number} read; signed in: {title}; audit: {verified}")
    site.server.stop()


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def before_newest_migration() -> str:
    """The commit before the newest migration that a whole tree had; empty without history."""
    first = git("rev-parse", "--verify", "-q", f"{FIRST_WHOLE}^{{commit}}")
    newest = git(
        *("log", "-1", "--diff-filter=A", "--format=%H", f"{FIRST_WHOLE}..HEAD", "--"),
        ":(glob)src/anju/*/migrations/0*.py",
    )
    return git("rev-parse", f"{newest}^") if newest else first


Rows = dict[str, tuple[list[str], set[str]]]


def rows_of(session: psycopg.Connection, columns: dict[str, list[str]] | None = None) -> Rows:
    """Hash of every row of every table over its columns (those named, where it is given)."""
    found: Rows = {}
    for name, names in session.execute(
        "SELECT c.oid::regclass::text, array_agg(attname::text ORDER BY attnum)"
        " FROM pg_class c JOIN pg_attribute a ON attrelid = c.oid AND attnum > 0"
        " AND NOT attisdropped JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE n.nspname = 'public' AND relkind IN ('r', 'p') AND relpersistence = 'p'"
        " AND NOT relispartition GROUP BY c.oid"
    ).fetchall():
        if columns is not None:
            names = [column for column in columns.get(name, []) if column in names]
        if names:
            listed = sql.SQL(", ").join(map(sql.Identifier, names))
            hashes = session.execute(
                sql.SQL("SELECT md5(ROW({})::text) FROM {}").format(listed, sql.SQL(name))
            ).fetchall()
            found[name] = (names, {row[0] for row in hashes})
    return found


def upgrade() -> None:
    """A database of an older commit under the present source, every row kept."""
    commit = before_newest_migration()
    if not commit:
        say("upgrade: left out, since this clone has no history to go back to")
        return
    tree = PLACE / "older"
    git("worktree", "prune")
    if (
        not git("worktree", "list")
        or subprocess.run(
            ["git", "worktree", "add", "-q", "--detach", "--force", str(tree), commit], cwd=ROOT
        ).returncode
    ):
        raise SystemExit("the older commit could not be laid out")
    try:
        _upgrade(Site("upgraded", tree), commit)
    finally:
        git("worktree", "remove", "--force", str(tree))


def _upgrade(site: Site, commit: str) -> None:
    shutil.rmtree(site.server.home, ignore_errors=True)
    site.server.start(supervised=True)
    site.anju("setup-database", role=None)
    site.anju("make-demo", role="migrate")
    with site.admin() as session:
        old = rows_of(session)
        made = session.execute("SELECT count(*) FROM django_migrations").fetchone()
    site.source = ROOT
    began = time.monotonic()
    site.anju("setup-database", role=None)
    took = time.monotonic() - began
    with site.admin() as session:
        now = rows_of(session, {name: columns for name, (columns, _rows) in old.items()})
        more = session.execute("SELECT count(*) FROM django_migrations").fetchone()
    assert made is not None
    assert more is not None
    lost = []
    for name, (columns, rows) in old.items():
        if name not in now:
            lost.append(f"  table {name} is gone with {len(rows)} rows")
        elif set(now[name][0]) != set(columns):
            gone = sorted(set(columns) - set(now[name][0]))
            say(f"  {name}: columns {', '.join(gone)} are gone; its rows were not compared")
        elif missing := rows - now[name][1]:
            lost.append(f"  {name}: {len(missing)} of {len(rows)} rows are lost or changed")
    if lost:
        raise SystemExit("upgrade: data were lost\n" + "\n".join(lost))
    count = sum(len(rows) for _columns, rows in old.values())
    say(
        f"upgraded from {commit[:12]}: {more[0] - made[0]} migrations in {took:.0f} s, "
        f"{len(old)} tables, all of {count:,} rows kept"
    )
    with site.serving() as base:
        say(f"  signed in: {sign_in(base, site.account('desk-clerk'))}")
    site.server.stop()


def main() -> int:
    share = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    seconds = max(2.0, LOAD_SECONDS * share / 3)
    shutil.rmtree(PLACE, ignore_errors=True)
    PLACE.mkdir(parents=True)
    site = Site("live")
    shutil.rmtree(site.server.home, ignore_errors=True)
    sites = [site]
    try:
        # Pages are served at the end: what they are built from must be there.
        site.anju("setup", role=None)
        dumped, at_point, backups = live(site, seconds)
        began = time.monotonic()
        sites.append(restore_base(site, backups))
        with sites[-1].admin() as session:
            compare("restored from base backup and archive", at_point, contents(session))
        take_up(sites[-1], anchored=True)
        say(f"  restored and in use after {time.monotonic() - began:.0f} s")
        began = time.monotonic()
        sites.append(restore_dump(site, backups))
        with sites[-1].admin() as session:
            compare("restored from dump", dumped, contents(session))
        take_up(sites[-1], anchored=False)
        say(f"  restored and in use after {time.monotonic() - began:.0f} s")
        sites.append(Site("upgraded"))
        upgrade()
    finally:
        for each in sites:
            each.server.stop()
            shutil.rmtree(each.server.home, ignore_errors=True)
    shutil.rmtree(PLACE, ignore_errors=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
