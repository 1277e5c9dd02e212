//! Drivers for peers in Rust: the crates `ohttp` and `hpke`. Speaks the line protocol of
//! tests/interop/README.md on standard input and output.

mod bench;
mod hpke_peer;
mod ohttp_peer;
mod protocol;

use std::{
    io::{BufRead, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    process::ExitCode,
};

use protocol::{Answer, Failure};
use serde_json::{Value, json};

/// The version of a package in this driver's own lock file, the newest if there are several.
pub fn version(package: &str) -> String {
    let head = format!("name = \"{package}\"\nversion = \"");
    include_str!("../Cargo.lock")
        .rsplit_once(&head)
        .and_then(|(_, rest)| rest.split_once('"'))
        .map_or_else(|| "unknown".into(), |(version, _)| version.into())
}

/// A panic of the peer has an answer of its own, because the runner does not count it as a refusal.
fn answer(run: &mut dyn FnMut(&Value) -> Answer, line: &str) -> Value {
    let request: Value = match serde_json::from_str(line) {
        Ok(request) => request,
        Err(error) => return json!({"ok": false, "error": error.to_string()}),
    };
    match catch_unwind(AssertUnwindSafe(|| run(&request))) {
        Ok(Ok(mut result)) => {
            result["ok"] = true.into();
            result
        }
        Ok(Err(Failure::Refused(what))) => json!({"ok": false, "refused": what}),
        Ok(Err(Failure::Unserved(what))) => json!({"ok": false, "error": what}),
        Err(panic) => {
            let what = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
            json!({"ok": false, "crashed": what.unwrap_or_default()})
        }
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut ohttp = ohttp_peer::Peer::default();
    let mut hpke = hpke_peer::Peer::default();
    let mut run: Box<dyn FnMut(&Value) -> Answer> =
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["--peer", "ohttp"] => Box::new(move |request| ohttp.run(request)),
            ["--peer", "hpke"] => Box::new(move |request| hpke.run(request)),
            _ => {
                eprintln!("usage: interop --peer ohttp|hpke");
                return ExitCode::from(2);
            }
        };
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let Ok(line) = line else { break };
        if writeln!(out, "{}", answer(&mut *run, &line)).is_err() || out.flush().is_err() {
            break;
        }
    }
    ExitCode::SUCCESS
}
