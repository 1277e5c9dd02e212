//! The crate `hpke`: contexts in all modes. Its algorithms are types, so each suite is one
//! instance of the functions below.

use std::{cell::Cell, hint::black_box};

use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable,
    aead::{Aead, AesGcm128, AesGcm256, ChaCha20Poly1305, ExportOnlyAead},
    kdf::{HkdfSha256, HkdfSha384, HkdfSha512, Kdf, KdfShake128, KdfShake256},
    kem::{
        DhP256HkdfSha256, DhP384HkdfSha384, DhP521HkdfSha512, MlKem768, MlKem768P256, MlKem1024,
        MlKem1024P384, X25519HkdfSha256, XWing,
    },
    setup_receiver, setup_sender, single_shot_open, single_shot_seal,
};
use serde_json::{Value, json};

use crate::bench::{Bench, Work};
use crate::protocol::{Answer, Failure, bytes, list, number, refused, unserved};

#[derive(Default)]
pub struct Peer {
    bench: Bench,
}

impl Peer {
    pub fn run(&mut self, request: &Value) -> Answer {
        match request["op"].as_str().unwrap_or_default() {
            "bench_prepare" => {
                self.bench.set(None); // frees the previous message first
                let answer = with_kem::<Prepare>(request)?;
                self.bench.set(PREPARED.take());
                Ok(answer)
            }
            "bench_run" => self.bench.run(request),
            _ => run(request),
        }
    }
}

fn run(request: &Value) -> Answer {
    match request["op"].as_str().unwrap_or_default() {
        "hello" => Ok(json!({
            "name": "rust-hpke",
            "package": "crate hpke",
            "version": crate::version("hpke"),
            "hpke": {
                "kems": [0x10, 0x11, 0x12, 0x20, 0x41, 0x42, 0x50, 0x51, 0x647a],
                "kdfs": [1, 2, 3, 0x10, 0x11],
                "aeads": [1, 2, 3, 0xffff],
                "modes": ["base", "psk", "auth", "auth_psk"],
            },
            "bench": ["seal_message", "open_message"],
        })),
        "public_key" => with_kem::<PublicKey>(request),
        "hpke_seal" => with_kem::<Seal>(request),
        "hpke_open" => with_kem::<Open>(request),
        other => Err(unserved(format!("no such operation: {other}"))),
    }
}

/// An operation, for every suite.
trait Operation {
    fn run<A: Aead + 'static, D: Kdf + 'static, K: Kem + 'static>(request: &Value) -> Answer;
    /// Returns true if the suite is more than its KEM.
    const WHOLE_SUITE: bool = true;
}

fn with_kem<O: Operation>(request: &Value) -> Answer {
    match number::<u16>(request, "kem")? {
        0x10 => with_kdf::<O, DhP256HkdfSha256>(request),
        0x11 => with_kdf::<O, DhP384HkdfSha384>(request),
        0x12 => with_kdf::<O, DhP521HkdfSha512>(request),
        0x20 => with_kdf::<O, X25519HkdfSha256>(request),
        0x41 => with_kdf::<O, MlKem768>(request),
        0x42 => with_kdf::<O, MlKem1024>(request),
        0x50 => with_kdf::<O, MlKem768P256>(request),
        0x51 => with_kdf::<O, MlKem1024P384>(request),
        0x647a => with_kdf::<O, XWing>(request),
        other => Err(unserved(format!("no KEM {other}"))),
    }
}

fn with_kdf<O: Operation, K: Kem + 'static>(request: &Value) -> Answer {
    if !O::WHOLE_SUITE {
        return O::run::<AesGcm128, HkdfSha256, K>(request);
    }
    match number::<u16>(request, "kdf")? {
        1 => with_aead::<O, HkdfSha256, K>(request),
        2 => with_aead::<O, HkdfSha384, K>(request),
        3 => with_aead::<O, HkdfSha512, K>(request),
        0x10 => with_aead::<O, KdfShake128, K>(request),
        0x11 => with_aead::<O, KdfShake256, K>(request),
        other => Err(unserved(format!("no KDF {other}"))),
    }
}

fn with_aead<O: Operation, D: Kdf + 'static, K: Kem + 'static>(request: &Value) -> Answer {
    match number::<u16>(request, "aead")? {
        1 => O::run::<AesGcm128, D, K>(request),
        2 => O::run::<AesGcm256, D, K>(request),
        3 => O::run::<ChaCha20Poly1305, D, K>(request),
        0xffff => O::run::<ExportOnlyAead, D, K>(request),
        other => Err(unserved(format!("no AEAD {other}"))),
    }
}

/// The key that a field names. A post-quantum key is its seed.
fn key_pair<K: Kem>(
    request: &Value,
    field: &str,
) -> Result<(K::PrivateKey, K::PublicKey), Failure> {
    let ikm = bytes(request, field)?;
    if K::KEM_ID < 0x40 {
        return Ok(K::derive_keypair(&ikm));
    }
    let private = K::PrivateKey::from_bytes(&ikm).map_err(refused)?;
    let public = K::sk_to_pk(&private);
    Ok((private, public))
}

struct PublicKey;

impl Operation for PublicKey {
    const WHOLE_SUITE: bool = false;
    fn run<A: Aead + 'static, D: Kdf + 'static, K: Kem + 'static>(request: &Value) -> Answer {
        let (_, public) = key_pair::<K>(request, "ikm")?;
        Ok(json!({"public": hex::encode(public.to_bytes())}))
    }
}

/// Runs one side of a context over the messages and exports.
fn process(
    request: &Value,
    mut text: impl FnMut(&[u8], &[u8]) -> Result<Vec<u8>, hpke::HpkeError>,
) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for message in list(request, "messages") {
        let result = text(&bytes(message, "text")?, &bytes(message, "aad")?);
        out.push(match result {
            Err(_) if message["fails"] == true => String::new(),
            result => hex::encode(result.map_err(refused)?),
        });
    }
    Ok(out)
}

fn exports(
    request: &Value,
    export: impl Fn(&[u8], &mut [u8]) -> Result<(), hpke::HpkeError>,
) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for wanted in list(request, "exports") {
        let mut secret = vec![0; number(wanted, "length")?];
        export(&bytes(wanted, "context")?, &mut secret).map_err(refused)?;
        out.push(hex::encode(secret));
    }
    Ok(out)
}

struct Seal;

impl Operation for Seal {
    fn run<A: Aead + 'static, D: Kdf + 'static, K: Kem + 'static>(request: &Value) -> Answer {
        let receiver = K::PublicKey::from_bytes(&bytes(request, "public")?).map_err(refused)?;
        let (psk, psk_id) = (bytes(request, "psk")?, bytes(request, "psk_id")?);
        let bundle = PskBundle::new(&psk, &psk_id).map_err(refused)?;
        let sender = match bytes(request, "sender_ikm")? {
            ikm if ikm.is_empty() => None,
            ikm => Some(K::derive_keypair(&ikm)),
        };
        let mode = match (sender, psk.is_empty()) {
            (None, true) => OpModeS::Base,
            (None, false) => OpModeS::Psk(bundle),
            (Some(pair), true) => OpModeS::Auth(pair),
            (Some(pair), false) => OpModeS::AuthPsk(pair, bundle),
        };
        let (enc, mut context) =
            setup_sender::<A, D, K>(&mode, &receiver, &bytes(request, "info")?).map_err(refused)?;
        let messages = process(request, |text, aad| context.seal(text, aad))?;
        let exports = exports(request, |info, out| context.export(info, out))?;
        Ok(json!({"enc": hex::encode(enc.to_bytes()), "messages": messages, "exports": exports}))
    }
}

struct Open;

impl Operation for Open {
    fn run<A: Aead + 'static, D: Kdf + 'static, K: Kem + 'static>(request: &Value) -> Answer {
        let (private, _) = key_pair::<K>(request, "ikm")?;
        let enc = K::EncappedKey::from_bytes(&bytes(request, "enc")?).map_err(refused)?;
        let (psk, psk_id) = (bytes(request, "psk")?, bytes(request, "psk_id")?);
        let bundle = PskBundle::new(&psk, &psk_id).map_err(refused)?;
        let sender = match bytes(request, "sender_public")? {
            key if key.is_empty() => None,
            key => Some(K::PublicKey::from_bytes(&key).map_err(refused)?),
        };
        let mode = match (sender, psk.is_empty()) {
            (None, true) => OpModeR::Base,
            (None, false) => OpModeR::Psk(bundle),
            (Some(key), true) => OpModeR::Auth(key),
            (Some(key), false) => OpModeR::AuthPsk(key, bundle),
        };
        let mut context =
            setup_receiver::<A, D, K>(&mode, &private, &enc, &bytes(request, "info")?)
                .map_err(refused)?;
        let messages = process(request, |text, aad| context.open(text, aad))?;
        let exports = exports(request, |info, out| context.export(info, out))?;
        Ok(json!({"messages": messages, "exports": exports}))
    }
}

thread_local! {
    /// The work that an operation on types leaves for its caller.
    static PREPARED: Cell<Option<Work>> = const { Cell::new(None) };
}

const INFO: &[u8] = b"message/bhttp request";

/// One message for `./run bench --peers`: a context and one text.
struct Prepare;

impl Operation for Prepare {
    fn run<A: Aead + 'static, D: Kdf + 'static, K: Kem + 'static>(request: &Value) -> Answer {
        let (private, public) = key_pair::<K>(request, "ikm")?;
        let text = vec![0u8; number(request, "length")?];
        let seal = move || {
            single_shot_seal::<A, D, K>(&OpModeS::Base, &public, INFO, &text, b"").map_err(refused)
        };
        let (work, held): (Work, usize) = match request["work"].as_str().unwrap_or_default() {
            "seal_message" => (
                Box::new(move || seal().map(|sealed| drop(black_box(sealed)))),
                0,
            ),
            "open_message" => {
                let (enc, sealed) = seal()?;
                let held = sealed.len();
                let open = move || {
                    single_shot_open::<A, D, K>(&OpModeR::Base, &private, &enc, INFO, &sealed, b"")
                        .map(|text| drop(black_box(text)))
                        .map_err(refused)
                };
                (Box::new(open), held)
            }
            other => return Err(unserved(format!("no such work: {other}"))),
        };
        PREPARED.set(Some(work));
        Ok(json!({"held": held}))
    }
}
