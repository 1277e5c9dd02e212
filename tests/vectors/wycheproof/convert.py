#!/usr/bin/env python3
"""Converts test files of Project Wycheproof to this project's form (../README.md).

usage: convert.py FOLDER    FOLDER holds the project's files *_test.json; the vectors are written
                            beside this script
"""

import hashlib
import hmac as mac
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).parent
GROUP_SIZE = {"p256": 32, "p384": 48, "p521": 66}


def aead(case):
    return {
        "key": case["key"],
        "nonce": case["iv"],
        "aad": case["aad"],
        "plaintext": case["msg"],
        "ciphertext": case["ct"] + case["tag"],
        "valid": case["result"] == "valid",
    }


def diffie_hellman(case):
    # RFC 9180 refuses compressed points (section 7.1.1) and results of zero (section 7.1.4).
    refused = {"CompressedPoint", "ZeroSharedSecret"} & set(case["flags"])
    return {
        "private": case["private"],
        "public": case["public"],
        "shared": case["shared"],
        "valid": case["result"] != "invalid" and not refused,
    }


def nist(size):
    def convert(case):
        # A private key is an integer there, with or without leading zeros.
        scalar = int(case["private"], 16).to_bytes(size, "big").hex()
        return {**diffie_hellman(case), "private": scalar}

    return convert


def hkdf(case):
    return {
        "ikm": case["ikm"],
        "salt": case["salt"],
        "info": case["info"],
        "L": case["size"],
        "okm": case["okm"],
        "valid": case["result"] == "valid",
    }


def hmac(case):
    return {
        "key": case["key"],
        "message": case["msg"],
        "tag": case["tag"],
        "valid": case["result"] == "valid",
    }


def short(text):
    """The HMAC that stands for bytes that are only compared (../README.md)."""
    return mac.new(bytes(32), bytes.fromhex(text), hashlib.sha256).hexdigest()


def key_generation(case):
    return {"seed": case["seed"], "public_hmac": short(case["ek"])}


def encapsulation(case):
    valid = case["result"] == "valid"
    result = {"m": case["m"], "public": case["ek"], "valid": valid}
    return result | ({"secret": case["K"], "enc_hmac": short(case["c"])} if valid else {})


def decapsulation(case):
    valid = case["result"] == "valid"
    result = {"seed": case["seed"], "enc": case["c"], "valid": valid}
    return result | ({"secret": case["K"]} if valid else {})


FILES = {
    "aes-gcm": ("aes_gcm", aead),
    "chacha20-poly1305": ("chacha20_poly1305", aead),
    "x25519": ("x25519", diffie_hellman),
    "x448": ("x448", diffie_hellman),
    "p256": ("ecdh_secp256r1_ecpoint", nist(GROUP_SIZE["p256"])),
    "p384": ("ecdh_secp384r1_ecpoint", nist(GROUP_SIZE["p384"])),
    "p521": ("ecdh_secp521r1_ecpoint", nist(GROUP_SIZE["p521"])),
    "hkdf-sha256": ("hkdf_sha256", hkdf),
    "hkdf-sha384": ("hkdf_sha384", hkdf),
    "hkdf-sha512": ("hkdf_sha512", hkdf),
    "hmac-sha256": ("hmac_sha256", hmac),
    "hmac-sha384": ("hmac_sha384", hmac),
    "hmac-sha512": ("hmac_sha512", hmac),
}
for size in ("512", "768", "1024"):
    FILES |= {
        f"ml-kem-{size}-keygen": (f"mlkem_{size}_keygen_seed", key_generation),
        f"ml-kem-{size}-encaps": (f"mlkem_{size}_encaps", encapsulation),
        f"ml-kem-{size}-decaps": (f"mlkem_{size}", decapsulation),
    }


def main(folder):
    for name, (upstream, convert) in FILES.items():
        document = json.loads((folder / f"{upstream}_test.json").read_text())
        vectors = [
            json.dumps({"tcId": case["tcId"], **convert(case)}, separators=(",", ":"))
            for group in document["testGroups"]
            for case in group["tests"]
        ]
        version = document["testGroups"][0]["source"]["version"]
        source = json.dumps(f"Project Wycheproof {version}, {upstream}_test.json")
        text = f'{{"source": {source},\n"vectors": [\n' + ",\n".join(vectors) + "\n]}\n"
        (HERE / f"{name}.json").write_text(text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
