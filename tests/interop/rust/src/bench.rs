//! The operations of `./run bench --peers`: work that is repeated inside the process, so that
//! neither JSON nor the start of a program is in the figures.

use std::{
    io::Result as IoResult,
    time::{Duration, Instant},
};

use futures::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt,
    executor::block_on,
    io::{Cursor, sink},
};
use ohttp::{ClientRequest, KeyConfig, Server};
use serde_json::{Value, json};

use crate::{
    ohttp_peer::{SharedBuffer, key_config, symmetric},
    protocol::{Answer, Failure, number, refused, unserved},
};

pub const WORKS: &[&str] = &[
    "seal_request",
    "open_request",
    "seal_chunked_request",
    "open_chunked_request",
    "seal_chunked_response",
    "open_chunked_response",
];

const PATTERN: usize = 64 * 1024;

pub type Work = Box<dyn FnMut() -> Result<(), Failure>>;

#[derive(Default)]
pub struct Bench {
    work: Option<Work>,
}

/// A sender and a receiver with one key.
#[derive(Clone)]
struct Parties {
    config: KeyConfig,
    server: Server,
    length: usize,
}

impl Parties {
    fn new(request: &Value) -> Result<Self, Failure> {
        let pair = symmetric(number(request, "kdf")?, number(request, "aead")?)?;
        let config = key_config(request, vec![pair])?;
        if number::<usize>(request, "chunk").unwrap_or(1 << 14) != 1 << 14 {
            return Err(unserved("this peer's chunks have 16 KiB"));
        }
        Ok(Self {
            server: Server::new(config.clone()).map_err(refused)?,
            config,
            length: number(request, "length")?,
        })
    }

    fn client(&mut self) -> Result<ClientRequest, Failure> {
        ClientRequest::from_config(&mut self.config).map_err(refused)
    }

    fn expect(&self, length: usize) -> Result<(), Failure> {
        if length == self.length {
            Ok(())
        } else {
            Err(unserved("the plaintext has another length"))
        }
    }

    fn written(&self) -> SharedBuffer {
        SharedBuffer::with_capacity(self.length + (self.length / (1 << 14) + 2) * 64)
    }
}

/// The long plaintext, from 64 KiB again and again.
async fn write_pattern<W: AsyncWrite + Unpin>(stream: &mut W, length: usize) -> IoResult<()> {
    let pattern = vec![0x5a; PATTERN];
    let mut left = length;
    while left != 0 {
        let size = left.min(PATTERN);
        stream.write_all(&pattern[..size]).await?;
        left -= size;
    }
    stream.close().await
}

/// Reads to the end into one buffer of 64 KiB.
async fn drain<R: AsyncRead + Unpin>(stream: &mut R) -> IoResult<usize> {
    let mut buffer = vec![0; PATTERN];
    let mut total = 0;
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(total),
            size => total += size,
        }
    }
}

fn seal_request(mut p: Parties) -> Result<(Work, usize), Failure> {
    let body = vec![0x5a; p.length];
    let work = move || {
        let sealed = p.client()?.encapsulate(&body).map_err(refused)?;
        std::hint::black_box(sealed);
        Ok(())
    };
    Ok((Box::new(work), 0))
}

fn open_request(mut p: Parties) -> Result<(Work, usize), Failure> {
    let (message, _) = p
        .client()?
        .encapsulate(&vec![0x5a; p.length])
        .map_err(refused)?;
    let held = message.len();
    let work = move || {
        let (text, _) = p.server.decapsulate(&message).map_err(refused)?;
        p.expect(text.len())
    };
    Ok((Box::new(work), held))
}

fn seal_chunked_request(mut p: Parties) -> Result<(Work, usize), Failure> {
    let work = move || {
        let mut stream = p.client()?.encapsulate_stream(sink()).map_err(refused)?;
        block_on(write_pattern(&mut stream, p.length)).map_err(refused)
    };
    Ok((Box::new(work), 0))
}

fn open_chunked_request(mut p: Parties) -> Result<(Work, usize), Failure> {
    let out = p.written();
    let mut stream = p
        .client()?
        .encapsulate_stream(out.clone())
        .map_err(refused)?;
    block_on(write_pattern(&mut stream, p.length)).map_err(refused)?;
    let message = out.take();
    let held = message.len();
    let work = move || {
        let mut stream = p.server.clone().decapsulate_stream(Cursor::new(&message));
        p.expect(block_on(drain(&mut stream)).map_err(refused)?)
    };
    Ok((Box::new(work), held))
}

/// A short request, so that there is a request to answer.
fn short_request(p: &mut Parties) -> Result<(Vec<u8>, ClientStream), Failure> {
    let out = SharedBuffer::default();
    let mut client = p
        .client()?
        .encapsulate_stream(out.clone())
        .map_err(refused)?;
    block_on(write_pattern(&mut client, 1)).map_err(refused)?;
    let open: ClientStream = Box::new(move |message| {
        let mut stream = client.response(message).map_err(refused)?;
        block_on(drain(&mut stream)).map_err(refused)
    });
    Ok((out.take(), open))
}

/// The crate does not name the types of its streams, so they are held as functions.
type ClientStream = Box<dyn Fn(Cursor<&[u8]>) -> Result<usize, Failure>>;

macro_rules! opened {
    ($parties:expr, $request:expr) => {{
        let mut stream = $parties
            .server
            .clone()
            .decapsulate_stream(Cursor::new($request));
        block_on(drain(&mut stream)).map_err(refused)?;
        stream
    }};
}

fn seal_chunked_response(mut p: Parties) -> Result<(Work, usize), Failure> {
    let (request, _) = short_request(&mut p)?;
    let server = opened!(p, request);
    let work = move || {
        let mut stream = server.response(sink()).map_err(refused)?;
        block_on(write_pattern(&mut stream, p.length)).map_err(refused)
    };
    Ok((Box::new(work), 0))
}

fn open_chunked_response(mut p: Parties) -> Result<(Work, usize), Failure> {
    let (request, open) = short_request(&mut p)?;
    let server = opened!(p, request);
    let out = p.written();
    let mut stream = server.response(out.clone()).map_err(refused)?;
    block_on(write_pattern(&mut stream, p.length)).map_err(refused)?;
    let message = out.take();
    let held = message.len();
    let work = move || p.expect(open(Cursor::new(&message))?);
    Ok((Box::new(work), held))
}

impl Bench {
    /// Takes a work, in place of the previous one.
    pub fn set(&mut self, work: Option<Work>) {
        self.work = work;
    }

    /// Makes the objects of a work, and frees those of the previous one.
    pub fn prepare(&mut self, request: &Value) -> Answer {
        self.work = None; // frees the previous message first
        let parties = Parties::new(request)?;
        let (work, held) = match request["work"].as_str().unwrap_or_default() {
            "seal_request" => seal_request(parties),
            "open_request" => open_request(parties),
            "seal_chunked_request" => seal_chunked_request(parties),
            "open_chunked_request" => open_chunked_request(parties),
            "seal_chunked_response" => seal_chunked_response(parties),
            "open_chunked_response" => open_chunked_response(parties),
            other => Err(unserved(format!("no such work: {other}"))),
        }?;
        self.work = Some(work);
        Ok(json!({"held": held}))
    }

    /// Repeats the work until the time is over, at least once.
    pub fn run(&mut self, request: &Value) -> Answer {
        let work = self
            .work
            .as_mut()
            .ok_or_else(|| unserved("no work is prepared"))?;
        let wanted = Duration::from_secs_f64(request["duration"].as_f64().unwrap_or_default());
        let start = Instant::now();
        let mut count = 0u64;
        while count == 0 || start.elapsed() < wanted {
            work()?;
            count += 1;
        }
        Ok(json!({"count": count, "seconds": start.elapsed().as_secs_f64()}))
    }
}
