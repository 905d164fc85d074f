"""The command line in the terminal's language; it speaks before a catalogue is compiled."""

from __future__ import annotations

import errno
import os


def chinese() -> bool:
    """Whether to speak Chinese: ``ANJU_LANGUAGE``, else the terminal's language."""
    names = ("ANJU_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
    asked = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return asked.lower().startswith("zh")


def words(english: str, han: str) -> str:
    """The one of the two that the terminal's reader reads."""
    return han if chinese() else english


def explain(error: OSError) -> str | None:
    """What a full disk or a shut folder means and what to do; None for any other mistake."""
    place = str(error.filename or "")
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return words(
            f"The disk is full. Make room, then start again. {place}".rstrip(),
            f"磁盘空间已满。请腾出空间后重新启动。{place}",
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return words(
            f"This user may not read or write {place}. Give it to the user who starts Anju, or "
            "put the data elsewhere with ANJU_VAR.",
            f"当前用户无权读写{place}。请把它交给启动安居的用户，或用ANJU_VAR把数据放到别处。",
        )
    return None
