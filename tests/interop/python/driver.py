"""The driver of the package pyhpke. Speaks the line protocol of tests/interop/README.md."""

import json
import platform
import sys
from importlib.metadata import version

from pyhpke import AEADId, CipherSuite, KDFId, KEMId


class Refused(Exception):
    """What the peer itself raises: a refusal, whatever its type."""


def peer(function, *arguments, **named):
    try:
        return function(*arguments, **named)
    except Exception as error:
        cause = f" ({error.__cause__!r})" if error.__cause__ else ""
        raise Refused(f"{type(error).__name__}: {error}{cause}") from error


def field(request, name):
    return bytes.fromhex(request.get(name, ""))


def suite_of(request):
    return CipherSuite.new(
        KEMId(request["kem"]), KDFId(request.get("kdf", 1)), AEADId(request.get("aead", 1))
    )


def process(request, context, function):
    messages = []
    for message in request.get("messages", []):
        try:
            messages.append(peer(function, field(message, "text"), field(message, "aad")).hex())
        except Refused:
            if not message.get("fails"):
                raise
            messages.append("")
    exports = [
        peer(context.export, field(wanted, "context"), wanted["length"]).hex()
        for wanted in request.get("exports", [])
    ]
    return {"messages": messages, "exports": exports}


def hello(_request):
    return {
        "name": "python-pyhpke",
        "package": "PyPI pyhpke",
        "version": version("pyhpke"),
        "toolchain": "Python " + platform.python_version(),
        "hpke": {
            "kems": [kem.value for kem in KEMId],
            "kdfs": [kdf.value for kdf in KDFId],
            "aeads": [aead.value for aead in AEADId],
            "modes": ["base", "psk", "auth", "auth_psk"],
        },
    }


def public_key(request):
    pair = peer(suite_of(request).kem.derive_key_pair, field(request, "ikm"))
    return {"public": pair.public_key.to_public_bytes().hex()}


def hpke_seal(request):
    suite = suite_of(request)
    sender = {}
    if "sender_ikm" in request:
        sender["sks"] = suite.kem.derive_key_pair(field(request, "sender_ikm")).private_key
    enc, context = peer(
        suite.create_sender_context,
        peer(suite.kem.deserialize_public_key, field(request, "public")),
        info=field(request, "info"),
        psk=field(request, "psk"),
        psk_id=field(request, "psk_id"),
        **sender,
    )
    return {"enc": enc.hex(), **process(request, context, context.seal)}


def hpke_open(request):
    suite = suite_of(request)
    sender = {}
    if "sender_public" in request:
        sender["pks"] = peer(suite.kem.deserialize_public_key, field(request, "sender_public"))
    context = peer(
        suite.create_recipient_context,
        field(request, "enc"),
        suite.kem.derive_key_pair(field(request, "ikm")).private_key,
        info=field(request, "info"),
        psk=field(request, "psk"),
        psk_id=field(request, "psk_id"),
        **sender,
    )
    return process(request, context, context.open)


OPERATIONS = {
    "hello": hello,
    "public_key": public_key,
    "hpke_seal": hpke_seal,
    "hpke_open": hpke_open,
}


def answer(line):
    try:
        request = json.loads(line)
        return {"ok": True, **OPERATIONS[request["op"]](request)}
    except Refused as refused:
        return {"ok": False, "refused": str(refused)}
    except Exception as error:
        return {"ok": False, "error": repr(error)}


for request_line in sys.stdin:
    print(json.dumps(answer(request_line)), flush=True)
