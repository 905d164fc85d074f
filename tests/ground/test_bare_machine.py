"""What the bare-machine rehearsal says of changes outside the clone."""

from __future__ import annotations

import os
import stat

from torture.bare_machine import differences, marks

FILE = (stat.S_IFREG | 0o644, 0, 0)


def test_a_changed_mode_a_removal_and_a_stranger_are_named():
    before = {"/etc/a": FILE, "/etc/b": FILE, "/etc/c": FILE}
    after = {
        "/etc/a": (stat.S_IFREG | 0o666, 0, 0),
        "/etc/b": (stat.S_IFREG | 0o644, 1000, 0),
        "/srv/new": FILE,
        "/home/anju/.npm/x": FILE,
    }
    told = differences(before, after)
    assert any("CHANGED /etc/a" in line and "-rw-rw-rw-" in line for line in told)
    assert any("CHANGED /etc/b" in line and "1000:0" in line for line in told)
    assert any("REMOVED /etc/c" in line for line in told)
    assert any("UNEXPLAINED" in line and "/srv/new" in line for line in told)
    assert not any("UNEXPLAINED" in line and "/home/anju/.npm/x" in line for line in told)
    assert differences(before, before) == ["  nothing"]


def test_the_clone_and_what_the_kernel_lends_are_left_out(tmp_path):
    clone = tmp_path / "home" / "some one" / "anju"
    for folder in ("etc", "proc/1", "dev", "home/some one/anju/var"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "etc" / "passwd").touch(mode=0o640)
    found = marks(tmp_path, clone.relative_to(tmp_path))
    assert set(found) == {"/etc", "/etc/passwd", "/home", "/home/some one"}
    assert stat.S_IMODE(found["/etc/passwd"][0]) == 0o640 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
