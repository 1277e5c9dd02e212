"""Transcripts of runs, in the format of tests/vectors."""

import json

from material import KEMS, is_dhkem

KEM_ORDER = list(KEMS)


class Recorder:
    def __init__(self):
        self.files = {}

    def wants_hpke(self, sealer, mode, kem, kdf, aead):
        """All suites of the peer's in the mode base; of ours each KEM and KDF once, and each KEM in
        the other modes. Of a post-quantum KEM, which takes no draw, each KDF of the peer's once."""
        place = KEM_ORDER.index(kem)
        in_turn = aead == (place + kdf) % 3 + 1
        if not is_dhkem(kem):
            return in_turn and mode == "base" and not sealer.is_ours
        if mode == "base":
            return in_turn or not sealer.is_ours
        return in_turn and kdf == place % 3 + 1

    def wants_ohttp(self, sender, suite, request_chunked, response_chunked, forms):
        """Each suite and direction in one form, in turn; the first suite in all."""
        if not is_dhkem(suite[0]) and sender.is_ours:
            return False
        turn = (KEM_ORDER.index(suite[0]) + suite[1] + suite[2] + sender.is_ours) % len(forms)
        form = (request_chunked, response_chunked)
        return suite == (0x10, 1, 1) or forms[turn] == form

    def wants_multi(self, sender, suite, request_chunked, response_chunked, count):
        """Each suite in one form and direction, in turn."""
        if not is_dhkem(suite[0]) and sender.is_ours:
            return False
        turn = KEM_ORDER.index(suite[0]) + suite[1] + suite[2]
        form = 2 * request_chunked + response_chunked
        return count == 2 and form == turn % 4 and (turn // 2 + suite[1]) % 2 == sender.is_ours

    def add(self, peer, vector):
        vectors = self.files.setdefault(peer.name, (peer, []))[1]
        vectors.append(vector)

    @staticmethod
    def ids(suite):
        return {"kem_id": suite["kem"], "kdf_id": suite["kdf"], "aead_id": suite["aead"]}

    def hpke(self, context, sealer, sealed, ikm_e):
        vector = {"kind": "hpke", "sealed_by": "twoway" if sealer.is_ours else "peer",
                  "mode": ["base", "psk", "auth", "auth_psk"].index(context.mode),
                  **self.ids(context.suite), "info": context.info.hex(), "ikmR": context.ikm.hex()}
        if ikm_e:
            vector["ikmE"] = ikm_e.hex()
        if context.sender_ikm:
            vector["ikmS"] = context.sender_ikm.hex()
        for name in ("psk", "psk_id"):
            if name in context.shared:
                vector[name] = context.shared[name].hex()
        vector["enc"] = sealed["enc"]
        vector["encryptions"] = [
            {"aad": aad.hex(), "pt": text.hex(), "ct": sealed_text}
            for (aad, text), sealed_text in zip(context.texts, sealed["messages"])]
        vector["exports"] = [
            {"exporter_context": label.hex(), "L": length, "exported_value": value}
            for (label, length), value in zip(context.exports, sealed["exports"])]
        self.add(context.peer, vector)

    @staticmethod
    def text(name, chunked, text):
        if not chunked:
            return {name: (b"".join(text["pieces"]) + text.get("last", b"")).hex()}
        fields = {f"{name}_chunks": [piece.hex() for piece in text["pieces"]]}
        if "last" in text:
            fields[f"{name}_last"] = text["last"].hex()
        return fields

    def exchange(self, exchange, kind):
        return {"kind": kind, "request_by": "twoway" if exchange.sender.is_ours else "peer",
                **self.ids(exchange.suite),
                "request_media_type": exchange.request_type.hex(),
                "response_media_type": exchange.response_type.hex(),
                "request_chunked": exchange.request_chunked,
                "response_chunked": exchange.response_chunked}

    def ohttp(self, exchange, request, response, sealed, answer, draws):
        self.add(self.peer_of(exchange), {
            **self.exchange(exchange, "ohttp"), "key_id": exchange.suite["key_id"],
            "ikmR": exchange.ikm.hex(), **{name: value.hex() for name, value in draws.items()},
            **self.text("request", exchange.request_chunked, request),
            "request_ciphertext": sealed.hex(),
            **self.text("response", exchange.response_chunked, response),
            "response_ciphertext": answer.hex()})

    @staticmethod
    def peer_of(exchange):
        return exchange.receiver if exchange.sender.is_ours else exchange.sender

    def multi(self, multi, request, response, draws):
        first = multi.exchanges[0]
        receivers = []
        for i, exchange in enumerate(multi.exchanges):
            receiver = {"key_id": exchange.suite["key_id"], "ikmR": exchange.ikm.hex(),
                        "encapsulated_key": exchange.key.hex(),
                        **self.text("response", exchange.response_chunked, response),
                        "response_ciphertext": exchange.answer.hex()}
            if draws:
                receiver["ikmE"] = draws["ikmE"][i].hex()
            else:
                receiver["response_nonce"] = exchange.response_nonce.hex()
            receivers.append(receiver)
        vector = {**self.exchange(first, "many"),
                  **self.text("request", first.request_chunked, request),
                  "body_ciphertext": multi.body.hex(), "receivers": receivers}
        for name in ("message_key", "message_nonce"):
            if draws:
                vector[name] = draws[name].hex()
        self.add(self.peer_of(first), vector)

    def write(self, folder):
        for name, (peer, vectors) in self.files.items():
            source = f"exchanges with {peer.hello['package']} {peer.version}"
            toolchain = peer.hello.get("toolchain")
            if toolchain and toolchain != peer.version:
                source += f", {toolchain}"
            lines = ",\n".join("  " + json.dumps(vector) for vector in vectors)
            (folder / f"{name}.json").write_text(
                f'{{"source": {json.dumps(source)},\n"vectors": [\n{lines}\n]}}\n')
