#!/bin/sh
# Sends a large stream through the program, and checks that it arrives and that memory stays small.
#   sh big_stream.sh PATH_TO_TWOWAY [BYTES]          4G by default
# Ends with 0 if all is well. Checks the memory with GNU time, if there is one.
set -eu

[ $# -ge 1 ] && [ -x "$1" ] || {
  echo "usage: sh big_stream.sh PATH_TO_TWOWAY [BYTES]" >&2
  exit 2
}
case $1 in
  /*) twoway=$1 ;;
  *) twoway=$PWD/$1 ;;
esac
bytes=${2:-4G}
most_kib=16384

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

measured() {  # FILE COMMAND...: notes the peak memory in KiB in FILE
  peak=$1
  shift
  if [ -x /usr/bin/time ]; then
    /usr/bin/time -f %M -o "$peak" "$@"
  else
    "$@"
  fi
}

"$twoway" keygen --kem x25519 --out key.pem
"$twoway" config --key 1=key.pem --out gateway.ohttp-keys
want=$(head -c "$bytes" /dev/zero | sha256sum)
got=$(head -c "$bytes" /dev/zero |
  measured seal.peak "$twoway" seal-request --chunked --config gateway.ohttp-keys --state s |
  measured open.peak "$twoway" open-request --chunked --key 1=key.pem --state r | sha256sum)
[ "$want" = "$got" ] || {
  echo "the stream arrived changed" >&2
  exit 1
}
for peak in seal.peak open.peak; do
  [ -s "$peak" ] || {
    echo "$peak is not known: there is no /usr/bin/time" >&2
    continue
  }
  echo "$peak: $(cat "$peak") KiB"
  [ "$(cat "$peak")" -lt "$most_kib" ] || {
    echo "$peak: more than $most_kib KiB" >&2
    exit 1
  }
done

# The same stream cut: in its header, in a chunk, between chunks, and before its last one.
"$twoway" seal-request --chunked --config gateway.ohttp-keys --state whole.state --out whole <<END
$(head -c 100000 /dev/zero | tr '\0' 'x')
END
size=$(wc -c <whole)
for cut in 3 39 41 16443 16444 60000 $((size - 17)) $((size - 1)); do
  status=0
  head -c "$cut" whole |
    "$twoway" open-request --chunked --key 1=key.pem --state cut.state >part 2>said || status=$?
  [ "$status" -eq 1 ] || {
    echo "cut after $cut bytes: exit code $status in place of 1" >&2
    exit 1
  }
done
echo "$bytes bytes arrived, and no cut stream was taken for a whole one"
