#!/bin/sh
# The part of run.sh that runs in the Debian 13 tree, in a D-Bus session: in_tree.sh PROGRAMS_FOLDER.
set -eu

exchange=$1/exchange
make_key=$1/make_key
work=$(mktemp -d)
tpm=
manager=
finish() {
  if [ -n "$manager" ]; then
    kill "$manager" 2>/dev/null || true
    wait "$manager" 2>/dev/null || true
  fi
  if [ -n "$tpm" ]; then
    TPM2TOOLS_TCTI=$address tpm2_shutdown -c >/dev/null 2>&1 || true
    kill "$tpm" 2>/dev/null || true
    wait "$guard" 2>/dev/null || true
  fi
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' HUP INT TERM

# Starts swtpm on two free consecutive ports, and waits until it listens.
start_tpm() {
  mkdir -p "$work/tpm"
  attempt=0
  while [ $attempt -lt 20 ]; do
    attempt=$((attempt + 1))
    port=$((20000 + $(od -An -N2 -tu2 /dev/urandom) % 20000))
    rm -f "$work/pid"
    mkfifo "$work/pid"
    exec 3<>"$work/pid"
    # The pipe gets a line even without a TPM.
    {
      swtpm socket --tpm2 --tpmstate "dir=$work/tpm" \
        --server "type=tcp,bindaddr=127.0.0.1,port=$port" \
        --ctrl "type=tcp,bindaddr=127.0.0.1,port=$((port + 1))" \
        --flags not-need-init,startup-clear --pid "file=$work/pid" 3>&- || echo failed >&3
    } 2>"$work/swtpm.log" &
    guard=$!
    # swtpm ends its pid without a newline, so this reads the bytes that are there.
    answer=$(dd bs=64 count=1 <&3 2>/dev/null)
    case $answer in
      *[!0-9]* | '') wait "$guard" || true ;;
      *)
        tpm=$answer
        exec 3>&-
        return 0
        ;;
    esac
  done
  cat "$work/swtpm.log" >&2
  echo 'swtpm did not start' >&2
  exit 1
}

start_tpm
address="swtpm:host=127.0.0.1,port=$port"
export TSS2_LOG=all+NONE

# tpm2_ptool leaves objects in the TPM, which has room for three. A resource manager swaps them.
tpm2-abrmd --allow-root --session "--tcti=$address" >"$work/abrmd.log" 2>&1 &
manager=$!
gdbus wait --session --timeout 30 com.intel.tss2.Tabrmd || {
  cat "$work/abrmd.log" >&2
  exit 1
}
managed=tabrmd:bus_type=session
export TPM2TOOLS_TCTI="$managed" TPM2_PKCS11_TCTI="$managed" TPM2_PKCS11_STORE="$work/store"
tpm2_dictionarylockout -Q -s -n 100000 -t 1 -l 1

module=$(find /usr/lib -name 'libtpm2_pkcs11.so*' | sort | head -n 1)
[ -n "$module" ] || {
  echo 'libtpm2_pkcs11.so is not installed' >&2
  exit 1
}
version=$(dpkg-query -W -f='${Version}' libtpm2-pkcs11-1)
echo "module $module, version $version"

mkdir "$work/store"
tpm2_ptool init --path "$work/store" >"$work/ptool.log" 2>&1 &&
  tpm2_ptool addtoken --pid 1 --label twoway --sopin 12345678 --userpin 1234 \
    --path "$work/store" >>"$work/ptool.log" 2>&1 || {
  cat "$work/ptool.log" >&2
  exit 1
}
printf '1234\n' >"$work/pin"

failed=0
for curve in p256 p384 p521; do
  if "$make_key" "$module" twoway 1234 "$curve" 2>"$work/keygen.log"; then
    "$exchange" "$module" twoway "$work/pin" "$curve" 200 || failed=1
  else
    echo "$curve: the token makes no such key: $(tail -n 1 "$work/keygen.log")"
    [ "$curve" = p521 ] || failed=1
  fi
  # A key that the provider makes.
  "$exchange" "$module" twoway "$work/pin" "--generate=$curve" 200 || failed=1
done
exit "$failed"
