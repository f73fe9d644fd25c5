#!/bin/sh
# Removes what other kinds of machines need from a folder of packages: ONNX Runtime brings its libraries for all of them.
#   trim.sh node_modules
set -eu
kind="$(node -p 'process.platform + "/" + process.arch')"
for folder in "$1"/onnxruntime-node/bin/napi-v*/*/*; do
  case "$folder" in
    */"$kind") ;;
    *) rm -r "$folder" ;;
  esac
done
