"""Where peers are known to deviate. `case` is a pattern over "FEATURE: CASE"; every case that it
covers must deviate, so that a peer which was mended is noticed."""

DEVIATIONS = [
    {
        "peer": "go-twoway",
        "version": "v0.0.37",
        "case": r"crafted: an empty chunk that is not the last, .*, peer",
        "what": "opens an empty chunk that is not the last",
        "section": "Chunked OHTTP section 6: equivalent to a decryption error",
    },
    {
        "peer": "go-twoway",
        "version": "v0.0.37",
        "case": r"refusals: (no last chunk|cut within a length), is no end of input, .*, peer",
        "what": "a stream that ends without its last chunk is refused with an error that is io.EOF to"
                " errors.Is",
        "section": "Chunked OHTTP section 7.1, on truncation",
    },
    {
        "peer": "rust-ohttp",
        "version": "0.8.0",
        "case": r"crafted: an empty chunk that is not the last, .*, peer",
        "what": "opens an empty chunk that is not the last",
        "section": "Chunked OHTTP section 6: equivalent to a decryption error",
    },
    {
        "peer": "rust-ohttp",
        "version": "0.8.0",
        "case": r"texts: a write of nothing, .*, peer to ours",
        "what": "a write of no bytes is sealed as an empty chunk that is not the last, which receivers"
                " must refuse",
        "section": "Chunked OHTTP section 6: MUST NOT",
    },
    {
        "peer": "rust-ohttp",
        "version": "0.8.0",
        "case": r"(ohttp|texts|10 MiB): .*chunked and chunked, .* ChaCha20Poly1305, peer to ours"
                r"|tokens: chunked and chunked, .* ChaCha20Poly1305"
                r"|refusals: .*, chunked response, .* ChaCha20Poly1305, peer",
        "what": "the client panics at a chunked response in a suite with ChaCha20Poly1305: it takes"
                " response nonces for 16 bytes",
        "section": "Chunked OHTTP section 6.2: max(Nn, Nk) bytes, here 32",
    },
    {
        "peer": "rust-ohttp",
        "version": "0.8.0",
        "case": r"refusals: a pair that the receiver does not list, chunked request, .*, peer",
        "what": "the server opens a chunked request in a KDF and AEAD that its key does not list",
        "section": "RFC 9458 section 4.3",
    },
    {
        "peer": "rust-ohttp",
        "version": "0.8.0",
        "case": r"key configurations: the first of several, peer to ours",
        "what": "the client takes the last usable key configuration of a list, this library the first",
        "section": "RFC 9458 section 3 leaves the choice to the client",
    },
    {
        "peer": "rust-hpke",
        "version": "0.15.1",
        "case": r"(hpke|tokens): .* SHAKE(128|256) export-only.*",
        "what": "panics in the set-up of export-only suites with SHAKE128 and SHAKE256",
        "section": "draft-ietf-hpke-hpke, the one-stage key schedule; RFC 9180 section 5.3",
    },
    {
        "peer": "python-pyhpke",
        "version": "0.6.5",
        "case": r"hpke refusals: a failed open keeps the sequence number, .*, peer",
        "what": "a failed open advances the sequence number, so that the true message no longer opens",
        "section": "RFC 9180 section 5.2",
    },
]
