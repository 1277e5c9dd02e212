// The driver of the npm package @hpke/core and its modules. Speaks the line protocol of
// tests/interop/README.md on standard input and output.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

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

const ids = (table) => Object.keys(table).map(Number);
const hex = (bytes) => Buffer.from(bytes).toString("hex");
// Makes a copy, because small Buffers share one ArrayBuffer and the packages take the whole of it.
const bytes = (text) => new Uint8Array(Buffer.from(text ?? "", "hex")).buffer;

// An exception of the peer itself is a refusal. All others are this driver's own failures.
class Refused extends Error {}
async function peer(run) {
  try {
    return await run();
  } catch (error) {
    throw new Refused(`${error.name}: ${error.message}`);
  }
}

function suiteOf(request) {
  const { kem, kdf, aead } = request;
  if (!kems[kem] || !kdfs[kdf] || !aeads[aead]) throw new Error("no such suite");
  return new CipherSuite({ kem: new kems[kem](), kdf: new kdfs[kdf](), aead: new aeads[aead]() });
}

// The key pair of an input, or of X-Wing's seed. ML-KEM's package derives from a seed anyway.
const pairOf = (kem, ikm) =>
  kem.generateKeyPairDerand ? kem.generateKeyPairDerand(new Uint8Array(ikm)) : kem.deriveKeyPair(ikm);

const pskOf = (request) =>
  request.psk ? { psk: { key: bytes(request.psk), id: bytes(request.psk_id) } } : {};

async function process(request, context, text) {
  const answer = { messages: [], exports: [] };
  for (const message of request.messages ?? []) {
    const run = peer(() => text(bytes(message.text), bytes(message.aad)));
    answer.messages.push(message.fails ? await run.then(hex, () => "") : hex(await run));
  }
  for (const { context: label, length } of request.exports ?? []) {
    answer.exports.push(hex(await peer(() => context.export(bytes(label), length))));
  }
  return answer;
}

const operations = {
  hello() {
    const manifest = createRequire(import.meta.url).resolve("@hpke/core").replace(/\/(esm|script)\/.*/, "/package.json");
    return {
      name: "node-hpke",
      package: "npm @hpke/core",
      version: JSON.parse(readFileSync(manifest)).version,
      toolchain: globalThis.process.version,
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
    const answer = await process(request, context, (text, aad) => context.seal(text, aad));
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
    return process(request, context, (text, aad) => context.open(text, aad));
  },
};

async function answer(line) {
  try {
    const request = JSON.parse(line);
    const operation = operations[request.op];
    if (!operation) return { ok: false, error: `no such operation: ${request.op}` };
    return { ok: true, ...(await operation(request)) };
  } catch (error) {
    return { ok: false, [error instanceof Refused ? "refused" : "error"]: error.message };
  }
}

for await (const line of createInterface({ input: globalThis.process.stdin })) {
  globalThis.process.stdout.write(JSON.stringify(await answer(line)) + "\n");
}
