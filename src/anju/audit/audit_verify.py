#!/usr/bin/env python3
"""Check an export of Anju's audit: python audit_verify.py FILE [--anchors FILE]

Needs nothing but Python 3.10. Exit code: 0 whole, 1 tampered with, 2 not readable.

The file has one JSON text a line: a head, then for each block its seal followed by its rows, then
an end. A row's line is exactly the bytes that were sealed. A block's hash covers its number, era,
algorithm, time, snapshot, row numbers, the hash of the block before and the hash of every row:

    H( JSON [number, era, algorithm, sealed_at, snapshot, [row numbers]] + "\\n"
       + hash of the block before + hash of row 1 + hash of row 2 + … )

Anchors are lines "day<TAB>block<TAB>hash" written outside the database.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

FORMAT = "anju-audit-1"
ALGORITHMS = ("sha256", "sha512", "sha3_256")
GENESIS = b""


def digest(algorithm: str, data: bytes) -> bytes:
    """Hash of bytes by a named algorithm."""
    return hashlib.new(algorithm, data).digest()


def block_hash(
    *,
    number: int,
    era: int,
    algorithm: str,
    sealed_at: str,
    snapshot: str,
    row_ids: list[int],
    previous: bytes,
    row_hashes: bytes,
) -> bytes:
    """Hash of a block; see the top of this file."""
    head = json.dumps([number, era, algorithm, sealed_at, snapshot, row_ids], separators=(",", ":"))
    return digest(algorithm, head.encode() + b"\n" + previous + row_hashes)


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was sealed, and where."""

    kind: str  # change, insertion, deletion, reordering, truncation, seal, anchor, file
    block: int
    row: int | None
    words: str

    def __str__(self) -> str:
        where = f"block {self.block}" + (f", row {self.row}" if self.row is not None else "")
        return f"{self.kind}: {where}: {self.words}"


@dataclass
class Block:
    """A seal and the rows that follow it in the file."""

    seal: dict[str, Any]
    rows: list[bytes]


def blocks_of(lines: Iterable[bytes], found: list[Finding]) -> Iterator[Block]:
    """Blocks of an export, one at a time; findings about the file itself go to ``found``."""
    block: Block | None = None
    head: dict[str, Any] | None = None
    end: dict[str, Any] | None = None
    blocks = 0
    for line in lines:
        line = line.rstrip(b"\r\n")
        if not line:
            continue
        if line.startswith(b"["):
            if block is None:
                found.append(Finding("insertion", 0, row_id(line), "a row before the first seal"))
            else:
                block.rows.append(line)
            continue
        try:
            value = json.loads(line)
        except ValueError:
            value = None
        if isinstance(value, dict) and "format" in value and head is None:
            head = value
            if head["format"] != FORMAT:
                found.append(Finding("file", 0, None, f"unknown format {head['format']}"))
        elif isinstance(value, dict) and _is_seal(value):
            if block is not None:
                yield block
            block = Block(value, [])
            blocks += 1
        elif isinstance(value, dict) and "end" in value:
            end = value
        else:
            at = block.seal["seal"][0] if block else 0
            found.append(Finding("change", at, None, "a line is no row and no seal"))
    if block is not None:
        yield block
    last = block.seal["seal"][0] if block else 0
    if head is None:
        found.append(Finding("file", 0, None, "this is no audit export: its first line is missing"))
    if end is None:
        found.append(Finding("truncation", last, None, "the file ends before its end line"))
    elif end["end"] != blocks:
        found.append(
            Finding(
                "truncation", last, None, f"{end['end']} blocks were exported, {blocks} are here"
            )
        )


def _is_seal(value: dict[str, Any]) -> bool:
    seal = value.get("seal")
    return isinstance(seal, list) and len(seal) == 6 and isinstance(seal[0], int)


def row_id(line: bytes) -> int | None:
    """Number of a row, from its bytes."""
    digits = line[1 : line.find(b",")]
    return int(digits) if digits.isdigit() else None


def _places(line: bytes) -> list[bytes]:
    # [id, "era:xact", recorded_at – what gives a row its place; then its words.
    return line.split(b", ", 3)


def check_rows(seal: dict[str, Any], rows: list[bytes], found: list[Finding]) -> None:
    """Compare the rows of a block with its seal, row by row."""
    number, _era, algorithm, _at, _snapshot, ids = seal["seal"]
    size = hashlib.new(algorithm).digest_size
    packed = bytes.fromhex(seal["row_hashes"])
    sealed = {row: packed[i * size : (i + 1) * size] for i, row in enumerate(ids)}
    here: dict[int, bytes] = {}
    order: list[int] = []
    changed: dict[int, bytes] = {}
    for line in rows:
        row = row_id(line)
        if row is None:
            found.append(Finding("change", number, None, "a row has no number"))
        elif row not in sealed:
            found.append(Finding("insertion", number, row, "this row was never sealed here"))
        elif row in here:
            found.append(Finding("insertion", number, row, "this row stands here twice"))
        else:
            here[row] = line
            order.append(row)
            if digest(algorithm, line) != sealed[row]:
                changed[row] = line
    for row in _moved(algorithm, changed, sealed):
        del changed[row]
        found.append(Finding("reordering", number, row, "its place was exchanged with another's"))
    for row in changed:
        found.append(Finding("change", number, row, "not as it was sealed"))
    for row in ids:
        if row not in here:
            found.append(Finding("deletion", number, row, "this row is missing"))
    expected = [row for row in ids if row in here]
    for want, have in zip(expected, order, strict=False):
        if want != have:
            found.append(Finding("reordering", number, have, f"stands where row {want} stood"))
            break


def _moved(algorithm: str, changed: dict[int, bytes], sealed: dict[int, bytes]) -> list[int]:
    # Rows whose words are whole but stand under another row's number.
    if len(changed) < 2 or len(changed) > 200:
        return []
    moved = []
    parts = {row: _places(line) for row, line in changed.items()}
    for row, mine in parts.items():
        others = (theirs for other, theirs in parts.items() if other != row)
        if any(_is_exchanged(algorithm, mine, theirs, sealed) for theirs in others):
            moved.append(row)
    return moved


def _is_exchanged(
    algorithm: str, mine: list[bytes], theirs: list[bytes], sealed: dict[int, bytes]
) -> bool:
    for number, xact, time in itertools.product((0, 1), repeat=3):
        if not (number or xact or time):
            continue
        pair = (mine, theirs)
        line = b", ".join([pair[number][0], pair[xact][1], pair[time][2], mine[3]])
        row = row_id(line)
        if row is not None and digest(algorithm, line) == sealed.get(row):
            return True
    return False


def check_chain(seal: dict[str, Any], before: dict[str, Any] | None, found: list[Finding]) -> None:
    """Compare a seal with its own hash and with the seal before it."""
    number, era, algorithm, sealed_at, snapshot, ids = seal["seal"]
    previous = bytes.fromhex(seal["previous"])
    if algorithm not in ALGORITHMS:
        found.append(Finding("seal", number, None, f"unknown algorithm {algorithm}"))
        return
    real = block_hash(
        number=number,
        era=era,
        algorithm=algorithm,
        sealed_at=sealed_at,
        snapshot=snapshot,
        row_ids=ids,
        previous=previous,
        row_hashes=bytes.fromhex(seal["row_hashes"]),
    )
    if real.hex() != seal["hash"]:
        found.append(Finding("seal", number, None, "the seal does not fit its own hash"))
    if before is None:
        if number == 1 and previous != GENESIS:
            found.append(Finding("seal", number, None, "the first block names one before it"))
        return
    if number != before["seal"][0] + 1:
        gap = before["seal"][0] + 1
        kind = "deletion" if number > gap else "reordering"
        words = f"expected block {gap}, found {number}"
        found.append(Finding(kind, min(gap, number), None, words))
    elif seal["previous"] != before["hash"]:
        found.append(Finding("seal", number, None, "does not continue the block before"))


def read_anchors(lines: Iterable[str]) -> dict[int, tuple[str, str]]:
    """Block number → hash and day, of an anchors file."""
    anchors: dict[int, tuple[str, str]] = {}
    for line in lines:
        parts = line.rstrip("\n").split("\t")
        if len(parts) >= 3 and parts[1].isdigit():
            # The first word given about a block stands; a later one cannot take it back.
            anchors.setdefault(int(parts[1]), (parts[2], parts[0]))
    return anchors


def check_anchors(
    hashes: dict[int, str], anchors: dict[int, tuple[str, str]], whole: bool, found: list[Finding]
) -> int:
    """Compare block hashes with the anchors; returns how many agreed."""
    agreed, last_good = 0, 0
    last = max(hashes, default=0)
    for number in sorted(anchors):
        wanted, day = anchors[number]
        if number in hashes:
            if hashes[number] == wanted:
                agreed, last_good = agreed + 1, number
                continue
            words = f"differs from the anchor of {day}; rewritten after block {last_good}"
            found.append(Finding("anchor", number, None, words))
        elif number > last and whole:
            words = f"the anchor of {day} knows it, the file ends at block {last}"
            found.append(Finding("truncation", last + 1, None, words))
    return agreed


def verify(
    lines: Iterable[bytes],
    anchors: dict[int, tuple[str, str]] | None = None,
    *,
    to_end: bool = True,
) -> tuple[list[Finding], dict[str, int]]:
    """Findings about an export, and counts of what was read.

    ``to_end`` says that the export reaches to the newest block, so that later anchors are a cut.
    """
    found: list[Finding] = []
    before: dict[str, Any] | None = None
    hashes: dict[int, str] = {}
    rows = 0
    for block in blocks_of(lines, found):
        try:
            check_chain(block.seal, before, found)
            check_rows(block.seal, block.rows, found)
            hashes[block.seal["seal"][0]] = block.seal["hash"]
        except (KeyError, ValueError, TypeError, IndexError):
            after = before["seal"][0] + 1 if before else 1
            found.append(Finding("seal", after, None, "the seal cannot be read"))
            continue
        before = block.seal
        rows += len(block.rows)
    agreed = check_anchors(hashes, anchors or {}, to_end, found)
    return found, {"blocks": len(hashes), "rows": rows, "anchors": agreed}


def main(arguments: list[str] | None = None) -> int:
    """Read the file named on the command line and print what was found."""
    parser = argparse.ArgumentParser(description="Check an export of Anju's audit.")
    parser.add_argument("file")
    parser.add_argument("--anchors", help="file of anchors kept outside the database")
    parser.add_argument("--part", action="store_true", help="it ends before the newest block")
    options = parser.parse_args(arguments)
    try:
        anchors = {}
        if options.anchors:
            with open(options.anchors, encoding="utf-8") as file:
                anchors = read_anchors(file)
        with open(options.file, "rb") as lines:
            found, read = verify(lines, anchors, to_end=not options.part)
    except (OSError, UnicodeDecodeError) as error:
        sys.stderr.write(f"Not readable: {error}\n")
        return 2
    for finding in found:
        sys.stdout.write(f"{finding}\n")
    summary = "{blocks} blocks, {rows} rows, {anchors} anchors agree".format(**read)
    verdict = f"{len(found)} findings" if found else "whole"
    sys.stdout.write(f"{summary}: {verdict}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
