#!/usr/bin/env python3
"""Writes the test of null pointers in C: every function of a library's headers is called with NULL in
the place of each pointer that the rules of the C interface (twoway/c/types.h) forbid to be NULL, and
valid arguments elsewhere.

    null_calls.py OUTPUT DEPFILE --function NAME --objects NAME --symbols FILE
                  --headers FILE... [--types FILE...]

The test is `void FUNCTION(struct OBJECTS* all, twoway_suite suite)`. OBJECTS.h defines the
struct, in which each valid argument has the name of its type, or a text that of its argument. The
symbols are those that the library exports. A function that the headers do not declare, or that has
an argument of which this script knows nothing, fails the build. The types are headers of other
libraries, for their handles.
"""
import argparse
import pathlib
import re
import sys

FUNCTION = re.compile(
    r"TWOWAY_C_(?:CALL|API)\s+(?P<result>[\w\s*]+?)\b(?P<name>twoway_\w+)\((?P<arguments>[^)]*)\)")
HANDLE = re.compile(r"typedef struct (twoway_\w+) \1;")

# Types of arguments that may be NULL, unless they are what the function works on.
OPTIONAL = {"twoway_rng*", "twoway_clock*", "twoway_replay_filter*", "twoway_media_types*",
            "twoway_chunk_limits*", "twoway_stream_options*", "twoway_hpke_sender_mode*",
            "twoway_hpke_recipient_mode*", "twoway_error*", "ossl_lib_ctx_st*"}
# Texts by the names of their arguments.
OPTIONAL_TEXTS = {"config", "init_arguments", "label", "properties"}
REQUIRED_TEXTS = {"module_path", "uri"}
# Structs of the caller's that a call takes over if they are given, with callbacks in them.
TAKEN = {"twoway_secret_source", "twoway_pkcs11_options"}
# Arrays by the types of their elements.
ARRAYS = {"uint8_t": "g_in", "twoway_symmetric_algorithms": "g_pairs", "char* const": "g_names"}
# Outputs that may be NULL.
OPTIONAL_OUTPUTS = {
    "twoway_key_ring_get": {"state", "until", "key"},
    "twoway_key_configs_get": {"key_id", "kem"},
    "twoway_seal_stream_remaining": {"remaining"},
}
VALUES = {"suite": "suite", "kem": "suite.kem", "aead": "suite.aead", "key_id": "7",
          "form": "TWOWAY_FORM_WHOLE", "state": "TWOWAY_KEY_ACTIVE", "count": "1", "end": "0",
          "last": "0", "descriptor": "0", "index": "0", "max_entries": "4", "window": "9",
          "until": "0", "concurrent": "0"}
OUTPUT_VALUES = {"size_t*", "int*", "int64_t*", "uint64_t*", "uint8_t*", "uint16_t*",
                 "twoway_chunk_state*", "twoway_key_state*"}


class Argument:
    """An argument: what it is when it is valid, whether it may be NULL, and what a failed call must
    have left in it."""

    def __init__(self, function, position, words, following, handles):
        const = words.startswith("const ")
        kind, self.name = words.removeprefix("const ").removeprefix("struct ").rsplit(" ", 1)
        base = kind.rstrip("*")
        self.required = False
        self.output = None
        self.before = self.after = None
        size = following.rsplit(" ", 1)[-1] if following else ""
        if not kind.endswith("*"):
            if not (self.name in VALUES or self.name.endswith(("size", "capacity"))):
                sys.exit(f"{function}: no value is known for {words}")
            self.valid = ("sizeof g_out" if self.name.endswith("capacity") else
                          VALUES.get(self.name, "4"))
        elif kind.endswith("**"):
            self.required = True
            self.valid = f"&given.{base}" if base in handles else "&given.bytes"
            if base in handles:
                self.before = f"given.{base} = ({base}*)all->{base}"
                self.after = f"given.{base} == NULL"
        elif base in handles:
            self.required = position == 0 or kind not in OPTIONAL
            self.valid = f"all->{base}"
        elif base.endswith("_callbacks") or base in TAKEN:
            self.required = base not in TAKEN
            self.valid = f"&all->{base}"
            self.before = "all->released = 0"
            self.after = "all->released == 1"
        elif kind == "char*" and const and self.name in OPTIONAL_TEXTS | REQUIRED_TEXTS:
            self.required = self.name in REQUIRED_TEXTS
            self.valid = f"all->{self.name}"
        elif kind == "evp_pkey_st*":
            self.required = True
            self.valid = f"all->{base}"
        elif kind in OPTIONAL:
            self.valid = "NULL"
        elif size in ("capacity", f"{self.name}_capacity") or self.name == "out":
            self.required = True
            self.valid = "(void*)g_out"
        elif size in (f"{self.name}_size", "size", "count"):
            self.required = True
            self.valid = ARRAYS[base]
        elif not const and kind in OUTPUT_VALUES:
            self.required = True
            self.output = f"{base} {base}_{self.name}"
            self.valid = f"&given.{base}_{self.name}"
            if self.name.endswith("written"):
                self.before = f"given.{base}_{self.name} = 9"
                self.after = f"given.{base}_{self.name} == 0"
        else:
            sys.exit(f"{function}: nothing is known of the argument {words}")
        if self.name in OPTIONAL_OUTPUTS.get(function, ()):
            self.required = False


def calls(result, name, arguments):
    """The calls of one function, each with one NULL."""
    values = [argument.valid for argument in arguments]
    for i, without in enumerate(arguments):
        if not without.required:
            continue
        call = f"{name}({', '.join(values[:i] + ['NULL'] + values[i + 1:])})"
        if result == "void":
            yield f"  {call};"
        elif result == "twoway_suite":
            yield f"  CHECK({call}.kem == 0);"
        elif result != "twoway_status":
            yield f"  CHECK({call} == 0);"
        else:
            others = [argument for argument in arguments if argument is not without]
            yield from (f"  {other.before};" for other in others if other.before)
            yield f"  CHECK_STATUS({call}, TWOWAY_INVALID_ARGUMENT);"
            yield from (f"  CHECK({other.after});" for other in others if other.after)


def declarations(headers):
    """The headers' text, without comments and the preprocessor's lines."""
    text = "".join(pathlib.Path(header).read_text() for header in headers)
    return re.sub(r"//[^\n]*|^#[^\n]*", "", text, flags=re.M)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("output", type=pathlib.Path)
    parser.add_argument("depfile", type=pathlib.Path)
    parser.add_argument("--function", required=True)
    parser.add_argument("--objects", required=True)
    parser.add_argument("--symbols", required=True, type=pathlib.Path)
    parser.add_argument("--headers", required=True, nargs="+")
    parser.add_argument("--types", default=[], nargs="+")
    given = parser.parse_args()
    given.depfile.write_text(f"{given.output}: {' '.join(given.headers + given.types)}\n")
    text = declarations(given.headers)
    handles = set(HANDLE.findall(text + declarations(given.types)))
    lines = []
    outputs = set()
    declared = set()
    for match in FUNCTION.finditer(text):
        name = match["name"]
        declared.add(name)
        words = [" ".join(argument.split()) for argument in match["arguments"].split(",")]
        if not any("*" in argument for argument in words) or name == "twoway_wipe":
            continue
        arguments = [Argument(name, i, word, words[i + 1] if i + 1 < len(words) else "", handles)
                     for i, word in enumerate(words)]
        if not any(argument.required for argument in arguments):
            sys.exit(f"{name}: no argument is tested")
        outputs |= {argument.output for argument in arguments if argument.output}
        lines += calls(match["result"].strip(), name, arguments)
    exported = {line.split("@")[0] for line in given.symbols.read_text().split()}
    if declared != exported:
        sys.exit(f"declared or exported alone: {sorted(declared ^ exported)}")
    named = "".join(lines)  # what is not named in the calls would be an unused variable
    statics = {
        "g_in": "static uint8_t g_in[4] = {1, 2, 3, 4};\n",
        "g_out": "static uint8_t g_out[4096];\n",
        "g_pairs": "static const twoway_symmetric_algorithms g_pairs[] = {{1, 1}};\n",
        "g_names": 'static const char* const g_names[] = {"default"};\n',
    }
    given.output.write_text(
        f'#include "{given.objects}.h"\n\n'
        "struct outputs {\n"
        + "".join(f"  {handle}* {handle};\n" for handle in sorted(handles)) +
        "  const uint8_t* bytes;\n"
        + "".join(f"  {output};\n" for output in sorted(outputs)) +
        "};\n\n"
        + "".join(line for name, line in statics.items() if name in named) +
        f"\nvoid {given.function}(struct {given.objects}* all, twoway_suite suite) {{\n"
        "  struct outputs given;\n"
        "  (void)all;\n"
        "  (void)suite;\n"
        "  memset(&given, 0, sizeof given);\n"
        + "\n".join(lines) +
        "\n}\n")


main()
