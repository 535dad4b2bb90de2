"""A second decoder of .tfz files, written from SPEC.md alone, for the tests: python3 decode.py FILE... prints a line of JSON for each.

It is slow, it trusts what it reads, and it has nothing but Python's standard library.
"""
import hashlib
import json
import math
import os
import struct
import sys
import zlib
from array import array

HERE = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(HERE, 'primer.txt'), 'rb') as primer_file:
    PRIMER = primer_file.read()

MASK = 0xFFFFFFFF


def imul(a, b):
    return (a * b) & MASK


def clz32(n):
    return 32 - (n & MASK).bit_length()


def float_of(bits):
    return struct.unpack('<f', struct.pack('<I', bits))[0]


def bits_of(value):
    return struct.unpack('<I', struct.pack('<f', value))[0]


class Reader:
    """Bits of the coded part and of the raw part."""

    def __init__(self, coded, raw):
        self.coded, self.at = coded, 0
        self.raw_part, self.raw_at, self.raw_bit = raw, 0, 0
        self.range, self.code = 2**31 - 1, 0
        for _ in range(4):
            self.code = self.code * 256 + self.next_byte()

    def next_byte(self):
        assert self.at < len(self.coded) + 4 + 1
        byte = self.coded[self.at] if self.at < len(self.coded) else 0
        self.at += 1
        return byte

    def bit(self, p):
        return self.split(math.floor(self.range * p))

    def bit16(self, p):
        return self.split((self.range >> 16) * p)

    def split(self, bound):
        if self.code < bound:
            self.range, bit = bound, 1
        else:
            self.code -= bound
            self.range -= bound
            bit = 0
        while self.range < 2**23:
            self.range *= 256
            self.code = self.code * 256 + self.next_byte()
        return bit

    def raw(self, count):
        value = 0
        for i in range(count):
            value |= (self.raw_part[self.raw_at] >> self.raw_bit & 1) << i
            self.raw_bit += 1
            if self.raw_bit == 8:
                self.raw_at, self.raw_bit = self.raw_at + 1, 0
        return value

    def word(self, count):
        if count <= 16:
            return self.raw(count)
        high = self.raw(count - 16)
        return high << 16 | self.raw(16)

    def bytes(self, count):
        if self.raw_bit:
            self.raw_at, self.raw_bit = self.raw_at + 1, 0
        self.raw_at += count
        return self.raw_part[self.raw_at - count:self.raw_at]

    def finish(self):
        assert self.at >= len(self.coded)
        assert self.raw_at + (self.raw_bit > 0) == len(self.raw_part)


class Adaptive:
    def __init__(self, slots, limit):
        self.p, self.n, self.limit = array('f', [0.5]) * slots, [0] * slots, limit

    def bit(self, reader, i):
        p, n = self.p[i], self.n[i]
        b = reader.bit(min(max(p, 0.00001), 0.99999))
        self.p[i] = p + (b - p) * (1 / (n + 1.5))
        if n < self.limit:
            self.n[i] = n + 1
        return b

    def number(self, reader, base):
        length = 0
        while length < 30 and self.bit(reader, base + length):
            length += 1
        v = 1
        for _ in range(length):
            v = 2 * v + (self.bit(reader, base + 32 + 8 * length + v) if v < 8 else reader.bit(0.5))
        return v - 1


class Integers:
    def __init__(self, slots):
        self.p, self.n = [1 << 21] * slots, [0] * slots

    def bit(self, reader, i, j, doubt):
        p, n = self.p, self.n
        weight = 4096 * n[i] // (n[i] + 4 + 44 * doubt)
        mean = (p[j] >> 6) + ((p[i] - p[j] >> 6) * weight >> 12)
        b = reader.bit16(mean - (mean >> 10) + 32)
        for k in {i, j}:
            p[k] += ((b << 22) - p[k] >> 7) * int(2**15 / (n[k] + 1.5)) >> 8
            n[k] = min(255, n[k] + 1)
        return b


SQUASH = [0.0] * 4096
STRETCH = [0.0] * 4096
e_j = 1.0029339832284467
for j in range(2048):
    SQUASH[2048 + j] = e_j / (1 + e_j)
    SQUASH[2047 - j] = 1 / (1 + e_j)
    e_j *= 1.0058765747144782
x = 0
for i in range(4096):
    while x < 4095 and SQUASH[x] < (i + 0.5) / 4096:
        x += 1
    STRETCH[i] = ((x + 0.5) / 4096 - 0.5) * 2 * 12


class Mixer:
    def __init__(self, inputs, slots, sets, limit, rate, m):
        self.k, self.limit, self.rate, self.m = inputs, limit, rate, m
        self.p, self.n = array('f', [0.5]) * slots, [0] * slots
        self.w = [1 / max(2, inputs - 2)] * (inputs * sets)

    def bit(self, slots, chosen, read):
        first = chosen * self.k
        stretched = []
        total = 0.0
        for i, slot in enumerate(slots):
            n = self.n[slot]
            stretched.append(STRETCH[int(self.p[slot] * 4095.99)] * ((n + 0.4) / (n + 1.6)))
            total += self.w[first + i] * stretched[i]
        q = SQUASH[int((min(max(total, -self.m), self.m) + 12) * (4096 / 24))]
        b = read(q)
        e = (b - q) * self.rate
        for i, slot in enumerate(slots):
            self.w[first + i] += e * stretched[i]
            p, n = self.p[slot], self.n[slot]
            self.p[slot] = p + (b - p) * (1 / (n + 1.5))
            if n < self.limit:
                self.n[slot] = n + 1
        return b


def read_text(reader, length):
    text = bytearray(PRIMER)
    slots = Integers(1 << 17)
    after_hash, after_pair = [0] * 65536, [0] * 65536
    match = matched = h = pair = 0
    for at in range(len(PRIMER) + length):
        if at >= len(PRIMER):
            if matched == 0:
                match = after_hash[h]
                while matched < min(15, match) and text[match - 1 - matched] == text[at - 1 - matched]:
                    matched += 1
            before = pair & 255
            if matched > 0 and slots.bit(reader, matched + 32 * before, matched, 0):
                text.append(text[match])
                matched, match = min(matched + 1, 15), match + 1
            else:
                second, general = text[after_pair[pair]], 17 if matched > 0 else 16
                is_new = matched == 0 or second != text[match]
                if is_new and slots.bit(reader, general + 32 * before, general, 0):
                    text.append(second)
                else:
                    node = 1
                    while node < 256:
                        node = 2 * node + slots.bit(reader, 65536 + 256 * before + node, 65536 + node, 0)
                    text.append(node - 256)
                matched = 0
                after_hash[h] = after_pair[pair] = at
        else:
            after_hash[h] = after_pair[pair] = at
        h = (h << 4 ^ text[at]) & 65535
        pair = (pair << 8 | text[at]) & 65535
    return bytes(text[len(PRIMER):])


def read_mixed_text(reader, length):
    total = len(PRIMER) + length
    h_bits = min(18, 34 - clz32(total))
    mixer = Mixer(6, 6 << h_bits, 192, 60, 0.02, 9)
    text = bytearray(PRIMER)
    last = [0] * 65536
    match = matched = 0
    for at in range(total):
        hashes, h = [], 0
        for o in range(1, 7):
            h = imul(h + (text[at - o] if at >= o else 0) + 1, 0x2C1B3C6D) ^ (h >> 15)
            if o != 5:
                hashes.append(h)
        key = imul(hashes[4], 0x297A2D39) >> 16 & 0xFFFF
        if matched == 0 and last[key] > 0:
            match = last[key]
            while matched < 63 and matched < match and text[match - 1 - matched] == text[at - 1 - matched]:
                matched += 1
        last[key] = at
        node = 1
        for left in range(7, -1, -1):
            slots = []
            for o in range(5):
                g = imul(hashes[o] + imul(node, 0x3D4D51CB), 0x2C1B3C6D)
                slots.append((o << h_bits) + ((g ^ g >> 13) & (1 << h_bits) - 1))
            expected = text[match] + 256 if matched > 0 else 0
            follows = expected >> left + 1 == node
            slots.append((5 << h_bits) + (2 * min(matched, 31) + (expected >> left & 1) + 1 if follows else 0))
            chosen = 1 + min(matched >> 3, 7) if follows else 0
            if at < len(PRIMER):
                known = PRIMER[at] >> left & 1
                node = 2 * node + mixer.bit(slots, chosen, lambda _: known)
            else:
                node = 2 * node + mixer.bit(slots, chosen, reader.bit)
        byte = node - 256
        if at >= len(PRIMER):
            text.append(byte)
        if matched > 0 and text[match] == byte:
            matched, match = min(matched + 1, 63), match + 1
        else:
            matched = 0
    return bytes(text[len(PRIMER):])


def signed_float(reader, exponent, mantissa_bits):
    kept = reader.raw(mantissa_bits + 1)
    mantissa = (kept & (1 << mantissa_bits) - 1) << (23 - mantissa_bits)
    return kept >> mantissa_bits << 31 | exponent << 23 | mantissa


def few(exponent, mantissa_bits):
    distances = Adaptive(24 + 288, 255)

    def read(reader):
        d = 0
        while d < 24 and distances.bit(reader, d):
            d += 1
        if d == 24:
            d += distances.number(reader, 24)
        assert d <= exponent
        return signed_float(reader, exponent - d, mantissa_bits)

    return read


POSITIONS = ['dense', 'gaps', 'mixed', 'mixedDense', 'few']
VALUES = ['raw', 'float', 'levels', 'powers', 'affine', 'bytes']


def read_tensor(reader, fields, size, columns, version):
    number = lambda field: fields.number(reader, field * 288)
    positions, values = POSITIONS[number(0)], VALUES[number(1)]
    stride = number(2) if positions.startswith('mixed') else 0
    exponent = mantissa_bits = 0
    levels = []
    if values in ('raw', 'bytes'):
        return [reader.word(32 if values == 'raw' else 8) for _ in range(size)]
    if values == 'affine':
        low, scale = float_of(reader.word(32)), float_of(reader.word(32))
        levels = [bits_of(low + i * scale) for i in range(256)]
    else:
        exponent = number(3)
        if values == 'float':
            mantissa_bits = number(4)
        else:
            count = number(5)
            one = few(exponent, 23)
            magnitude = 0
            for i in range(count):
                if values == 'powers':
                    levels.append((i & 1) << 31 | exponent + (i >> 1) << 23)
                elif version == 1:
                    levels.append(one(reader))
                else:
                    magnitude = magnitude + number(10) & 0x7FFFFFFF
                    levels.append(reader.raw(1) << 31 | magnitude)
    one = few(exponent, mantissa_bits)
    if positions == 'few':
        return [one(reader) for _ in range(size)]
    if positions in ('dense', 'gaps'):
        return read_tables(reader, fields, size, positions == 'gaps', levels, exponent, mantissa_bits)
    read = read_mixed if version == 1 else read_tree
    symbols = read(reader, size // columns, columns, stride, len(levels) or 1, positions == 'mixed')
    if levels:
        return [levels[s - 1] if s else 0 for s in symbols]
    return [one(reader) if s else 0 for s in symbols]


def read_tables(reader, fields, size, has_gaps, levels, exponent, mantissa_bits):
    number = lambda field: fields.number(reader, field * 288)
    tables = []
    for _ in range(6):
        frequencies, before = [], 0
        for _ in range(number(6)):
            before = number(7 if before == 0 else 8 if before < 64 else 9)
            frequencies.append(before)
        assert sum(frequencies) == 4096
        symbol_at = []
        starts = []
        for symbol, frequency in enumerate(frequencies):
            starts.append(len(symbol_at))
            symbol_at += [symbol] * frequency
        tables.append((symbol_at, starts, frequencies))
    data = reader.bytes(number(6))
    state, at = int.from_bytes(data[:4], 'big'), 4

    def symbol_of(context):
        nonlocal state, at
        symbol_at, starts, frequencies = tables[context]
        slot = state & 4095
        s = symbol_at[slot]
        state = frequencies[s] * (state >> 12) + slot - starts[s]
        while state < 2**23:
            state = state * 256 + data[at]
            at += 1
        return s

    words, recent = [], 0
    while True:
        if has_gaps:
            gap = symbol_of(min(4, 32 - clz32(recent) >> 1))
            if gap >= 16:
                t = gap - 16
                r = (t >> 1) + 3
                gap = (2 | t & 1) << r | reader.word(r)
            recent = recent + gap >> 1
            words += [0] * gap
        if len(words) >= size:
            break
        s = symbol_of(5)
        words.append(levels[s] if levels else signed_float(reader, exponent - s, mantissa_bits))
    assert len(words) == size and state == 2**23 and at == len(data)
    return words


def log(n):
    if n < 4:
        return n
    b = 31 - clz32(n)
    return 4 + 2 * (b - 2) + (n >> b - 1 & 1)


def hash_of(node, context):
    k = imul(imul(context + 1, 0x9E3779B1) + node, 0x2C1B3C6D)
    return k ^ k >> 15


def read_mixed(reader, rows, columns, stride, count, zeros):
    tree = 32 - clz32(count - 1)
    g_bits = min(18, 12 + tree) if count > 1 else 1
    significance = Mixer(7, rows + columns + 2**14, 24, 250, 0.015, 11.99)
    index = Mixer(6, 6 << g_bits, tree + 1, 250, 0.015, 11.99)
    symbols = [0] * (rows * columns)
    in_row, in_column, last_in_column = [0] * rows, [0] * columns, [0] * columns

    def row_total(i):
        return in_row[i] if 0 <= i < rows else 0

    for i in range(rows):
        near = 2 * row_total(i - 1) + row_total(i - 2)
        far = 2 * row_total(i - stride) + row_total(i - stride - 1) + row_total(i - stride + 1)
        v = min(23, log(near + far))
        y = 12 * min(11, log(near)) + min(11, log(far))
        last_in_row = 0
        for j in range(columns):

            def symbol(up, left):
                return symbols[(i - up) * columns + j - left] if 0 <= i - up < rows and j >= left else 0

            def at(up, left):
                return 1 if symbol(up, left) else 0

            if zeros:
                x_c, x_r = min(15, log(in_column[j])), min(15, log(in_row[i]))
                t = at(0, 1) + 2 * at(1, 0) + 4 * at(stride, 0)
                z = t + 8 * at(0, 2) + 16 * at(2, 0) + 32 * at(stride + 1, 0) + 64 * at(stride - 1, 0) + 128 * at(2 * stride, 0)
                base = rows + columns
                slots = [i, rows + j, base + z, base + 512 + 16 * v + x_r, base + 1024 + 16 * v + x_c]
                slots += [base + 2048 + 8 * y + t, base + 4096 + 8 * (16 * x_r + x_c) + t]
                if not significance.bit(slots, v, reader.bit):
                    continue
            in_row[i] += 1
            in_column[j] += 1
            contexts = [j, i, last_in_row, last_in_column[j], 4096 * symbol(1, 0) + symbol(stride, 0)]
            node = 1
            for left in range(tree - 1, -1, -1):
                slots = [node & (1 << g_bits) - 1]
                for u, context in enumerate(contexts, 1):
                    slots.append((u << g_bits) + (hash_of(node, context) & (1 << g_bits) - 1))
                node = 2 * node + index.bit(slots, left, reader.bit)
            found = node - (1 << tree) + 1
            assert found <= count
            symbols[i * columns + j] = last_in_row = last_in_column[j] = found
    return symbols


def read_tree(reader, rows, columns, stride, count, zeros):
    level_bits = 32 - clz32(count - 1)
    symbols = [0] * (rows * columns)
    contexts = 2**level_bits + 1 if level_bits <= 5 else 0
    level_slots = Integers(contexts + 1 << level_bits)
    depth = 32 - clz32(columns - 1)
    width = 1 << depth
    node_slots = Integers(4 * width + 264)
    held = []
    nothing = [0] * (2 * width)

    def row_of(i):
        return held[i] if i >= 0 else nothing

    for i in range(rows):
        found = range(columns)
        if zeros:
            now = [0] * (2 * width)
            held.append(now)
            above, far = row_of(i - 1), row_of(i - stride)

            def holds(node, shift):
                near = above[node] + 2 * far[node]
                general = 4 * width + 8 * shift + 4 * (node & 1) + near
                return node_slots.bit(reader, 2 * node + (near > 0), general, int(near > 0))

            nodes = [1] if holds(1, depth) else []
            for shift in range(depth - 1, -1, -1):
                last = width + columns - 1 >> shift
                halves = []
                for parent in nodes:
                    now[parent] = 1
                    left, right = 2 * parent, 2 * parent + 1
                    has_left = right > last or holds(left, shift)
                    if has_left:
                        halves.append(left)
                    if right <= last and (not has_left or holds(right, shift)):
                        halves.append(right)
                nodes = halves
            for node in nodes:
                now[node] = 1
            found = [node - width for node in nodes]
        for j in found:
            at = i * columns + j
            context = 0
            if contexts:
                context = symbols[at - columns] if i >= 1 else 0
                if context == 0 and i >= stride:
                    context = symbols[at - stride * columns]
            node = 1
            for _ in range(level_bits):
                general = (contexts << level_bits) + node
                node = 2 * node + level_slots.bit(reader, (context << level_bits) + node, general, 0)
            symbols[at] = node - (1 << level_bits) + 1
            assert symbols[at] <= count
    return symbols


BYTES = {'float32': 4, 'int32': 4, 'bool': 1, 'complex64': 8, 'uint8': 1, 'uint16': 2, 'float16': 2}


def read_weight(version, reader, fields, name, shape, dtype='float32', more=None):
    more = more or {}
    each = 1 if dtype == 'string' else BYTES[more.get('quantization', {}).get('dtype', dtype)]
    size = more['byteLength'] if dtype == 'string' else math.prod(shape) * each
    wide = each > 2
    words = size // 4 if wide else size
    seen = shape if each == 4 else [words]
    data = b''
    if words:
        columns = next((n for n in reversed(seen) if n != 1), 1)
        read = read_tensor(reader, fields, words, columns, version)
        data = struct.pack(f'<{words}I', *read) if wide else bytes(read)
    return {**more, 'name': name, 'shape': shape, 'dtype': dtype}, data


def decode(file):
    assert file[:3] == b'tfz' and file[3] in (1, 2)
    assert zlib.crc32(file[:-4]) == int.from_bytes(file[-4:], 'little')
    at, sizes = 4, []
    for _ in range(4):
        value = shift = 0
        while True:
            byte = file[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        sizes.append(value)
    weight_bytes, text_bytes, coded, raw = sizes
    assert at + coded + raw + 4 == len(file)
    reader = Reader(file[at:at + coded], file[at + coded:-4])
    version = file[3]
    text = read_mixed_text(reader, text_bytes) if version == 1 else read_text(reader, text_bytes)
    artifacts = json.loads(text)
    if 'weights' in artifacts:
        fields = Adaptive(11 * 288, 20)
        read = [read_weight(version, reader, fields, *entry) for entry in artifacts.pop('weights')]
        data = b''.join(part for _, part in read)
        assert len(data) == weight_bytes
        artifacts['weightSpecs'] = [spec for spec, _ in read]
        artifacts['weightData'] = {'bytes': len(data), 'sha256': hashlib.sha256(data).hexdigest()}
    reader.finish()
    return artifacts


for path in sys.argv[1:]:
    with open(path, 'rb') as opened:
        print(json.dumps(decode(opened.read())), flush=True)
