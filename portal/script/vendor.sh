#!/bin/sh
# Makes portal/script/vendor from npm packages, or (--check) says whether what stands there is what they give.
#
# The packages' versions and digests stand in vendor/source/package-lock.json, and npm refuses other bytes. Each library is
# bundled into one module without a build step of ours: nothing is patched. Needs npm and the network; building and running
# Handdruk needs neither, because the results are committed, with their digests in vendor/SHA256SUMS.
set -eu
cd "$(dirname "$0")/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp source/* "$work"
(cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --silent)
made="$work/made"
mkdir -p "$made"
# Its install script only picks a faster way to start the same binary, so scripts stay off.
for library in hpke p256 ed25519 toml; do
    (cd "$work" && node_modules/.bin/esbuild "$library.mjs" --bundle --minify --format=esm --target=es2022 \
        --charset=utf8 --legal-comments=none --log-level=warning --outfile="made/$library.js")
done
licences() {
    for package in "$@"; do
        version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$work/node_modules/$package/package.json")
        printf '%s %s\n\n' "$package" "$version"
        cat "$work/node_modules/$package/LICENSE"
        printf '\n'
    done
}
licences @hpke/core @hpke/common > "$made/hpke.LICENSE"
licences @noble/curves @noble/hashes > "$made/p256.LICENSE"
licences @noble/ed25519 > "$made/ed25519.LICENSE"
licences smol-toml > "$made/toml.LICENSE"
(cd "$made" && sha256sum -- *.js *.LICENSE > SHA256SUMS)
if [ "${1:-}" = "--check" ]; then
    for file in "$made"/*; do
        cmp -- "$file" "$(basename "$file")" || { echo "vendor/$(basename "$file") is not what the packages give" >&2; exit 1; }
    done
    echo "vendor/ is what the packages give"
else
    cp -- "$made"/* .
    wc -c -- *.js
fi
