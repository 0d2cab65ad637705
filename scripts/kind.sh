#!/usr/bin/env bash
# kind.sh [options of npm run e2e]: the whole chain with the public charts and images, on a kind cluster in this machine's Docker.
# Needs Linux, Docker, Go, git, curl and Chrome or Chromium. The cluster and the registry beside it are removed at the end, unless
# --keep is among the options.
set -euo pipefail
cd "$(dirname "$0")/.."

# The release of kind, and the node image that it was tested with: the Kubernetes that e2e/ runs on elsewhere.
kind_version=v0.30.0
node_image=kindest/node:v1.33.4@sha256:25a6018e48dfcaee478f4a59af81157a437f15e6e140bf103f85a2e7cd0cbbf2
argocd_version=v3.2.6
argocd_sha256=584769c256b096fabf16173308c8d95dd4c0042d89676638ae22624890a39d44
cluster=kserve-gitops-e2e
registry=kserve-gitops-e2e-registry
port=${KIND_REGISTRY_PORT:-5001}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kserve-gitops-e2e
report=${E2E_FOLDER:-${TMPDIR:-/tmp}/kserve-gitops-e2e}/report.md

# The state of the run; what kind and Docker were asked for is taken back, however it ends.
finish() {
  local code=$?
  trap - EXIT
  if [ -f "$report" ]; then cat "$report" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"; fi
  df -h / | tail -n 1
  case " $* " in
    *' --keep '*) printf 'left: kind cluster and registry; KUBECONFIG=%s\n' "$KUBECONFIG" ;;
    *)
      "$kind" delete cluster --name "$cluster" || true
      docker rm --force --volumes "$registry" >/dev/null || true
      rm -rf "$state"
      ;;
  esac
  exit "$code"
}

install_kind() {
  [ -x "$kind" ] || GOBIN=$(dirname "$kind") go install "sigs.k8s.io/kind@$kind_version"
}

# The one manifest that is applied before Argo CD is there to bring the rest.
fetch_argocd() {
  local folder=$1/argo-cd-$argocd_version
  mkdir -p "$folder"
  curl --fail --silent --show-error --location --retry 3 --output "$folder/core-install.yaml" \
    "https://raw.githubusercontent.com/argoproj/argo-cd/$argocd_version/manifests/core-install.yaml"
  printf '%s  %s\n' "$argocd_sha256" "$folder/core-install.yaml" | sha256sum --check --quiet
}

# Manifests name this repository's images as ghcr.io has them once they are released: the node asks this registry first.
start_registry() {
  docker run --detach --name "$registry" --network kind --publish "127.0.0.1:$port:5000" registry:3.0.0 >/dev/null
  docker exec --interactive "$node" sh -c 'mkdir -p /etc/containerd/certs.d/ghcr.io && cat >/etc/containerd/certs.d/ghcr.io/hosts.toml' <<TOML
server = "https://ghcr.io"
[host."http://$registry:5000"]
capabilities = ["pull", "resolve"]
TOML
}

browser() {
  local name
  for name in google-chrome chromium chromium-browser; do
    if command -v "$name"; then return; fi
  done
}

kind=$cache/kind-$kind_version/kind
node=$cluster-control-plane
install_kind
if "$kind" get clusters | grep -qx "$cluster"; then
  printf 'there is a kind cluster %s: %s delete cluster --name %s\n' "$cluster" "$kind" "$cluster" >&2
  exit 2
fi
state=$(mktemp -d)
export KUBECONFIG=$state/kubeconfig
rm -f "$report"
trap 'finish "$@"' EXIT

fetch_argocd "$state"
"$kind" create cluster --name "$cluster" --image "$node_image" --wait 180s
start_registry
address=$(docker inspect --format '{{(index .NetworkSettings.Networks "kind").Gateway}}' "$node")

export KSERVE_GITOPS_UPSTREAM=$state E2E_ADDRESS=$address E2E_LOAD_BALANCER=node
export E2E_REGISTRY=localhost:$port E2E_BUILDER=docker
export CHROMIUM="${CHROMIUM:-$(browser)}"
# The cluster goes as a whole: nothing is to be taken off it before.
npm run --silent e2e -- --real-charts --keep --report "$report" "$@"
