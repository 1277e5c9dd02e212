"""HPKE: contexts in every mode and suite that both sides offer, and what must be refused."""

from drivers import require
from material import NSK, flip, hexes, is_dhkem, octets, refuse, suite_name
from wire import OFF_CURVE, small_order

MODES = {"base": (False, False), "psk": (True, False), "auth": (False, True),
         "auth_psk": (True, True)}
EXPORT_ONLY = 0xFFFF


def one_stage(kdf):
    return kdf >= 0x10


def common(a, b, field):
    return [value for value in a["hpke"][field] if value in b["hpke"][field]]


def suites(a, b):
    a, b = a.hello, b.hello
    for kem in common(a, b, "kems"):
        for kdf in common(a, b, "kdfs"):
            for aead in common(a, b, "aeads"):
                yield kem, kdf, aead


def modes(a, b, kem, kdf):
    """No document defines an authenticated mode with a one-stage KDF, or with a post-quantum KEM."""
    for mode in common(a.hello, b.hello, "modes"):
        if (is_dhkem(kem) and not one_stage(kdf)) or not MODES[mode][1]:
            yield mode


class Context:
    """The material of one context, and how each side is asked for it."""

    def __init__(self, mode, kem, kdf, aead, sealer, opener, key=None):
        name = f"{mode} {kem} {kdf} {aead} {sealer.name} {opener.name}"
        self.mode = mode
        self.peer = opener if sealer.is_ours else sealer
        self.suite = {"kem": kem, "kdf": kdf, "aead": aead}
        psk, auth = MODES[mode]
        self.info = octets(name + " info", 9)
        self.ikm = octets(name + " ikmR", NSK[kem])
        self.shared = {"info": self.info}
        if psk:
            self.shared |= {"psk": octets(name + " psk", 32), "psk_id": octets(name + " id", 5)}
        self.to_seal = {"public": opener.public_key(kem, self.ikm) if key is None else key["public"]}
        self.to_open = {"ikm": self.ikm} if key is None else {"uri": key["uri"]}
        self.sender_ikm = octets(name + " ikmS", NSK[kem]) if auth else None
        if auth:
            self.to_seal["sender_ikm"] = self.sender_ikm
            self.to_open["sender_public"] = sealer.public_key(kem, self.sender_ikm)
        self.texts = [] if aead == EXPORT_ONLY else [
            (octets("aad", 3), octets(name + " text", 8)), (b"", b""), (octets("aad 2", 40), b"\0" * 17)]
        self.exports = [(octets("context", 4), 32), (b"", 77)]

    def exports_field(self):
        return [{"context": context.hex(), "length": length} for context, length in self.exports]

    def seal(self, sealer, texts=None, **more):
        texts = self.texts if texts is None else texts
        return sealer.ask(
            "hpke_seal", **self.suite, **self.shared, **self.to_seal, **more,
            messages=[{"aad": aad.hex(), "text": text.hex()} for aad, text in texts],
            exports=self.exports_field())

    def open_fields(self, sealed, aads=None):
        aads = [aad for aad, _ in self.texts] if aads is None else aads
        return {**self.suite, **self.shared, **self.to_open, "enc": bytes.fromhex(sealed["enc"]),
                "messages": [{"aad": aad.hex(), "text": text}
                             for aad, text in zip(aads, sealed["messages"])],
                "exports": self.exports_field()}


def exchange(report, sealer, opener, mode, kem, kdf, aead, feature="hpke", key=None):
    with report.case(feature, f"{mode}, {suite_name(kem, kdf, aead)}, {sealer.role} to {opener.role}"):
        agree(Context(mode, kem, kdf, aead, sealer, opener, key), sealer, opener)


def agree(context, sealer, opener, **draw):
    sealed = context.seal(sealer, **draw)
    opened = opener.ask("hpke_open", **context.open_fields(sealed))
    require(hexes(opened["messages"]) == [text for _, text in context.texts],
            "the messages open to other plaintexts")
    require(opened["exports"] == sealed["exports"], "the exported secrets differ")
    return sealed


def record(recorder, sealer, opener, mode, kem, kdf, aead):
    """A short context for the transcripts; full ones in the first suite."""
    context = Context(mode, kem, kdf, aead, sealer, opener)
    if (kem, kdf) != (0x10, 1):
        context.texts, context.exports = context.texts[:1], context.exports[:1]
    fixed = sealer.is_ours and is_dhkem(kem)
    draw = {"random": octets(context.info.hex() + " ikmE", NSK[kem])} if fixed else {}
    recorder.hpke(context, sealer, agree(context, sealer, opener, **draw), draw.get("random"))


def run(report, ours, peer, recorder):
    kems = common(ours.hello, peer.hello, "kems")
    for kem in kems:
        what = "DeriveKeyPair" if is_dhkem(kem) else "the seed's public key"
        with report.case("keys", f"{what}, KEM {kem:#06x}"):
            for i in range(4):
                ikm = octets(f"key {kem} {i}", NSK[kem])
                require(ours.public_key(kem, ikm) == peer.public_key(kem, ikm),
                        "the derived public keys differ")
    for kem, kdf, aead in suites(ours, peer):
        for mode in modes(ours, peer, kem, kdf):
            for sealer, opener in ((ours, peer), (peer, ours)):
                exchange(report, sealer, opener, mode, kem, kdf, aead)
                text = f"{mode}, {suite_name(kem, kdf, aead)}, {sealer.role} to {opener.role}"
                if (recorder and recorder.wants_hpke(sealer, mode, kem, kdf, aead)
                        and report.known("hpke", text) is None):
                    record(recorder, sealer, opener, mode, kem, kdf, aead)
    for kem in kems:
        for sealer, opener in ((ours, peer), (peer, ours)):
            refusals(report, sealer, opener, kem)


def refusals(report, sealer, opener, kem):
    """What `opener` must refuse, and what a refusal must leave behind."""
    aead = common(sealer.hello, opener.hello, "aeads")[0]
    name = suite_name(kem, 1, aead)

    def refused(what, mode="base", **changes):
        with report.case("hpke refusals", f"{what}, {mode}, {name}, {opener.role}"):
            context = Context(mode, kem, 1, aead, sealer, opener)
            sealed = context.seal(sealer)
            fields = context.open_fields(sealed)
            for field, change in changes.items():
                fields[field] = change(fields[field]) if callable(change) else change
            refuse(opener, "hpke_open", **fields)

    def first(change):
        return lambda messages: [{**messages[0], **change(messages[0])}, *messages[1:]]

    def text(change):
        return first(lambda m: {"text": change(bytes.fromhex(m["text"])).hex()})

    refused("changed enc", enc=lambda enc: flip(enc, -1))
    refused("short enc", enc=lambda enc: enc[:-1])
    refused("long enc", enc=lambda enc: enc + b"\0")
    refused("empty enc", enc=b"")
    refused("changed text", messages=text(flip))
    refused("changed tag", messages=text(lambda t: flip(t, -1)))
    refused("short text", messages=text(lambda t: t[:15]))
    refused("changed aad", messages=first(lambda m: {"aad": flip(bytes.fromhex(m["aad"])).hex()}))
    refused("changed info", info=flip)
    refused("swapped messages", messages=lambda m: [m[1], m[0]])
    refused("repeated message", messages=lambda m: [m[0], m[0]])
    refused("another key", ikm=flip)
    for point in small_order(kem):
        refused(f"small-order enc {point.hex()[:4]}", enc=point)
    if kem in OFF_CURVE:
        refused("enc off the curve", enc=lambda enc: OFF_CURVE[kem](enc))
        refused("compressed enc", enc=lambda enc: bytes([2 + (enc[-1] & 1)]) + enc[1:(len(enc) + 1) // 2])
        refused("enc at infinity", enc=b"\0")
    offered = common(sealer.hello, opener.hello, "modes")
    if "psk" in offered:
        refused("another psk", "psk", psk=flip)
        refused("another psk_id", "psk", psk_id=flip)
        refused("no psk", "psk", psk=b"", psk_id=b"")
        refused("base opened as psk", psk=octets("psk", 32), psk_id=b"id")
    if "auth" in offered and is_dhkem(kem):
        other = sealer.public_key(kem, octets("another sender", NSK[kem]))
        refused("another sender", "auth", sender_public=other)

    with report.case("hpke refusals", f"a failed open keeps the sequence number, {name}, {opener.role}"):
        context = Context("base", kem, 1, aead, sealer, opener)
        fields = context.open_fields(context.seal(sealer))
        good = fields["messages"][0]
        bad = {"aad": "ff", "text": good["text"], "fails": True}
        fields["messages"] = [bad, *fields["messages"]]
        opened = opener.ask("hpke_open", **fields)
        require(opened["messages"][0] == "", "a message with another aad was opened")
        require(hexes(opened["messages"][1:]) == [text for _, text in context.texts],
                "the messages open to other plaintexts")
