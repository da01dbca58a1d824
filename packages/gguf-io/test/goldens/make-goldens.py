"""Makes the golden files of this folder. See README.md.

usage: python3 make-goldens.py [--cut MODEL.gguf] [--gguf-py FOLDER]
"""

import argparse
import struct
import sys
from pathlib import Path

HERE = Path(__file__).parent


def u32(value):
    return struct.pack("<I", value)


def u64(value):
    return struct.pack("<Q", value)


def text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return u64(len(raw)) + raw


def entry(key, type_id, value):
    return text(key) + u32(type_id) + value


def tensor(name, dimensions, format_id, offset):
    return text(name) + u32(len(dimensions)) + b"".join(map(u64, dimensions)) + u32(format_id) + u64(offset)


def padded(data, alignment):
    return data + bytes(-len(data) % alignment)


def all_types():
    """Every value type, arrays of every type, arrays in arrays, an alignment of 64, bytes that are no UTF-8, NaNs with payloads."""
    strings = text("a") + text("") + text("\ufeffå") + text(b"\xff\xfe")
    entries = [
        entry("general.alignment", 4, u32(64)),
        entry("t.uint8", 0, b"\xff"),
        entry("t.int8", 1, b"\x80"),
        entry("t.uint16", 2, struct.pack("<H", 65535)),
        entry("t.int16", 3, struct.pack("<h", -32768)),
        entry("t.uint32", 4, u32(4294967295)),
        entry("t.int32", 5, struct.pack("<i", -2147483648)),
        entry("t.float32", 6, struct.pack("<f", 0.1)),
        entry("t.float32.nan", 6, b"\x01\x02\xa0\x7f"),
        entry("t.bool", 7, b"\x01"),
        entry("t.string", 8, text("tiếng Việt \U0001f642")),
        entry("t.string.bytes", 8, text(b"a\xc3(b\x00")),
        entry("t.uint64", 10, u64(2**64 - 1)),
        entry("t.int64", 11, struct.pack("<q", -(2**63))),
        entry("t.float64", 12, struct.pack("<d", 0.1)),
        entry("t.float64.nan", 12, b"\x01\x02\x03\x04\x05\x06\xf7\xff"),
        entry("a.uint8", 9, u32(0) + u64(3) + b"\x00\x01\xff"),
        entry("a.int8", 9, u32(1) + u64(2) + b"\x80\x7f"),
        entry("a.uint16", 9, u32(2) + u64(2) + struct.pack("<2H", 1, 65535)),
        entry("a.int16", 9, u32(3) + u64(2) + struct.pack("<2h", -1, 32767)),
        entry("a.uint32", 9, u32(4) + u64(1) + u32(4294967295)),
        entry("a.int32", 9, u32(5) + u64(3) + struct.pack("<3i", -1, 0, 1)),
        entry("a.float32", 9, u32(6) + u64(3) + struct.pack("<2f", -0.0, 1.5) + b"\x01\x02\xa0\x7f"),
        entry("a.bool", 9, u32(7) + u64(3) + b"\x01\x00\x01"),
        entry("a.string", 9, u32(8) + u64(4) + strings),
        entry("a.uint64", 9, u32(10) + u64(1) + u64(2**63)),
        entry("a.int64", 9, u32(11) + u64(2) + struct.pack("<2q", -1, 1)),
        entry("a.float64", 9, u32(12) + u64(2) + struct.pack("<2d", 1e300, float("-inf"))),
        entry("a.empty", 9, u32(8) + u64(0)),
        entry(
            "a.nested",
            9,
            u32(9) + u64(3) + u32(5) + u64(2) + struct.pack("<2i", 1, 2) + u32(8) + u64(1) + text("x")
            + u32(9) + u64(1) + u32(7) + u64(1) + b"\x01",
        ),
        entry("unknown.to.every.program", 5, struct.pack("<i", 7)),
    ]
    first = struct.pack("<6f", *range(6))
    second = struct.pack("<4e", 1, 2, 3, 4)
    table = tensor("matrix", [3, 2], 0, 0) + tensor("vector.f16", [4], 1, 64)
    header = b"GGUF" + u32(3) + u64(2) + u64(len(entries)) + b"".join(entries) + table
    return padded(header, 64) + padded(first, 64) + padded(second, 64)


def version_2():
    """Version 2, no metadata, one tensor of four dimensions whose last ones are 1."""
    header = b"GGUF" + u32(2) + u64(1) + u64(0) + tensor("t", [2, 2, 1, 1], 0, 0)
    return padded(header, 32) + padded(struct.pack("<4f", 1, 2, 3, 4), 32)


class Model:
    """As much of a GGUF reader as cutting needs."""

    SCALARS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}

    def __init__(self, data):
        self.data, self.at = data, 24
        tensor_count, entry_count = struct.unpack("<QQ", data[8:24])
        self.entries = [self.entry() for _ in range(entry_count)]
        self.tensors = [self.tensor() for _ in range(tensor_count)]
        self.data_at = self.at + -self.at % 32

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, count):
        return int.from_bytes(self.take(count), "little")

    def text(self):
        return self.take(self.number(8))

    def entry(self):
        key, type_id = self.text(), self.number(4)
        if type_id == 8:
            return key, type_id, self.text()
        if type_id != 9:
            return key, type_id, self.take(self.SCALARS[type_id])
        element_type, length = self.number(4), self.number(8)
        read = self.text if element_type == 8 else lambda: self.take(self.SCALARS[element_type])
        return key, type_id, (element_type, [read() for _ in range(length)])

    def tensor(self):
        name = self.text()
        dimensions = [self.number(8) for _ in range(self.number(4))]
        return name, dimensions, self.number(4), self.number(8)


def cut(model, tokens=16, names=("output_norm.weight", "blk.0.attn_k.weight", "blk.0.ffn_up.weight"), rows=4):
    """A model with its first tokens and merges, and the first rows of some tensors, all bytes as its maker wrote them."""
    out = b""
    for key, type_id, value in model.entries:
        if type_id == 8:
            value = text(value)
        if type_id == 9:
            element_type, elements = value
            kept = elements[:tokens]
            value = u32(element_type) + u64(len(kept)) + b"".join(map(text, kept) if element_type == 8 else kept)
        out += text(key) + u32(type_id) + value
    row_bytes = {0: lambda n: 4 * n, 141: lambda n: n // 256 * 212, 144: lambda n: 4 + n // 256 * 136, 146: lambda n: 4 + n // 256 * 128}
    table, data = b"", b""
    chosen = [row for row in model.tensors if row[0].decode() in names]
    for name, dimensions, format_id, offset in chosen:
        kept = dimensions[:1] + [min(rows, length) for length in dimensions[1:]]
        count = kept[1] if len(kept) > 1 else 1
        table += tensor(name, kept, format_id, len(data))
        start = model.data_at + offset
        data += padded(model.data[start : start + count * row_bytes[format_id](kept[0])], 32)
    head = b"GGUF" + u32(3) + u64(len(chosen)) + u64(len(model.entries))
    return padded(head + out + table, 32) + data


def gguf_py(folder, path):
    """A file by the writer of the gguf Python package."""
    sys.path.insert(0, str(folder))
    import gguf
    import numpy

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_uint32("llama.block_count", 2)
    writer.add_float32("llama.rope.freq_base", 10000.0)
    writer.add_bool("llama.flag", True)
    writer.add_array("tokenizer.ggml.tokens", ["<s>", "</s>", "é"])
    writer.add_array("tokenizer.ggml.scores", [0.0, -1.5, 2.0])
    writer.add_tensor("token_embd.weight", numpy.arange(12, dtype=numpy.float32).reshape(3, 4))
    writer.add_tensor("output_norm.weight", numpy.ones(4, dtype=numpy.float16))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cut", type=Path)
    parser.add_argument("--gguf-py", type=Path)
    options = parser.parse_args()
    (HERE / "all-types.gguf").write_bytes(all_types())
    (HERE / "version-2.gguf").write_bytes(version_2())
    if options.cut:
        (HERE / "cut-model.gguf").write_bytes(cut(Model(options.cut.read_bytes())))
    if options.gguf_py:
        gguf_py(options.gguf_py, HERE / "gguf-py.gguf")


main()
