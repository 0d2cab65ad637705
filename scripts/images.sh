#!/usr/bin/env bash
# images.sh REGISTRY VERSION [--push]: the container image of every folder with a Dockerfile, with an SBOM and provenance
# made by BuildKit. Without --push the images are built and thrown away: that they can be built is what is shown.
set -euo pipefail
cd "$(dirname "$0")/.."
registry=${1:?usage: images.sh REGISTRY VERSION [--push]}
version=${2:?usage: images.sh REGISTRY VERSION [--push]}
push=${3:-}
# Attestations need a builder of its own; docker's default one cannot make them.
docker buildx inspect kserve-gitops >/dev/null 2>&1 || docker buildx create --name kserve-gitops --driver docker-container
for file in predictor/Dockerfile client/Dockerfile; do
  [ -f "$file" ] || continue
  name=$(dirname "$file")
  if [ "$push" = --push ]; then output=(--push); else output=(--output type=cacheonly); fi
  docker buildx build --builder kserve-gitops --file "$file" --tag "$registry/$name:$version" \
    --sbom=true --provenance=mode=max --metadata-file "image-$name.json" "${output[@]}" .
  [ "$push" != --push ] || printf '%s/%s@%s\n' "$registry" "$name" "$(node -p "require('./image-$name.json')['containerimage.digest']")"
done
