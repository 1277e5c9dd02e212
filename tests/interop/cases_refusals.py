"""OHTTP: what must be refused, of messages that were changed and of messages that no sealer makes."""

from cases_ohttp import KEY_ID, SHORT, Exchange, common, directions, form_name, forms, full_suites
from drivers import require
from material import NENC, NK, NSK, REQUEST, flip, octets, refuse, suite_name
from wire import OFF_CURVE, join_chunks, small_order, split_chunks, varint

HEADER = 7


def run(report, ours, peer):
    offer = common(ours, peer)
    if offer is None:
        return
    for suite in full_suites(offer):
        for sealer, opener in directions(ours, peer):
            request_refusals(report, sealer, opener, suite, offer)
            response_refusals(report, sealer, opener, suite, offer)
            crafted(report, ours, opener, suite)


def sealed_changes(start):
    """Changes to a message whose sealed part begins at `start`, whole or chunked."""
    return {
        "changed text": lambda m: flip(m, start + 3),
        "changed tag": lambda m: flip(m, -1),
        "cut by one byte": lambda m: m[:-1],
        "one byte more": lambda m: m + b"\0",
        "nothing sealed": lambda m: m[:start],
        "empty": lambda m: b"",
    }


def chunk_changes(start):
    """Changes to a message of several chunks."""

    def chunks(change):
        return lambda m: m[:start] + join_chunks(change(split_chunks(m[start:])))

    def bytes_of(change):
        return lambda m: m[:start] + change(split_chunks(m[start:]))

    return {
        "dropped first chunk": chunks(lambda c: c[1:]),
        "dropped middle chunk": chunks(lambda c: [c[0], *c[2:]]),
        "swapped chunks": chunks(lambda c: [c[1], c[0], *c[2:]]),
        "repeated chunk": chunks(lambda c: [c[0], *c]),
        "another chunk as the last": chunks(lambda c: c[:-1]),
        "first chunk as the last": chunks(lambda c: c[:1]),
        "last chunk as another": bytes_of(lambda c: b"".join(varint(len(x)) + x for x in c)),
        "no last chunk": bytes_of(lambda c: b"".join(varint(len(x)) + x for x in c[:-1])),
        "an empty last chunk without a tag": chunks(lambda c: [*c[:-1], b""]),
        "cut within a length": bytes_of(lambda c: varint(len(c[0]), 4)[:2]),
        "cut within a chunk": bytes_of(lambda c: varint(len(c[0])) + c[0][:-1]),
        "a chunk shorter than a tag": chunks(lambda c: [b"\0" * 15, *c]),
        "a chunk of a tag's length": chunks(lambda c: [b"\0" * 16, *c]),
        "a length beyond all limits": bytes_of(lambda c: varint((1 << 62) - 1) + c[0]),
    }


def no_end(report, answer, name, suffix):
    """A truncated stream must not look like its end, where errors can say so."""
    if "is_eof" in answer and name in ("no last chunk", "cut within a length", "cut within a chunk"):
        with report.case("refusals", f"{name}, is no end of input, {suffix}"):
            require(not answer["is_eof"], "the error says that the input ended")


def request_refusals(report, sealer, opener, suite, offer):
    kem, kdf, aead = suite
    start = HEADER + NENC[kem]
    header_changes = {
        "another key id": lambda m: flip(m, 0),
        "unknown KEM": lambda m: m[:1] + b"\x7f\xff" + m[3:],
        "unknown KDF": lambda m: m[:3] + b"\x7f\xff" + m[5:],
        "unknown AEAD": lambda m: m[:5] + b"\x7f\xff" + m[7:],
        "changed enc": lambda m: flip(m, start - 1),
        "cut header": lambda m: m[:HEADER - 1],
        "only a header": lambda m: m[:HEADER],
        "cut enc": lambda m: m[:start - 1],
        **{f"small-order enc {point.hex()[:4]}": (lambda m, p=point: m[:HEADER] + p + m[start:])
           for point in small_order(kem)},
    }
    if kem in OFF_CURVE:
        header_changes["enc off the curve"] = \
            lambda m: m[:HEADER] + OFF_CURVE[kem](m[HEADER:start]) + m[start:]
    others = [a for a in offer["aeads"] if a != aead]
    for chunked in (False, True):
        if chunked not in [q for q, _ in forms(offer)]:
            continue
        suffix = f"{form_name(chunked)} request, {suite_name(*suite)}, {opener.role}"
        new = lambda s=suite, **more: Exchange(sealer, opener, s, request_chunked=chunked,
                                               response_chunked=chunked, **more)
        changes = {**header_changes, **sealed_changes(start), **(chunk_changes(start) if chunked else {})}
        for name, change in changes.items():
            answer = {}
            with report.case("refusals", f"{name}, {suffix}"):
                exchange = new()
                answer = refuse(opener, "open_request",
                                **exchange.request_to_open(change(exchange.seal_request(SHORT))))
            no_end(report, answer, name, suffix)
        with report.case("refusals", f"another key, {suffix}"):
            exchange = new()
            fields = exchange.request_to_open(exchange.seal_request(SHORT))
            refuse(opener, "open_request", **fields | {"ikm": flip(exchange.ikm, 0)})
        if offer["media_types"]:
            with report.case("refusals", f"another media type, {suffix}"):
                exchange = new()
                fields = exchange.request_to_open(exchange.seal_request(SHORT))
                refuse(opener, "open_request", **fields | {"media_type": b"other"})
        with report.case("refusals", f"opened in the other form, {suffix}"):
            # One type for both forms if the peers take any; a default belongs to its form.
            exchange = new(request_type=b"type") if offer["media_types"] else new()
            fields = exchange.request_to_open(exchange.seal_request(SHORT))
            media_type = fields["media_type"] if offer["media_types"] else REQUEST[not chunked]
            refuse(opener, "open_request", **fields | {"chunked": not chunked, "media_type": media_type})
        if others:
            with report.case("refusals", f"a pair that the receiver does not list, {suffix}"):
                exchange = new((kem, kdf, others[0]))
                fields = exchange.request_to_open(exchange.seal_request(SHORT))
                refuse(opener, "open_request", **fields | {"aead": aead})


def response_refusals(report, sealer, opener, suite, offer):
    nonce = max(12, NK[suite[2]])
    for chunked in (False, True):
        suffix = f"{form_name(chunked)} response, {suite_name(*suite)}, {opener.role}"

        def answered():
            exchange = Exchange(opener, sealer, suite, request_chunked=chunked, response_chunked=chunked)
            exchange.open_request(exchange.seal_request(SHORT))
            return exchange, exchange.seal_response(SHORT)

        def refused(exchange, message, **more):
            fields = {"handle": exchange.sent, **exchange.response_fields, "message": message}
            return refuse(opener, "open_response", **fields | more)

        changes = {"changed nonce": lambda m: flip(m, 0), "cut nonce": lambda m: m[:nonce - 1],
                   **sealed_changes(nonce), **(chunk_changes(nonce) if chunked else {})}
        for name, change in changes.items():
            answer = {}
            with report.case("refusals", f"{name}, {suffix}"):
                exchange, message = answered()
                answer = refused(exchange, change(message))
            no_end(report, answer, name, suffix)
        with report.case("refusals", f"another request's, {suffix}"):
            exchange, _ = answered()
            _, message = answered()
            refused(exchange, message)
        if offer["media_types"]:
            with report.case("refusals", f"another media type, {suffix}"):
                refused(*answered(), media_type=b"other")


def crafted(report, ours, opener, suite):
    """Chunked requests that no sealer makes: sealed by HPKE, and put together here."""
    kem, kdf, aead = suite
    name = f"{suite_name(*suite)}, {opener.role}"
    header = bytes([KEY_ID]) + b"".join(n.to_bytes(2, "big") for n in suite)

    def request(texts, size=None):
        ikm = octets(f"crafted {suite}", NSK[kem])
        messages = [{"aad": "", "text": text.hex()} for text in texts]
        messages[-1]["aad"] = b"final".hex()
        sealed = ours.ask("hpke_seal", kem=kem, kdf=kdf, aead=aead, messages=messages,
                          public=opener.public_key(kem, ikm), info=REQUEST[True] + b"\0" + header)
        message = header + bytes.fromhex(sealed["enc"]) + join_chunks(
            [bytes.fromhex(m) for m in sealed["messages"]], size)
        return {"kem": kem, "kdf": kdf, "aead": aead, "key_id": KEY_ID, "ikm": ikm,
                "media_type": REQUEST[True], "chunked": True, "message": message}

    for size in (2, 4, 8):
        with report.case("crafted", f"lengths in {size} bytes, {name}"):
            opened = opener.ask("open_request", **request([b"one", b"two", b""], size))
            require(bytes.fromhex(opened["text"]) == b"onetwo", "another plaintext")
    for place, texts in {"first": [b"", b"one", b""], "later": [b"one", b"", b"two", b""]}.items():
        with report.case("crafted", f"an empty chunk that is not the last, {place}, {name}"):
            refuse(opener, "open_request", **request(texts))
