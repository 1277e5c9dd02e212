#!/bin/sh
# Shows a whole exchange with the twoway program, and what it refuses.
#   sh demo.sh PATH_TO_TWOWAY
# Ends with 0 if everything went as told, 1 if not, 77 if this build cannot show it.
. "$(dirname -- "$0")/story.sh"

printf '%sA request and its response, each readable by the other side alone%s\n' "$bold" "$plain"
"$twoway" --version || exit 1

if ! "$twoway" keygen --kem p256 --out probe.pem 2>said; then
  echo "skipped: the default provider of this build has no P-256:"
  cat said
  exit 77
fi

title 'The receiver makes two keys and publishes them in one list'
step 'a P-256 key' p256.pem "$twoway" keygen --kem p256 --out p256.pem
step 'an X25519 key' x25519.pem "$twoway" keygen --kem x25519 --out x25519.pem
why 'Private keys: PKCS#8 files that only their owner can read.'
step 'the list of their public halves' gateway.ohttp-keys \
  "$twoway" config --key 1=p256.pem --key 2=x25519.pem --out gateway.ohttp-keys
why 'This is all that a sender needs. What it says:'
"$twoway" inspect gateway.ohttp-keys >list.txt || fail 'inspect'
grep -q 'key id 2' list.txt || fail 'inspect does not show key 2'
sed -e 's/^/        /' -e 's/\([0-9a-f]\{48\}\)[0-9a-f]*$/\1.../' list.txt

title 'Two files to exchange'
step 'the question, random bytes' question.bin dd if=/dev/urandom of=question.bin bs=65536 count=128
step 'the answer, random bytes' answer.bin dd if=/dev/urandom of=answer.bin bs=65536 count=32

title 'First exchange: the sender picks the X25519 key by its id'
choice='--key-id 2'
exchange first --key 1=p256.pem --key 2=x25519.pem
why 'Both sides read what the other meant; nobody between them could. The request names its key:'
"$twoway" inspect first-request.bin >request.txt || fail 'inspect'
grep -q 'key id  *2$' request.txt || fail 'the request is not for key 2'
sed 's/^/        /' request.txt

title 'Second exchange: the sender takes the first key of the list, P-256'
choice=''
exchange second --key 1=p256.pem --key 2=x25519.pem
"$twoway" inspect second-request.bin | grep -q 'kem  *p256' || fail 'the request is not for P-256'
why 'The same files, sealed anew with another kind of key.'

title 'Third exchange: a stream in chunks, through pipes and in little memory'
"$twoway" seal-request --chunked --config gateway.ohttp-keys --state stream.state <question.bin |
  tee stream.bin |
  "$twoway" open-request --chunked --key 1=p256.pem --state stream-receiver.state \
    >stream-question.bin 2>said || fail 'the stream'
same question.bin stream-question.bin
why 'Each chunk is opened as it arrives; the exit code tells that the stream was complete.'

title 'One request to two receivers'
for name in alice bob; do
  "$twoway" keygen --kem x25519 --out $name.pem || fail 'keygen'
  "$twoway" config --key 1=$name.pem --out $name.ohttp-keys || fail 'config'
done
step 'sender seals it once for both' multi.bin "$twoway" seal-multi --to alice.ohttp-keys \
  --to bob.ohttp-keys --keys-dir multi --in question.bin --out multi.bin
for name in alice bob; do
  step "$name opens it" "$name-question.bin" "$twoway" open-multi --key 1=$name.pem \
    --encapsulated-key multi/$name.encapsulated-key --in multi.bin --out "$name-question.bin" --state $name.state
  same question.bin "$name-question.bin"
done
step 'bob answers' bob-response.bin "$twoway" seal-response --state bob.state --in answer.bin \
  --out bob-response.bin
step 'sender opens the answer' bob-answer.bin "$twoway" open-response --state multi/bob.state \
  --in bob-response.bin --out bob-answer.bin
why 'Each has a key of its own for the same request, and answers for itself.'

if "$twoway" keygen --kem mlkem768-x25519 --out pq.pem 2>said; then
  title 'An exchange that a quantum computer will not open later'
  mv gateway.ohttp-keys first.ohttp-keys
  step 'the list with a hybrid key' gateway.ohttp-keys "$twoway" config --key 1=p256.pem \
    --key 3=pq.pem --out gateway.ohttp-keys
  choice='--key-id 3'
  exchange hybrid --key 1=p256.pem --key 3=pq.pem
  "$twoway" inspect hybrid-request.bin | grep -q 'kem  *mlkem768-x25519' ||
    fail 'the request is not for the hybrid key'
  why 'ML-KEM-768 and X25519 together: who wants to read it must break both.'
fi

title 'What is refused'
flip_bit first-request.bin flipped.bin 4000000
refused 'a request with one flipped bit' \
  "$twoway" open-request --key 2=x25519.pem --in flipped.bin --state wrong.state
why 'Changes on the way are noticed, wherever they are.'
"$twoway" keygen --kem x25519 --out other.pem || fail 'keygen'
refused 'a request opened with a wrong key' \
  "$twoway" open-request --key 2=other.pem --in first-request.bin --state wrong.state
why 'Only the private key that belongs to the published one opens it.'
refused 'a request taken for another media type' \
  "$twoway" open-request --key 2=x25519.pem --in first-request.bin --state wrong.state \
  --media-type text/plain
why 'What the bytes are is sealed with them, so they cannot be passed off as something else.'
dd if=first-request.bin of=short.bin bs=4000000 count=1 2>said || fail 'dd'
refused 'a request that was cut short' \
  "$twoway" open-request --key 2=x25519.pem --in short.bin --state wrong.state
dd if=stream.bin of=short-stream.bin bs=4000000 count=1 2>said || fail 'dd'
refused 'a stream that was cut short' \
  "$twoway" open-request --chunked --key 1=p256.pem --in short-stream.bin --state wrong.state
why 'A part of a message is never taken for the whole.'
refused "bob's answer taken for alice's" \
  "$twoway" open-response --state multi/alice.state --in bob-response.bin
refused 'the response to another request' \
  "$twoway" open-response --state first-sender.state --in second-response.bin
why 'A response answers one request: it cannot be swapped for another.'
why "The program said: $(cat said)"

step 'and the true response still opens' again.bin \
  "$twoway" open-response --state first-sender.state --in first-response.bin --out again.bin
same answer.bin again.bin

for file in .twoway-*; do
  [ ! -e "$file" ] || fail "a temporary file is left: $file"
done
printf '\n%sAll as told.%s\n' "$good" "$plain"
