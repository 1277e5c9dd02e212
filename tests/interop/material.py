"""Values that cases use: keys and texts that are the same in each run, names, and refusals."""

import hashlib

from drivers import Disagreement, reason

NSK = {0x10: 32, 0x11: 48, 0x12: 66, 0x20: 32, 0x21: 56, 0x40: 64, 0x41: 64, 0x42: 64,
       0x50: 32, 0x51: 32, 0x647a: 32}
NENC = {0x10: 65, 0x11: 97, 0x12: 133, 0x20: 32, 0x21: 56, 0x40: 768, 0x41: 1088, 0x42: 1568,
        0x50: 1153, 0x51: 1665, 0x647a: 1120}
NK = {1: 16, 2: 32, 3: 32}
KEMS = {0x10: "P-256", 0x11: "P-384", 0x12: "P-521", 0x20: "X25519", 0x21: "X448",
        0x40: "ML-KEM-512", 0x41: "ML-KEM-768", 0x42: "ML-KEM-1024",
        0x50: "MLKEM768-P256", 0x51: "MLKEM1024-P384", 0x647a: "MLKEM768-X25519"}
KDFS = {1: "HKDF-SHA256", 2: "HKDF-SHA384", 3: "HKDF-SHA512", 0x10: "SHAKE128", 0x11: "SHAKE256",
        0x12: "TurboSHAKE128", 0x13: "TurboSHAKE256"}
AEADS = {1: "AES-128-GCM", 2: "AES-256-GCM", 3: "ChaCha20Poly1305", 0xFFFF: "export-only"}

REQUEST = {False: b"message/bhttp request", True: b"message/bhttp chunked request"}
RESPONSE = {False: b"message/bhttp response", True: b"message/bhttp chunked response"}

# This library's codes for messages that it refuses. Other codes would be mistakes of its own.
REFUSALS = {"open_failed", "malformed", "unknown_key", "truncated", "limit_exceeded", "invalid_key"}


def is_dhkem(kem):
    return kem < 0x40


def suite_name(kem, kdf, aead):
    return f"{KEMS[kem]} {KDFS[kdf]} {AEADS[aead]}"


def octets(label, length):
    """Bytes that look random and are the same in each run."""
    return hashlib.shake_256(label.encode()).digest(length)


def flip(data, at=0):
    """The bytes with one bit changed."""
    at %= len(data)
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def hexes(texts):
    return [bytes.fromhex(text) for text in texts]


def refuse(opener, op, **fields):
    """Requires that the opener refuses, by an answer and not by a crash."""
    answer = opener.request(op, **fields)
    if answer["ok"] or "crashed" in answer:
        raise Disagreement(f"must be refused, but: {reason(answer)}")
    if opener.is_ours and answer["code"] not in REFUSALS:
        raise Disagreement(f"refused with another code: {reason(answer)}")
    return answer
