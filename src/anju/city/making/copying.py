"""COPY of generated lines, and the sealing of people's numbers on the way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from anju.registry import rules, vault

from ..rules.tables import COLUMNS, PLACE_TABLES

_PERSON = (
    "id name sort_key pinyin initials id_kind id_cipher id_hash id_mask phone_cipher phone_hash"
    " phone_mask"
)
_KEY = "person_id key_id wrapped"
_BLOCK = 2_000


def table_name(table: str) -> str:
    """The table in the database of a generated table."""
    return f"reference_{table}" if table in PLACE_TABLES else f"registry_{table}"


def copy(cursor: Any, table: str, columns: str, lines: Iterable[str]) -> None:
    """COPY lines into a table."""
    block: list[str] = []
    names = ", ".join(columns.split())
    with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as stream:
        for line in lines:
            block.append(line)
            if len(block) >= _BLOCK:
                stream.write("".join(block))
                block.clear()
        stream.write("".join(block))


def copy_generated(cursor: Any, table: str, lines: list[str]) -> None:
    """COPY generated lines; people are sealed first and their keys written beside them."""
    if not lines:
        return
    if table == "person":
        people, keys = seal(lines)
        copy(cursor, "registry_person", _PERSON, people)
        copy(cursor, "registry_personkey", _KEY, keys)
    else:
        copy(cursor, table_name(table), COLUMNS[table], lines)


def seal(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """Lines of people with their numbers sealed as the register seals them, and of their keys."""
    people, keys = [], []
    for line in lines:
        head, number, phone = line[:-1].rsplit("\t", 2)
        key = vault.make_data_key()
        sealed = (
            f"\\\\x{vault.seal(key.raw, 'id', number).hex()}\t"
            f"\\\\x{vault.search_hash('id', f'resident:{number}').hex()}\t"
            f"{rules.mask_identity(number)}"
        )
        if phone == "\\N":
            called = "\\N\t\\N\t"
        else:
            called = (
                f"\\\\x{vault.seal(key.raw, 'phone', phone).hex()}\t"
                f"\\\\x{vault.search_hash('phone', phone).hex()}\t{rules.mask_phone(phone)}"
            )
        people.append(f"{head}\tresident\t{sealed}\t{called}\n")
        person = head.split("\t", 1)[0]
        keys.append(f"{person}\t{key.key_id}\t\\\\x{key.wrapped.hex()}\n")
    return people, keys
