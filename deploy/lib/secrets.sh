# shellcheck shell=bash
# The secrets of a local run, made once by openssl and kept under .run/secrets: the key that signs
# development tokens and its public half as a JWKS file, one development token, and the key that
# encrypts the keys of persons. None of them is for anything but this machine.

SECRET_SIGNING_KEY=$RUN_DIR/secrets/signing_key.pem
SECRET_JWKS=$RUN_DIR/secrets/jwks.json
SECRET_TOKEN=$RUN_DIR/secrets/dev_token.jwt
SECRET_PERSONS_KEK=$RUN_DIR/secrets/persons_kek.bin
SECRET_PROVIDER=$RUN_DIR/secrets/provider.txt # What the simulated providers know us by.
TOKEN_WHO='{"iss":"encours-dev","aud":"encours","sub":"dev"'
TOKEN_MAY='"roles":["admin"],"tenants":["*"]'
TOKEN_EXPIRES=4102444800 # 2100-01-01

base64url() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }

# hex_bytes HEX: the bytes themselves.
hex_bytes() {
  local hex=$1 escaped=
  while [[ -n $hex ]]; do
    escaped+="\\x${hex:0:2}"
    hex=${hex:2}
  done
  printf '%b' "$escaped"
}

# secrets_make: what is missing only. A file is made whole under another name, then moved.
secrets_make() {
  local old_mask
  old_mask=$(umask)
  umask 077
  if [[ ! -f $SECRET_PERSONS_KEK ]]; then
    openssl rand -out "$SECRET_PERSONS_KEK.new" 32
    mv "$SECRET_PERSONS_KEK.new" "$SECRET_PERSONS_KEK"
  fi
  if [[ ! -f $SECRET_PROVIDER ]]; then say "simulator:simulator" > "$SECRET_PROVIDER"; fi
  if [[ ! -f $SECRET_SIGNING_KEY ]]; then
    openssl ecparam -name prime256v1 -genkey -noout -out "$SECRET_SIGNING_KEY.new"
    mv "$SECRET_SIGNING_KEY.new" "$SECRET_SIGNING_KEY"
    rm -f "$SECRET_JWKS" "$SECRET_TOKEN"
  fi
  if [[ ! -f $SECRET_JWKS ]]; then secret_write "$SECRET_JWKS" secret_jwks; fi
  if [[ ! -f $SECRET_TOKEN ]]; then
    secret_write "$SECRET_TOKEN" secret_token "$TOKEN_WHO,$TOKEN_MAY,\"exp\":$TOKEN_EXPIRES}"
  fi
  umask "$old_mask"
}

secret_write() {
  local file=$1
  shift
  "$@" > "$file.new"
  mv "$file.new" "$file"
}

# The last 64 bytes of an uncompressed P-256 public key are its two coordinates.
secret_point() { # FIRST: the 32 bytes from there on, counted from 1
  openssl ec -in "$SECRET_SIGNING_KEY" -pubout -outform DER 2> /dev/null | tail -c 64 |
    tail -c "+$1" | head -c 32 | base64url
}

secret_jwks() {
  printf '{"keys":[{"kty":"EC","crv":"P-256","alg":"ES256","use":"sig","kid":"dev",'
  printf '"x":"%s","y":"%s"}]}\n' "$(secret_point 1)" "$(secret_point 33)"
}

# secret_token CLAIMS: a JWT signed with ES256. openssl gives the signature as two DER integers;
# a JWT wants both as 32 bytes, left padded.
secret_token() {
  local head body der part signature=
  head=$(printf '{"alg":"ES256","typ":"JWT","kid":"dev"}' | base64url)
  body=$(printf '%s' "$1" | base64url)
  der=$(mktemp "$RUN_DIR/secrets/signature.XXXXXX")
  printf '%s.%s' "$head" "$body" | openssl dgst -sha256 -sign "$SECRET_SIGNING_KEY" > "$der"
  for part in $(openssl asn1parse -inform DER -in "$der" | sed -n 's/.*INTEGER *://p'); do
    part=$(printf '%64s' "$part" | tr ' ' '0')
    signature+=${part: -64}
  done
  rm -f "$der"
  [[ ${#signature} -eq 128 ]] || fail "openssl gave a signature that is not ES256"
  printf '%s.%s.%s\n' "$head" "$body" "$(hex_bytes "$signature" | base64url)"
}
