#!/bin/sh
# Install Debian packages: as root, or through sudo, or say what to type.
set -eu
if ! command -v apt-get >/dev/null; then
    echo "Please install with your system's package manager: $*" >&2
    exit 1
fi
run=""
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Please run as root: apt-get install $*" >&2
        exit 1
    fi
    run="sudo"
fi
echo "Installing $* ..."
# Through `env`: sudo hands no variables on.
$run env DEBIAN_FRONTEND=noninteractive apt-get update -qq
$run env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
