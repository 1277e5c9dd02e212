// The driver of the npm package hpke with the algorithms of @panva/hpke-noble.
import { MLKEM1024P384, MLKEM768P256, MLKEM768X25519 } from "@noble/post-quantum/hybrid.js";
import { ml_kem1024, ml_kem512, ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import * as noble from "@panva/hpke-noble";
import { AEAD_EXPORT_ONLY, CipherSuite } from "hpke";

import { bytes, hex, ids, peer, run, serve, versionOf } from "./protocol.mjs";

const kems = {
  0x10: noble.KEM_DHKEM_P256_HKDF_SHA256,
  0x11: noble.KEM_DHKEM_P384_HKDF_SHA384,
  0x12: noble.KEM_DHKEM_P521_HKDF_SHA512,
  0x20: noble.KEM_DHKEM_X25519_HKDF_SHA256,
  0x21: noble.KEM_DHKEM_X448_HKDF_SHA512,
  0x40: noble.KEM_ML_KEM_512,
  0x41: noble.KEM_ML_KEM_768,
  0x42: noble.KEM_ML_KEM_1024,
  0x50: noble.KEM_MLKEM768_P256,
  0x51: noble.KEM_MLKEM1024_P384,
  0x647a: noble.KEM_MLKEM768_X25519,
};
const kdfs = {
  1: noble.KDF_HKDF_SHA256,
  2: noble.KDF_HKDF_SHA384,
  3: noble.KDF_HKDF_SHA512,
  0x10: noble.KDF_SHAKE128,
  0x11: noble.KDF_SHAKE256,
  0x12: noble.KDF_TurboSHAKE128,
  0x13: noble.KDF_TurboSHAKE256,
};
const aeads = {
  1: noble.AEAD_AES_128_GCM,
  2: noble.AEAD_AES_256_GCM,
  3: noble.AEAD_ChaCha20Poly1305,
  0xffff: AEAD_EXPORT_ONLY,
};

// hpke gives no public key for a seed, so the library below it does.
const seeded = {
  0x40: ml_kem512,
  0x41: ml_kem768,
  0x42: ml_kem1024,
  0x50: MLKEM768P256,
  0x51: MLKEM1024P384,
  0x647a: MLKEM768X25519,
};

function suiteOf({ kem, kdf, aead }) {
  if (!kems[kem] || !kdfs[kdf ?? 1] || !aeads[aead ?? 1]) throw new Error("no such suite");
  return new CipherSuite(kems[kem], kdfs[kdf ?? 1], aeads[aead ?? 1]);
}

const privateOf = (suite, { kem, ikm }) =>
  kem in seeded ? suite.DeserializePrivateKey(bytes(ikm)) : suite.DeriveKeyPair(bytes(ikm));

const optionsOf = (request) => ({
  info: bytes(request.info),
  ...(request.psk ? { psk: bytes(request.psk), pskId: bytes(request.psk_id) } : {}),
});

await serve({
  hello: () => ({
    name: "node-panva",
    package: "npm hpke",
    version: versionOf("hpke"),
    toolchain: process.version,
    hpke: { kems: ids(kems), kdfs: ids(kdfs), aeads: ids(aeads), modes: ["base", "psk"] },
  }),

  async public_key({ kem, ikm }) {
    if (kem in seeded) return { public: hex(seeded[kem].keygen(bytes(ikm)).publicKey) };
    const suite = suiteOf({ kem });
    const { publicKey } = await peer(() => suite.DeriveKeyPair(bytes(ikm), true));
    return { public: hex(await suite.SerializePublicKey(publicKey)) };
  },

  async hpke_seal(request) {
    const suite = suiteOf(request);
    const { encapsulatedSecret, ctx } = await peer(async () =>
      suite.SetupSender(await suite.DeserializePublicKey(bytes(request.public)), optionsOf(request))
    );
    const answer = await run(request, ctx.Seal.bind(ctx), ctx.Export.bind(ctx));
    return { ...answer, enc: hex(encapsulatedSecret) };
  },

  async hpke_open(request) {
    const suite = suiteOf(request);
    const key = await privateOf(suite, request);
    const ctx = await peer(() =>
      suite.SetupRecipient(key, bytes(request.enc), optionsOf(request))
    );
    return run(request, ctx.Open.bind(ctx), ctx.Export.bind(ctx));
  },
});
