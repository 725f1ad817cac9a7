#!/usr/bin/env bash
# Fetches the components of the NL Design System that we use from the npm registry, at pinned versions, unchanged.
#
#   look/vendor.sh           fetch again, and write the digests down
#   look/vendor.sh --check   fetch, and fail where a file here is not what the registry has
set -euo pipefail
cd "$(dirname "$0")"

packages=(
  alert-css@4.0.2
  button-css@4.0.1
  form-label-css@3.0.1
  link-css@3.0.1
  skip-link-css@3.0.1
  textarea-css@4.0.1
  textbox-css@4.0.1
)

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/utrecht"
for package in "${packages[@]}"; do
  name=${package%@*}
  # npm compares what it got with the registry's own digest of the package (sha512).
  archive=$(cd "$scratch" && npm pack --silent "@utrecht/$package")
  mkdir "$scratch/$name"
  tar -xzf "$scratch/$archive" -C "$scratch/$name" --strip-components 1
  cp "$scratch/$name/dist/index.css" "$scratch/utrecht/$name.css"
  cp "$scratch/$name/LICENSE.md" "$scratch/utrecht/LICENSE.md"
done
(cd "$scratch/utrecht" && sha256sum -- *.css LICENSE.md > SHA256SUMS)
printf '%s\n' "${packages[@]/#/@utrecht/}" > "$scratch/utrecht/VERSIONS"

if [ "${1:-}" = "--check" ]; then
  diff -r "$scratch/utrecht" vendor/utrecht
  echo "vendor/utrecht is what the registry has"
else
  rm -rf vendor/utrecht
  mkdir -p vendor
  cp -r "$scratch/utrecht" vendor/utrecht
fi
