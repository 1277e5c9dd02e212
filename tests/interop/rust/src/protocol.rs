//! Requests and answers, and the plaintexts that they describe.

use serde_json::Value;

pub enum Failure {
    /// The peer refused what it was given.
    Refused(String),
    /// This driver cannot serve the request.
    Unserved(String),
}

pub type Answer = Result<Value, Failure>;

pub fn refused(error: impl std::fmt::Display) -> Failure {
    Failure::Refused(error.to_string())
}

pub fn unserved(error: impl std::fmt::Display) -> Failure {
    Failure::Unserved(error.to_string())
}

/// Returns a field of hex, or nothing if it is missing.
pub fn bytes(request: &Value, field: &str) -> Result<Vec<u8>, Failure> {
    hex::decode(request[field].as_str().unwrap_or_default()).map_err(unserved)
}

pub fn number<T: TryFrom<u64>>(request: &Value, field: &str) -> Result<T, Failure> {
    request[field]
        .as_u64()
        .and_then(|n| T::try_from(n).ok())
        .ok_or_else(|| unserved(format!("no number '{field}'")))
}

pub fn list<'a>(request: &'a Value, field: &str) -> &'a [Value] {
    request[field].as_array().map_or(&[], Vec::as_slice)
}

/// A plaintext in pieces, or made by its rule.
pub fn pieces(request: &Value) -> Result<Vec<Vec<u8>>, Failure> {
    let text = &request["text"];
    if !bytes(text, "last")?.is_empty() {
        return Err(unserved("this peer puts no data in a final chunk"));
    }
    let rule = &text["rule"];
    if rule.is_null() {
        return list(text, "pieces")
            .iter()
            .map(|piece| hex::decode(piece.as_str().unwrap_or_default()).map_err(unserved))
            .collect();
    }
    let length: usize = number(rule, "length")?;
    let (multiplier, increment): (usize, usize) =
        (number(rule, "multiplier")?, number(rule, "increment")?);
    let all: Vec<u8> = (0..length)
        .map(|i| (i.wrapping_mul(multiplier).wrapping_add(increment) & 0xff) as u8)
        .collect();
    let sizes = list(rule, "pieces");
    let mut pieces = Vec::new();
    let mut rest = &all[..];
    while !rest.is_empty() {
        let size = sizes[pieces.len() % sizes.len()].as_u64().unwrap_or(1) as usize;
        let (piece, after) = rest.split_at(size.min(rest.len()));
        pieces.push(piece.to_vec());
        rest = after;
    }
    Ok(pieces)
}

/// A sealed message: hex, or a file's bytes.
pub fn message(request: &Value) -> Result<Vec<u8>, Failure> {
    match request["file"].as_str() {
        Some(path) => std::fs::read(path).map_err(unserved),
        None => bytes(request, "message"),
    }
}

/// Gives bytes as a field of the answer, or to the file that the request names.
pub fn give(
    request: &Value,
    file: &str,
    answer: &mut Value,
    field: &str,
    bytes: &[u8],
) -> Result<(), Failure> {
    match request[file].as_str() {
        Some(path) => std::fs::write(path, bytes).map_err(unserved),
        None => {
            answer[field] = hex::encode(bytes).into();
            Ok(())
        }
    }
}
