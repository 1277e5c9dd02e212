//! The crate `ohttp`: whole and chunked exchanges. A chunked request has a chunked response.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::Result as IoResult,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use futures::{AsyncReadExt, AsyncWrite, AsyncWriteExt, executor::block_on, io::Cursor};
use ohttp::{
    ClientRequest, ClientResponse, KeyConfig, Server, ServerResponse, SymmetricSuite,
    hpke::{Aead, Kdf, Kem},
};
use serde_json::{Value, json};

use crate::{
    bench::{Bench, WORKS},
    protocol::{Answer, Failure, bytes, give, list, message, number, pieces, refused, unserved},
};

/// The bytes that a stream of the crate has written, because the stream does not give its
/// destination back.
#[derive(Clone, Default)]
pub struct SharedBuffer(Rc<RefCell<Vec<u8>>>);

impl SharedBuffer {
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Rc::new(RefCell::new(Vec::with_capacity(capacity))))
    }
    pub fn take(&self) -> Vec<u8> {
        self.0.take()
    }
}

impl AsyncWrite for SharedBuffer {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        input: &[u8],
    ) -> Poll<IoResult<usize>> {
        self.0.borrow_mut().extend_from_slice(input);
        Poll::Ready(Ok(input.len()))
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<IoResult<()>> {
        Poll::Ready(Ok(()))
    }
    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<IoResult<()>> {
        Poll::Ready(Ok(()))
    }
}

type Source = Cursor<Vec<u8>>;

/// The crate does not name the types of its streams, so they are held as functions.
type OpenResponse = Box<dyn Fn(Vec<u8>) -> Result<Vec<u8>, Failure>>;
type SealResponse = Box<dyn Fn(&[Vec<u8>]) -> Result<Vec<u8>, Failure>>;

#[derive(Default)]
pub struct Peer {
    last: u64,
    sent: HashMap<u64, ClientResponse>,
    sent_streams: HashMap<u64, OpenResponse>,
    opened: HashMap<u64, ServerResponse>,
    opened_streams: HashMap<u64, SealResponse>,
    bench: Bench,
}

/// A write of no bytes makes an empty chunk. `write_all` would not call the stream.
async fn write_pieces<W: AsyncWrite + Unpin>(stream: &mut W, pieces: &[Vec<u8>]) -> IoResult<()> {
    for piece in pieces {
        if piece.is_empty() {
            stream.write(piece).await?;
        } else {
            stream.write_all(piece).await?;
        }
    }
    stream.close().await
}

pub fn symmetric(kdf: u16, aead: u16) -> Result<SymmetricSuite, Failure> {
    Ok(SymmetricSuite::new(
        Kdf::try_from(kdf).map_err(unserved)?,
        Aead::try_from(aead).map_err(unserved)?,
    ))
}

pub fn key_config(key: &Value, symmetric: Vec<SymmetricSuite>) -> Result<KeyConfig, Failure> {
    let kem = Kem::try_from(number::<u16>(key, "kem")?).map_err(unserved)?;
    let key_id = key["key_id"].as_u64().unwrap_or_default() as u8;
    KeyConfig::derive(key_id, kem, symmetric, &bytes(key, "ikm")?).map_err(refused)
}

fn public_key(request: &Value) -> Answer {
    let config = key_config(request, vec![symmetric(1, 1)?])?;
    // key_id (1), kem_id (2), the key, length (2), and the pair (4).
    let encoded = config.encode().map_err(refused)?;
    Ok(json!({"public": hex::encode(&encoded[3..encoded.len() - 6])}))
}

fn key_configs(request: &Value) -> Answer {
    let mut configs = Vec::new();
    for key in list(request, "keys") {
        let mut pairs = Vec::new();
        for pair in list(key, "pairs") {
            let id = |i: usize| pair[i].as_u64().unwrap_or_default() as u16;
            pairs.push(symmetric(id(0), id(1))?);
        }
        configs.push(key_config(key, pairs)?);
    }
    let encoded = KeyConfig::encode_list(&configs).map_err(refused)?;
    Ok(json!({"configs": hex::encode(encoded)}))
}

fn server(request: &Value) -> Result<Server, Failure> {
    let pair = symmetric(number(request, "kdf")?, number(request, "aead")?)?;
    Server::new(key_config(request, vec![pair])?).map_err(refused)
}

fn client(request: &Value) -> Result<ClientRequest, Failure> {
    if request["configs"].is_string() {
        let configs = bytes(request, "configs")?;
        return ClientRequest::from_encoded_config_list(&configs).map_err(refused);
    }
    let mut config = vec![number::<u8>(request, "key_id")?];
    config.extend(number::<u16>(request, "kem")?.to_be_bytes());
    config.extend(bytes(request, "public")?);
    config.extend(4u16.to_be_bytes());
    config.extend(number::<u16>(request, "kdf")?.to_be_bytes());
    config.extend(number::<u16>(request, "aead")?.to_be_bytes());
    ClientRequest::from_encoded_config(&config).map_err(refused)
}

fn expect_media_type(request: &Value, whole: &str, chunked: &str) -> Result<bool, Failure> {
    let is_chunked = request["chunked"].as_bool().unwrap_or_default();
    if bytes(request, "media_type")? != (if is_chunked { chunked } else { whole }).as_bytes() {
        return Err(unserved("this peer has fixed media types"));
    }
    Ok(is_chunked)
}

fn expect_request(request: &Value) -> Result<bool, Failure> {
    expect_media_type(
        request,
        "message/bhttp request",
        "message/bhttp chunked request",
    )
}

fn expect_response(request: &Value) -> Result<bool, Failure> {
    expect_media_type(
        request,
        "message/bhttp response",
        "message/bhttp chunked response",
    )
}

impl Peer {
    pub fn run(&mut self, request: &Value) -> Answer {
        match request["op"].as_str().unwrap_or_default() {
            "hello" => Ok(json!({
                "name": "rust-ohttp",
                "package": "crate ohttp",
                "version": crate::version("ohttp"),
                "ohttp": {
                    "kems": [0x10, 0x20],
                    "kdfs": [1],
                    "aeads": [1, 3],
                    "media_types": false,
                    "mixed": false,
                    "key_configs": true,
                    "seals_empty_chunks": true,
                },
                "bench": WORKS,
            })),
            "public_key" => public_key(request),
            "key_configs" => key_configs(request),
            "seal_request" => self.seal_request(request),
            "open_request" => self.open_request(request),
            "seal_response" => self.seal_response(request),
            "open_response" => self.open_response(request),
            "bench_prepare" => self.bench.prepare(request),
            "bench_run" => self.bench.run(request),
            other => Err(unserved(format!("no such operation: {other}"))),
        }
    }

    fn seal_request(&mut self, request: &Value) -> Answer {
        let client = client(request)?;
        let pieces = pieces(request)?;
        self.last += 1;
        let sealed = if expect_request(request)? {
            let out = SharedBuffer::default();
            let mut stream = client.encapsulate_stream(out.clone()).map_err(refused)?;
            block_on(write_pieces(&mut stream, &pieces)).map_err(refused)?;
            let open = move |message: Vec<u8>| {
                let mut text = Vec::new();
                let mut response = stream.response(Source::new(message)).map_err(refused)?;
                block_on(response.read_to_end(&mut text)).map_err(refused)?;
                Ok(text)
            };
            self.sent_streams.insert(self.last, Box::new(open));
            out.take()
        } else {
            let (sealed, response) = client.encapsulate(&pieces.concat()).map_err(refused)?;
            self.sent.insert(self.last, response);
            sealed
        };
        let mut answer = json!({"handle": self.last});
        give(request, "file", &mut answer, "message", &sealed)?;
        Ok(answer)
    }

    fn open_request(&mut self, request: &Value) -> Answer {
        let server = server(request)?;
        let sealed = message(request)?;
        self.last += 1;
        let text = if expect_request(request)? {
            let mut stream = server.decapsulate_stream(Source::new(sealed));
            let mut text = Vec::new();
            block_on(stream.read_to_end(&mut text)).map_err(refused)?;
            let seal = move |pieces: &[Vec<u8>]| {
                let out = SharedBuffer::default();
                let mut response = stream.response(out.clone()).map_err(refused)?;
                block_on(write_pieces(&mut response, pieces)).map_err(refused)?;
                Ok(out.take())
            };
            self.opened_streams.insert(self.last, Box::new(seal));
            text
        } else {
            let (text, response) = server.decapsulate(&sealed).map_err(refused)?;
            self.opened.insert(self.last, response);
            text
        };
        let mut answer = json!({"handle": self.last});
        give(request, "text_file", &mut answer, "text", &text)?;
        Ok(answer)
    }

    fn seal_response(&mut self, request: &Value) -> Answer {
        let handle = number(request, "handle")?;
        let pieces = pieces(request)?;
        let none = || unserved("no request with this handle was opened in this form");
        let sealed = if expect_response(request)? {
            (self.opened_streams.get(&handle).ok_or_else(none)?)(&pieces)?
        } else {
            let response = self.opened.remove(&handle).ok_or_else(none)?;
            response.encapsulate(&pieces.concat()).map_err(refused)?
        };
        let mut answer = json!({});
        give(request, "file", &mut answer, "message", &sealed)?;
        Ok(answer)
    }

    fn open_response(&mut self, request: &Value) -> Answer {
        let handle = number(request, "handle")?;
        let sealed = message(request)?;
        let none = || unserved("no request with this handle was sealed in this form");
        let text = if expect_response(request)? {
            (self.sent_streams.get(&handle).ok_or_else(none)?)(sealed)?
        } else {
            let response = self.sent.remove(&handle).ok_or_else(none)?;
            response.decapsulate(&sealed).map_err(refused)?
        };
        let mut answer = json!({});
        give(request, "text_file", &mut answer, "text", &text)?;
        Ok(answer)
    }
}
