"""One request to many receivers: the format of the Go package twoway."""

from itertools import product

from cases_ohttp import FULL, SHORT, TEXTS, Exchange, can_seal, common, directions, field_of, \
    form_name, forms, full_suites, joined, stream_texts, suites
from drivers import require
from material import NENC, NK, NSK, flip, is_dhkem, octets, refuse, suite_name


class Multi:
    """One body, and an exchange for each receiver."""

    def __init__(self, sender, receiver, suite, count, request_chunked=False, response_chunked=False,
                 keys=None):
        self.sender, self.receiver = sender, receiver
        self.exchanges = [
            Exchange(sender, receiver, suite, request_chunked=request_chunked, label=f"multi {i}",
                     response_chunked=response_chunked, key=keys[i] if keys else None)
            for i in range(count)]
        for i, exchange in enumerate(self.exchanges):
            exchange.suite["key_id"] = i

    def seal(self, text, **more):
        first = self.exchanges[0]
        receivers = [{"key_id": e.suite["key_id"], "public": e.public.hex()} for e in self.exchanges]
        sealed = self.sender.ask("seal_multi", **first.suite, **first.request_fields,
                                 receivers=receivers, text=field_of(text), **more)
        for exchange, key, handle in zip(self.exchanges, sealed["keys"], sealed["handles"]):
            exchange.key, exchange.sent = bytes.fromhex(key), handle
        self.body = bytes.fromhex(sealed.get("message", ""))

    def fields(self, i, body=None):
        exchange = self.exchanges[i]
        return {**exchange.request_to_open(self.body if body is None else body), "key": exchange.key}

    def run(self, request, response, recorder=None):
        draws, random = {}, {}
        if recorder and self.sender.is_ours:
            name = self.exchanges[0].name
            draws = {"message_key": octets(name + " key", 32),
                     "message_nonce": octets(name + " nonce", 12),
                     "ikmE": [octets(e.name + " ikmE", NSK[e.kem]) for e in self.exchanges]}
            # In the order of their drawing.
            random["random"] = draws["message_key"] + draws["message_nonce"] + b"".join(draws["ikmE"])
        self.seal(request, **random)
        for i, exchange in enumerate(self.exchanges):
            opened = self.receiver.ask("open_multi", **self.fields(i))
            exchange.opened = opened["handle"]
            require(bytes.fromhex(opened["text"]) == joined(request), "the body opens to another text")
            nonce = {}
            if recorder and self.receiver.is_ours:
                exchange.response_nonce = octets(exchange.name + " nonce",
                                                 max(12, NK[exchange.aead]))
                nonce = {"random": exchange.response_nonce}
            exchange.answer = exchange.seal_response(response, **nonce)
            require(exchange.open_response(exchange.answer) == joined(response),
                    "the response opens to another text")
        if recorder:
            recorder.multi(self, request, response, draws)


def run(report, ours, peer, recorder, folder):
    offer = common(ours, peer, "multi")
    if offer is None:
        return
    for sender, receiver in directions(ours, peer):
        to = f"{sender.role} to {receiver.role}"
        for suite, (q, r) in product(suites(offer), forms(offer)):
            for count in (1, 2, 50) if suite in FULL else (1, 2):
                record = recorder and recorder.wants_multi(sender, suite, q, r, count)
                with report.case("multi", f"{count}, {form_name(q)} and {form_name(r)}, "
                                         f"{suite_name(*suite)}, {to}"):
                    Multi(sender, receiver, suite, count, q, r).run(
                        SHORT, SHORT, recorder if record else None)
        for suite, (name, text), (q, r) in product(full_suites(offer), TEXTS.items(), forms(offer)):
            request = text if can_seal(sender, text) else SHORT
            response = text if can_seal(receiver, text) else SHORT
            with report.case("multi", f"{name}, {form_name(q)} and {form_name(r)}, "
                                     f"{suite_name(*suite)}, {to}"):
                Multi(sender, receiver, suite, 2, q, r).run(request, response)
        for suite in full_suites(offer):
            stream(report, sender, receiver, suite, to, folder)
    for sealer, opener in directions(ours, peer):
        for suite in full_suites(offer):
            refusals(report, sealer, opener, suite, offer)


def stream(report, sender, receiver, suite, to, folder):
    request, response = stream_texts()
    sealed, opened = folder / "sealed", folder / "opened"
    with report.case("10 MiB", f"multi, {suite_name(*suite)}, {to}"):
        multi = Multi(sender, receiver, suite, 2, True, True)
        multi.seal(request, file=str(sealed))
        for i, exchange in enumerate(multi.exchanges):
            fields = {name: value for name, value in multi.fields(i).items() if name != "message"}
            exchange.opened = receiver.ask("open_multi", **fields, file=str(sealed),
                                           text_file=str(opened))["handle"]
            require(opened.read_bytes() == joined(request), "the body opens to another plaintext")
        exchange.seal_response(response, file=str(sealed))
        exchange.open_response(file=str(sealed), text_file=str(opened))
        require(opened.read_bytes() == joined(response), "the response opens to another plaintext")


def refusals(report, sealer, opener, suite, offer):
    start = 7 + NENC[suite[0]]
    for chunked in (False, True):
        name = f"{form_name(chunked)}, {suite_name(*suite)}, {opener.role}"

        def refused(what, **changes):
            with report.case("multi refusals", f"{what}, {name}"):
                multi = Multi(sealer, opener, suite, 2, chunked, chunked)
                multi.seal(SHORT)
                fields = multi.fields(0)
                for field, change in changes.items():
                    fields[field] = change(multi) if callable(change) else change
                refuse(opener, "open_multi", **fields)

        key = lambda change: {"key": lambda multi: change(multi.exchanges[0].key)}
        body = lambda change: {"message": lambda multi: change(multi.body)}
        refused("another receiver's key message", key=lambda multi: multi.exchanges[1].key)
        refused("changed key id", **key(lambda k: flip(k, 0)))
        refused("changed enc", **key(lambda k: flip(k, start - 1)))
        refused("changed key", **key(lambda k: flip(k, start)))
        refused("cut key message", **key(lambda k: k[:-1]))
        refused("longer key message", **key(lambda k: k + b"\0"))
        refused("changed body", **body(lambda b: flip(b, 14)))
        refused("changed body nonce", **body(lambda b: flip(b, 0)))
        refused("cut body", **body(lambda b: b[:-1]))
        refused("longer body", **body(lambda b: b + b"\0"))
        refused("empty body", message=b"")
        refused("another media type", media_type=b"other")

        with report.case("multi refusals", f"another request's body, {name}"):
            multi, other = (Multi(sealer, opener, suite, 2, chunked, chunked) for _ in range(2))
            multi.seal(SHORT)
            other.seal(SHORT)
            refuse(opener, "open_multi", **multi.fields(0, other.body))
        with report.case("multi refusals", f"another receiver's response, {name}"):
            multi = Multi(opener, sealer, suite, 2, chunked, chunked)
            multi.run(SHORT, SHORT)
            first, second = multi.exchanges
            refuse(opener, "open_response", handle=first.sent, message=second.answer,
                   **first.response_fields)
