"""Formats that cases take apart and put together: variable-length integers, chunks, bad points."""


def varint(value, size=None):
    """RFC 9000 section 16, in `size` bytes or the fewest."""
    if size is None:
        size = next(n for n in (1, 2, 4, 8) if value < 1 << (8 * n - 2))
    return (value | {1: 0, 2: 1, 4: 2, 8: 3}[size] << (8 * size - 2)).to_bytes(size, "big")


def read_varint(data):
    """The value, and the bytes after it."""
    size = 1 << (data[0] >> 6)
    return int.from_bytes(data[:size], "big") & ((1 << (8 * size - 2)) - 1), data[size:]


def split_chunks(data):
    """The sealed chunks of a message, the last one at the end."""
    chunks = []
    while True:
        length, data = read_varint(data)
        if length == 0:
            return [*chunks, data]
        chunks.append(data[:length])
        data = data[length:]


def join_chunks(chunks, size=None):
    *others, last = chunks
    return b"".join(varint(len(c), size) + c for c in others) + varint(0, size) + last


def small_order(kem):
    """Some encodings of points of small order, which give an all-zero secret: RFC 7748 section 6."""
    if kem == 0x20:
        p = 2**255 - 19
        return [n.to_bytes(32, "little") for n in (0, 1, p - 1, p, p + 1)]
    if kem == 0x21:
        p = 2**448 - 2**224 - 1
        return [n.to_bytes(56, "little") for n in (0, 1, p - 1, p, p + 1)]
    return []


def off_curve(enc):
    """Another y: at most two of all values are on the curve."""
    return enc[:-1] + bytes([enc[-1] ^ 0x5A])


OFF_CURVE = {0x10: off_curve, 0x11: off_curve, 0x12: off_curve}
