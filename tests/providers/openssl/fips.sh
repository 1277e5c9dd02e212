#!/bin/sh
# Runs the tests of OpenSSL's FIPS module, which is installed into a temporary folder.
#   sh fips.sh MODULE PROGRAM
# Ends with 77 if the system does not have the module.
set -eu
module=$1 program=$2

if [ ! -f "$module" ]; then
  echo "skipped: there is no FIPS module of OpenSSL: $module"
  exit 77
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
openssl fipsinstall -quiet -module "$module" -out "$folder/module.cnf"
cat >"$folder/openssl.cnf" <<CONF
openssl_conf = init
[init]
providers = providers
[providers]
fips = fips_sect
base = active
default = active
[active]
activate = 1
.include $folder/module.cnf
CONF
TWOWAY_FIPS_CONF=$folder/openssl.cnf "$program"
