"""OHTTP: exchanges of requests and responses, whole and chunked."""

from itertools import product

from drivers import require
from material import NK, NSK, REQUEST, RESPONSE, is_dhkem, octets, refuse, suite_name

KEY_ID = 7
FULL = ((0x10, 1, 1), (0x20, 1, 3))  # suites that run every kind of text; all run some

# Plaintexts: the pieces that a chunked message is sealed in, and data in its last chunk.
SHORT = {"pieces": [octets("one", 5), octets("two", 11)]}
TEXTS = {
    "empty": {"pieces": []},
    "one byte": {"pieces": [b"x"]},
    "odd sizes": {"pieces": [octets(f"piece {n}", n) for n in (1, 7, 47, 48, 49, 64, 1000, 16367, 3)]},
    "largest chunks": {"pieces": [octets(f"large {n}", 16384) for n in range(3)]},
    "data in the last chunk": {"pieces": [octets("first", 20)], "last": octets("last", 30)},
    "only a last chunk": {"pieces": [], "last": octets("only", 9)},
    "the largest last chunk": {"pieces": [b"y"], "last": octets("large last", 16384)},
}
MEDIA_TYPES = {
    "no media type": b"",
    "a media type with zeros": b"a\0b\0",
    "a media type that is not text": bytes(range(128, 256)),
    "a long media type": b"application/" + b"x" * 1000,
}
STREAM = 10 * 1024 * 1024


def joined(text):
    if "rule" in text:
        rule = text["rule"]
        period = bytes((i * rule["multiplier"] + rule["increment"]) & 255 for i in range(256))
        return (period * (rule["length"] // 256 + 1))[:rule["length"]]
    return b"".join(text["pieces"]) + text.get("last", b"")


def field_of(text):
    if "rule" in text:
        return text
    return {"pieces": [piece.hex() for piece in text["pieces"]], "last": text.get("last", b"").hex()}


def common(a, b, feature="ohttp"):
    """What both offer of a feature; None where one of them lacks it."""
    if feature not in a.hello or feature not in b.hello:
        return None
    a, b = a.hello[feature], b.hello[feature]
    offer = {field: [value for value in a[field] if value in b[field]]
             for field in ("kems", "kdfs", "aeads")}
    offer |= {field: a.get(field) and b.get(field) for field in ("media_types", "mixed", "key_configs")}
    return offer


def suites(offer):
    return list(product(offer["kems"], offer["kdfs"], offer["aeads"]))


def full_suites(offer):
    return [suite for suite in FULL if suite in suites(offer)]


def forms(offer):
    return [(q, r) for q in (False, True) for r in (False, True) if q == r or offer["mixed"]]


def form_name(chunked):
    return "chunked" if chunked else "whole"


class Exchange:
    """One request from `sender` to `receiver`, and its response."""

    def __init__(self, sender, receiver, suite, *, request_chunked=False, response_chunked=False,
                 request_type=None, response_type=None, key=None, label=""):
        self.sender, self.receiver = sender, receiver
        self.kem, self.kdf, self.aead = suite
        self.suite = {"kem": self.kem, "kdf": self.kdf, "aead": self.aead, "key_id": KEY_ID}
        self.request_chunked, self.response_chunked = request_chunked, response_chunked
        self.request_type = REQUEST[request_chunked] if request_type is None else request_type
        self.response_type = RESPONSE[response_chunked] if response_type is None else response_type
        self.name = f"{label} {suite} {request_chunked} {response_chunked} {sender.name} {receiver.name}"
        self.ikm = octets(self.name, NSK[self.kem])
        if key is None:
            self.public = receiver.public_key(self.kem, self.ikm)
            self.private = {"ikm": self.ikm}
        else:
            self.public, self.private = key["public"], {"uri": key["uri"]}
        self.request_fields = {"media_type": self.request_type, "chunked": request_chunked}
        self.response_fields = {"media_type": self.response_type, "chunked": response_chunked}

    def seal_request(self, text, **more):
        sealed = self.sender.ask("seal_request", **self.suite, **self.request_fields,
                                 public=self.public, text=field_of(text), **more)
        self.sent = sealed["handle"]
        return bytes.fromhex(sealed.get("message", ""))

    def request_to_open(self, message=None):
        fields = {**self.suite, **self.private, **self.request_fields}
        return fields if message is None else fields | {"message": message}

    def open_request(self, message=None, **more):
        opened = self.receiver.ask("open_request", **self.request_to_open(message), **more)
        self.opened = opened["handle"]
        return bytes.fromhex(opened.get("text", ""))

    def seal_response(self, text, **more):
        sealed = self.receiver.ask("seal_response", handle=self.opened, **self.response_fields,
                                   text=field_of(text), **more)
        return bytes.fromhex(sealed.get("message", ""))

    def open_response(self, message=None, **more):
        if message is not None:
            more["message"] = message
        opened = self.sender.ask("open_response", handle=self.sent, **self.response_fields, **more)
        return bytes.fromhex(opened.get("text", ""))

    def run(self, request, response, recorder=None):
        draws = {}
        if recorder and self.sender.is_ours and is_dhkem(self.kem):
            draws["ikmE"] = octets(self.name + " ikmE", NSK[self.kem])
        if recorder and self.receiver.is_ours:
            draws["response_nonce"] = octets(self.name + " nonce", max(12, NK[self.aead]))
        drawn = lambda name: {"random": draws[name]} if name in draws else {}
        sealed = self.seal_request(request, **drawn("ikmE"))
        require(self.open_request(sealed) == joined(request), "the request opens to another plaintext")
        answer = self.seal_response(response, **drawn("response_nonce"))
        require(self.open_response(answer) == joined(response), "the response opens to another plaintext")
        if recorder:
            recorder.ohttp(self, request, response, sealed, answer, draws)


def can_seal(driver, text):
    return "last" not in text or driver.hello["ohttp"].get("last_data", False)


def directions(ours, peer):
    return ((ours, peer), (peer, ours))


def run(report, ours, peer, recorder, folder):
    offer = common(ours, peer)
    if offer is None:
        return
    for sender, receiver in directions(ours, peer):
        to = f"{sender.role} to {receiver.role}"
        for suite, (q, r) in product(suites(offer), forms(offer)):
            record = recorder and recorder.wants_ohttp(sender, suite, q, r, forms(offer))
            form = f"{form_name(q)} and {form_name(r)}"
            with report.case("ohttp", f"{form}, {suite_name(*suite)}, {to}"):
                Exchange(sender, receiver, suite, request_chunked=q, response_chunked=r).run(
                    SHORT, SHORT, recorder if record else None)
        for suite in full_suites(offer):
            texts(report, sender, receiver, suite, offer, to, recorder)
            streams(report, sender, receiver, suite, offer, to, folder)
            if not sender.is_ours:
                empty_pieces(report, sender, receiver, suite, to)
        if offer["media_types"]:
            media_types(report, sender, receiver, offer, to, recorder)
        if offer["key_configs"]:
            key_configs(report, sender, receiver, offer)


def texts(report, sender, receiver, suite, offer, to, recorder):
    for (name, text), (q, r) in product(TEXTS.items(), forms(offer)):
        request = text if can_seal(sender, text) else SHORT
        response = text if can_seal(receiver, text) else SHORT
        if request is SHORT and response is SHORT:
            continue
        record = recorder and suite == FULL[0] and len(joined(text)) < 100 and q == r
        form = f"{form_name(q)} and {form_name(r)}"
        with report.case("texts", f"{name}, {form}, {suite_name(*suite)}, {to}"):
            Exchange(sender, receiver, suite, request_chunked=q, response_chunked=r, label=name).run(
                request, response, recorder if record else None)


def empty_pieces(report, sender, receiver, suite, to):
    """An application that writes nothing: section 6 of Chunked OHTTP allows no chunk for it."""
    text = {"pieces": [b"one", b"", b"two"]}
    with report.case("texts", f"a write of nothing, {suite_name(*suite)}, {to}"):
        exchange = Exchange(sender, receiver, suite, request_chunked=True, response_chunked=True)
        require(exchange.open_request(exchange.seal_request(text)) == joined(text), "another plaintext")


def stream_texts():
    request = {"rule": {"length": STREAM, "multiplier": 7, "increment": 3,
                        "pieces": [4096, 1, 16384, 4095, 17, 9999]}}
    response = {"rule": {"length": STREAM, "multiplier": 5, "increment": 1, "pieces": [16384]}}
    return request, response


def streams(report, sender, receiver, suite, offer, to, folder):
    request, response = stream_texts()
    sealed, opened = folder / "sealed", folder / "opened"
    for q, r in forms(offer):
        form = f"{form_name(q)} and {form_name(r)}"
        with report.case("10 MiB", f"{form}, {suite_name(*suite)}, {to}"):
            exchange = Exchange(sender, receiver, suite, request_chunked=q, response_chunked=r)
            exchange.seal_request(request, file=str(sealed))
            exchange.open_request(file=str(sealed), text_file=str(opened))
            require(opened.read_bytes() == joined(request), "the request opens to another plaintext")
            exchange.seal_response(response, file=str(sealed))
            exchange.open_response(file=str(sealed), text_file=str(opened))
            require(opened.read_bytes() == joined(response), "the response opens to another plaintext")


def media_types(report, sender, receiver, offer, to, recorder):
    suite = suites(offer)[0]
    for (name, media_type), (q, r) in product(MEDIA_TYPES.items(), forms(offer)):
        with report.case("media types", f"{name}, {form_name(q)} and {form_name(r)}, {to}"):
            Exchange(sender, receiver, suite, request_chunked=q, response_chunked=r,
                     request_type=media_type, response_type=media_type + b"!", label=name).run(
                SHORT, SHORT, recorder if q == r and len(media_type) < 200 else None)


def key_configs(report, sender, receiver, offer):
    """The receiver publishes, and the sender chooses: RFC 9458 section 3."""
    kems = offer["kems"]
    pairs = [[kdf, aead] for kdf in offer["kdfs"] for aead in offer["aeads"]]
    to = f"{sender.role} to {receiver.role}"

    def choice(kems, pairs):
        keys = [{"key_id": 10 + i, "kem": kem, "ikm": octets(f"config {kem}", NSK[kem]).hex(),
                 "pairs": pairs} for i, kem in enumerate(kems)]
        configs = bytes.fromhex(receiver.ask("key_configs", keys=keys)["configs"])
        sealed = sender.ask("seal_request", configs=configs, text=field_of(SHORT),
                            media_type=REQUEST[False], chunked=False)
        message = bytes.fromhex(sealed["message"])
        for key in keys:
            if message[0] != key["key_id"]:
                continue
            ids = [int.from_bytes(message[i:i + 2], "big") for i in (1, 3, 5)]
            opened = receiver.ask(
                "open_request", kem=ids[0], kdf=ids[1], aead=ids[2], key_id=message[0],
                ikm=key["ikm"], message=message, media_type=REQUEST[False], chunked=False)
            require(bytes.fromhex(opened["text"]) == joined(SHORT), "another plaintext")
        return message[0], [int.from_bytes(message[i:i + 2], "big") for i in (3, 5)]

    for kem in kems:
        with report.case("key configurations", f"one of KEM {kem:#06x}, {to}"):
            require(choice([kem], pairs) == (10, pairs[0]), "another pair than the first is chosen")
    if len(kems) > 1:
        with report.case("key configurations", f"the first of several, {to}"):
            require(choice(kems, pairs)[0] == 10, "another key than the first is chosen")
    with report.case("key configurations", f"cut list, {sender.role}"):
        keys = [{"key_id": 1, "kem": kems[0], "ikm": octets("cut", NSK[kems[0]]).hex(), "pairs": pairs}]
        configs = bytes.fromhex(receiver.ask("key_configs", keys=keys)["configs"])
        refuse(sender, "seal_request", configs=configs[:-1], text=field_of(SHORT),
               media_type=REQUEST[False], chunked=False)
