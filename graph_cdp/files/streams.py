"""The bytes of a file, whatever it is packed with, in bounded memory: as chunks, and as lines."""

import codecs
import os
import stat
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

import zstandard

from graph_cdp.errors import InputError

CHUNK = 1 << 20
LONGEST_LINE = 8 << 20

Packing: TypeAlias = Literal["gzip", "zstd"]

# Many empty blocks of 128 KiB fit into few bytes of zstd, so it is fed by so few that what comes out stays small.
_ZSTD_SLICE = 256


class DamageError(Exception):
    """What is packed ends too early or cannot be unpacked; every sound byte before was handed over."""


class ByteStream:
    """A file opened for reading; a context manager.

    `packing` is told by the first bytes, not by the name. `total` is the size on disk in bytes. `damage` says what
    ended `lines` too early; None while all is well. What is written in another `encoding` than UTF-8 is given in UTF-8.
    """

    def __init__(self, path: Path, encoding: str | None = None) -> None:
        """Raises InputError where the file cannot be opened or is no regular file, and for an unknown encoding."""
        self.path = path
        self.damage: str | None = None
        self._file = _open(path)
        self.total = os.fstat(self._file.fileno()).st_size
        magic = self._file.read(4)
        self.packing: Packing | None = (
            "gzip" if magic[:2] == b"\x1f\x8b" else "zstd" if magic == b"\x28\xb5\x2f\xfd" else None
        )
        # What begins so is nothing else, and Excel calls it Unicode text.
        marked = "utf-16" if magic[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        self._encoding = _known(encoding) if encoding else marked

    def __enter__(self) -> "ByteStream":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def head(self, size: int) -> bytes:
        """The first `size` unpacked bytes, fewer where the file has no more. Raises InputError where none is sound."""
        head = b""
        try:
            for chunk in self.chunks():
                head += chunk
                if len(head) >= size:
                    break
        except DamageError as fault:
            if not head:
                raise InputError(f"{self.path}: {fault}; fetch the file again.") from None
        return head[:size]

    @property
    def done(self) -> int:
        """How many bytes of the file on disk were read."""
        return self._file.tell()

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """The unpacked bytes from `start` on, about 1 MiB at a time. What is packed is unpacked up to `start`, too.

        Raises DamageError where packed data is not sound, or not in the encoding that was named.
        """
        if self.packing is None and self._encoding is None:
            return self._plain(start)
        if self.packing is None:
            unpacked = self._plain(0)
        else:
            self._file.seek(0)
            unpacked = _gather(self._gunzip() if self.packing == "gzip" else self._unzstd())
        return _skip(unpacked if self._encoding is None else _in_utf8(unpacked, self._encoding), start)

    def _plain(self, start: int) -> Iterator[bytes]:
        self._file.seek(start)
        return iter(lambda: self._file.read(CHUNK), b"")

    def stored(self, start: int, size: int) -> Iterator[bytes]:
        """`size` bytes of the file as it is on disk, from `start` on, 1 MiB at a time; fewer where it ends."""
        self._file.seek(start)
        while size > 0 and (chunk := self._file.read(min(size, CHUNK))):
            yield chunk
            size -= len(chunk)

    def lines(self, start: int = 0, end: bytes = b"\n") -> Iterator["Lines"]:
        """The lines from `start` on. Where `damage` strikes they end after the last whole line."""
        self.damage = None
        try:
            yield from lines_of(self.chunks(start), end)
        except DamageError as fault:
            self.damage = str(fault)

    def _gunzip(self) -> Iterator[bytes]:
        member = zlib.decompressobj(wbits=31)
        while raw := self._file.read(CHUNK // 8):
            # Several members may follow each other, with zero bytes between them.
            while raw := raw.lstrip(b"\0") if member.eof else raw:
                member = zlib.decompressobj(wbits=31) if member.eof else member
                try:
                    yield from _inflate(member, raw)
                except zlib.error:
                    raise DamageError("the gzip data is damaged") from None
                raw = member.unused_data
        if not member.eof:
            raise DamageError("the gzip data ends too early")

    def _unzstd(self) -> Iterator[bytes]:
        unpack = zstandard.ZstdDecompressor()
        frame = unpack.decompressobj()
        while raw := self._file.read(CHUNK // 8):
            for at in range(0, len(raw), _ZSTD_SLICE):
                piece = raw[at : at + _ZSTD_SLICE]
                while piece:
                    frame = unpack.decompressobj() if frame.eof else frame
                    try:
                        yield frame.decompress(piece)
                    except zstandard.ZstdError:
                        raise DamageError("the zstd data is damaged") from None
                    piece = frame.unused_data if frame.eof else b""
        if not frame.eof:
            raise DamageError("the zstd data ends too early")


def _open(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder: name the files in it" if path.is_dir() else "no regular file: save it to one first"
            raise InputError(f"{path}: this is {what}.")
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file.") from None
    except PermissionError:
        raise InputError(f"{path}: it may not be read: change its permissions (chmod +r).") from None
    except OSError as fault:
        raise InputError(f"{path}: it cannot be opened: {fault.strerror}.") from fault


def _known(encoding: str) -> str | None:
    """A name of an encoding, None for UTF-8. Raises InputError where there is none of that name."""
    try:
        "".encode(encoding)
        name = codecs.lookup(encoding).name
    except LookupError:
        raise InputError(
            f"There is no encoding {encoding!r}: name one such as windows-1252, latin-1 or utf-16-le."
        ) from None
    return None if name == "utf-8" else name


def _in_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise DamageError(f"the text is not in the encoding {encoding}: name another with --encoding") from None


def _inflate(member: "zlib._Decompress", raw: bytes) -> Iterator[bytes]:
    while True:
        piece = member.decompress(raw, CHUNK)
        yield piece
        raw = member.unconsumed_tail
        if member.eof or (not raw and len(piece) < CHUNK):
            return


def _gather(pieces: Iterable[bytes]) -> Iterator[bytes]:
    gathered, size, damage = list[bytes](), 0, None
    try:
        for piece in pieces:
            gathered.append(piece)
            size += len(piece)
            if size >= CHUNK:
                yield b"".join(gathered)
                gathered, size = [], 0
    except DamageError as fault:
        damage = fault
    if size:
        yield b"".join(gathered)
    if damage:
        raise damage


def _skip(chunks: Iterable[bytes], count: int) -> Iterator[bytes]:
    for chunk in chunks:
        if count < len(chunk):
            yield chunk[count:]
        count = max(0, count - len(chunk))


class Lines(NamedTuple):
    """Consecutive lines without their ends. A line that is too long comes alone, cut; `size` is its true length."""

    lines: list[bytes]
    size: int | None = None


def lines_of(
    chunks: Iterable[bytes], end: bytes = b"\n", longest: int = LONGEST_LINE, kept: int = 4_096
) -> Iterator[Lines]:
    """Cut chunks into lines at `end` (one byte); of a line longer than `longest` bytes only `kept` are held.

    The end of the last line may lack. A chunk holds no more than `longest` bytes. However the bytes are cut into
    chunks, the lines are the same.
    """
    rest, dropped = b"", 0
    for chunk in chunks:
        lines = (rest + chunk).split(end)
        if dropped or len(lines[0]) > longest:
            # Of a line that is too long only the beginning stays in `rest`, whatever still comes.
            dropped += len(lines[0]) - min(len(lines[0]), kept)
            lines[0] = lines[0][:kept]
            if len(lines) == 1:
                rest = lines[0]
                continue
            yield Lines(lines[:1], len(lines[0]) + dropped)
            del lines[0]
            dropped = 0
        rest = lines.pop()
        if lines:
            yield Lines(lines)
    if dropped:
        yield Lines([rest], len(rest) + dropped)
    elif len(rest) > longest:
        yield Lines([rest[:kept]], len(rest))
    elif rest:
        yield Lines([rest])
