// The driver of the npm package @hpke/core and its modules.
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import {
  Aes128Gcm,
  Aes256Gcm,
  CipherSuite,
  DhkemP256HkdfSha256,
  DhkemP384HkdfSha384,
  DhkemP521HkdfSha512,
  ExportOnly,
  HkdfSha256,
  HkdfSha384,
  HkdfSha512,
} from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { DhkemX448HkdfSha512 } from "@hpke/dhkem-x448";
import { XWing } from "@hpke/hybridkem-x-wing";
import { MlKem1024, MlKem512, MlKem768 } from "@hpke/ml-kem";

import { bytes, hex, ids, peer, run, serve, versionOf } from "./protocol.mjs";

const kems = {
  0x10: DhkemP256HkdfSha256,
  0x11: DhkemP384HkdfSha384,
  0x12: DhkemP521HkdfSha512,
  0x20: DhkemX25519HkdfSha256,
  0x21: DhkemX448HkdfSha512,
  0x40: MlKem512,
  0x41: MlKem768,
  0x42: MlKem1024,
  0x647a: XWing,
};
const kdfs = { 1: HkdfSha256, 2: HkdfSha384, 3: HkdfSha512 };
const aeads = { 1: Aes128Gcm, 2: Aes256Gcm, 3: Chacha20Poly1305, 0xffff: ExportOnly };

function suiteOf(request) {
  const { kem, kdf, aead } = request;
  if (!kems[kem] || !kdfs[kdf] || !aeads[aead]) throw new Error("no such suite");
  return new CipherSuite({ kem: new kems[kem](), kdf: new kdfs[kdf](), aead: new aeads[aead]() });
}

// The key pair of an input, or of X-Wing's seed. ML-KEM's package derives from a seed anyway.
const pairOf = (kem, ikm) =>
  kem.generateKeyPairDerand ? kem.generateKeyPairDerand(ikm) : kem.deriveKeyPair(ikm);

const pskOf = (request) =>
  request.psk ? { psk: { key: bytes(request.psk), id: bytes(request.psk_id) } } : {};

const operations = {
  hello() {
    return {
      name: "node-hpke",
      package: "npm @hpke/core",
      version: versionOf("@hpke/core"),
      toolchain: process.version,
      hpke: {
        kems: ids(kems),
        kdfs: ids(kdfs),
        aeads: ids(aeads),
        modes: ["base", "psk", "auth", "auth_psk"],
      },
    };
  },

  async public_key(request) {
    const kem = new kems[request.kem]();
    const pair = await peer(() => pairOf(kem, bytes(request.ikm)));
    return { public: hex(await kem.serializePublicKey(pair.publicKey)) };
  },

  async hpke_seal(request) {
    const suite = suiteOf(request);
    const sender = {};
    if (request.sender_ikm) sender.senderKey = await suite.kem.deriveKeyPair(bytes(request.sender_ikm));
    const context = await peer(async () =>
      suite.createSenderContext({
        recipientPublicKey: await suite.kem.deserializePublicKey(bytes(request.public)),
        info: bytes(request.info),
        ...pskOf(request),
        ...sender,
      })
    );
    const answer = await run(request, context.seal.bind(context), context.export.bind(context));
    return { ...answer, enc: hex(context.enc) };
  },

  async hpke_open(request) {
    const suite = suiteOf(request);
    const pair = await pairOf(suite.kem, bytes(request.ikm));
    const context = await peer(async () =>
      suite.createRecipientContext({
        recipientKey: pair.privateKey,
        enc: bytes(request.enc),
        info: bytes(request.info),
        ...pskOf(request),
        ...(request.sender_public
          ? { senderPublicKey: await suite.kem.deserializePublicKey(bytes(request.sender_public)) }
          : {}),
      })
    );
    return run(request, context.open.bind(context), context.export.bind(context));
  },
};

await serve(operations);
