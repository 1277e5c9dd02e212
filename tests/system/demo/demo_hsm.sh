#!/bin/sh
# Shows an exchange whose private key is in a token: SoftHSM, in a temporary folder.
#   sh demo_hsm.sh PATH_TO_TWOWAY
# Ends with 0 if everything went as told, 1 if not, 77 if this machine cannot show it.
. "$(dirname -- "$0")/story.sh"

module=
for path in /usr/lib/softhsm/libsofthsm2.so /usr/lib64/softhsm/libsofthsm2.so \
  /usr/local/lib/softhsm/libsofthsm2.so /usr/lib/*/softhsm/libsofthsm2.so; do
  if [ -z "$module" ] && [ -f "$path" ]; then module=$path; fi
done
if [ -z "$module" ] || ! command -v softhsm2-util >/dev/null; then
  echo 'skipped: SoftHSM is not installed'
  exit 77
fi
if ! "$twoway" tokens --help >/dev/null 2>&1; then
  echo 'skipped: this program was built without PKCS#11'
  exit 77
fi

printf '%sA request whose receiver keeps its key in a token%s\n' "$bold" "$plain"
"$twoway" --version || exit 1

title 'A token, as a security officer would make it'
mkdir tokens
printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$folder" >softhsm2.conf
export SOFTHSM2_CONF="$folder/softhsm2.conf"
umask 077
printf '%s\n' "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')" >pin.txt
chmod 600 pin.txt
umask 022
softhsm2-util --init-token --free --label gateway --so-pin "so-$(cat pin.txt)" \
  --pin "$(cat pin.txt)" >said 2>&1 || fail 'softhsm2-util'
token="pkcs11:token=gateway?module-path=$module&pin-source=file:$folder/pin.txt"
key() { printf 'pkcs11:token=gateway;object=%s?module-path=%s&pin-source=file:%s/pin.txt' \
  "$1" "$module" "$folder"; }
"$twoway" tokens --module "$module" >tokens.txt 2>said || fail 'tokens'
grep -q 'token gateway' tokens.txt || fail 'the token is not listed'
sed 's/^/        /' tokens.txt

title 'Two keys made on the token, which never leave it'
for kem in p256 x25519; do
  "$twoway" keygen --kem $kem --out "$(key $kem)" 2>said || fail "keygen $kem"
  printf '  %sok%s    a key of kind %s\n' "$good" "$plain" "$kem"
done
"$twoway" tokens --module "$module" --token gateway --keys --pin-file pin.txt >keys.txt 2>said || fail 'tokens --keys'
grep -q 'key p256' keys.txt && grep -q 'key x25519' keys.txt || fail 'the keys are not listed'
if grep -q 'may leave' keys.txt; then fail 'a key may leave the token'; fi
step 'the list of their public halves' gateway.ohttp-keys \
  "$twoway" config --key "1=$(key p256)" --key "2=$(key x25519)" --out gateway.ohttp-keys

title 'The exchange: nothing else changes'
step 'the question, random bytes' question.bin dd if=/dev/urandom of=question.bin bs=65536 count=128
step 'the answer, random bytes' answer.bin dd if=/dev/urandom of=answer.bin bs=65536 count=32
for choice in '--key-id 1' '--key-id 2'; do
  name=with${choice#--key-id }
  exchange "$name" --key "1=$(key p256)" --key "2=$(key x25519)"
done
why 'The token computed one Diffie-Hellman result for each request; the rest happened here.'

hybrid=mlkem768-p256
if "$twoway" keygen --kem $hybrid --out - >/dev/null 2>&1; then
  title 'Post-quantum requests with the same key on the token'
  step 'the other half, a seed in a file' seed.pem "$twoway" keygen --kem ml-kem-768 --out seed.pem
  both="$hybrid:seed.pem+$(key p256)"
  step 'a list with both kinds of key' gateway.ohttp-keys \
    "$twoway" config --key "3=$both" --key "1=$(key p256)" --force --out gateway.ohttp-keys
  choice=
  exchange hybrid --key "3=$both" --key "1=$(key p256)"
  step 'a request by the old list opens too' old.bin "$twoway" open-request --key "3=$both" \
    --key "1=$(key p256)" --in with1-request.bin --out old.bin --state old.state
  same question.bin old.bin
else
  why "No library of this program offers $hybrid, so the token's key serves P-256 alone."
fi

title 'What is refused'
flip_bit with1-request.bin flipped.bin 4000000
refused 'a request with one flipped bit' "$twoway" open-request --key "1=$(key p256)" \
  --in flipped.bin --state wrong.state
refused 'a key that the token does not have' "$twoway" open-request --key "1=$(key other)" \
  --in with1-request.bin --state wrong.state
printf 'no' >wrong-pin.txt
chmod 600 wrong-pin.txt
refused 'a wrong PIN' "$twoway" open-request --pin-file wrong-pin.txt --key "1=$(key p256)" \
  --in with1-request.bin --state wrong.state
why "The program said: $(cat said)"
mv tokens gone && mkdir tokens
refused 'a token that was taken away' "$twoway" open-request --key "1=$(key p256)" \
  --in with1-request.bin --state wrong.state
why "The program said: $(cat said)"
rmdir tokens && mv gone tokens
step 'and with the token back it opens' again.bin "$twoway" open-request --key "1=$(key p256)" \
  --in with1-request.bin --out again.bin --state again.state
same question.bin again.bin
printf '\n%sAll as told.%s\n' "$good" "$plain"
