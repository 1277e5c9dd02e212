#!/bin/sh
# Makes NAME-v2.pem from NAME.pem: the same key as PKCS#8 version 2 (RFC 5958), with an attribute
# (friendlyName), the public key, and for EC also the parameters within ECPrivateKey.
set -eu
cd "$(dirname "$0")"

hex() { od -An -v -tx1 | tr -d ' \n'; }

make() {  # NAME NSK NPK CURVE (empty for RFC 8410 keys)
  public=$(openssl pkey -in "$1.pem" -pubout -outform DER | tail -c "$3" | hex)
  if [ -n "$4" ]; then
    secret=$(openssl pkey -in "$1.pem" -noout -text | sed -n '/^priv:/,/^pub:/p' |
      sed '1d;$d' | tr -d ' :\n')
    secret=$(printf "%0$(($2 * 2))s" "$secret" | tr ' ' 0 | tail -c "$(($2 * 2))")
    algorithm="id=OID:id-ecPublicKey
curve=OID:$4"
    key="OCTWRAP,SEQUENCE:ec"
  else
    secret=$(openssl pkey -in "$1.pem" -outform DER | tail -c "$2" | hex)
    algorithm="id=OID:$(echo "$1" | tr x X)"
    key="OCTWRAP,FORMAT:HEX,OCT:$secret"
  fi
  cat >"$1.cnf" <<CONF
asn1=SEQUENCE:file
[file]
version=INTEGER:1
algorithm=SEQUENCE:algorithm
key=$key
attributes=IMPLICIT:0,SET:attributes
public=IMPLICIT:1,FORMAT:HEX,BITSTRING:$public
[algorithm]
$algorithm
[attributes]
name=SEQUENCE:name
[name]
type=OID:friendlyName
values=SET:values
[values]
value=BMP:sample
[ec]
version=INTEGER:1
secret=FORMAT:HEX,OCT:$secret
parameters=EXPLICIT:0,OID:${4:-prime256v1}
public=EXPLICIT:1,FORMAT:HEX,BITSTRING:$public
CONF
  openssl asn1parse -genconf "$1.cnf" -noout -out "$1.der"
  {
    echo '-----BEGIN PRIVATE KEY-----'
    openssl base64 -in "$1.der"
    echo '-----END PRIVATE KEY-----'
  } >"$1-v2.pem"
  rm "$1.cnf" "$1.der"
}

make p256 32 65 prime256v1
make p384 48 97 secp384r1
make p521 66 133 secp521r1
make x25519 32 32 ''
make x448 56 56 ''
