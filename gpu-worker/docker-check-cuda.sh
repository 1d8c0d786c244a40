#!/bin/sh
# Checks, while the image is built, that it has the CUDA libraries that onnxruntime's provider was
# built against. Without this check a missing library would show on the first GPU only.
#
# usage: docker-check-cuda.sh PROVIDER_FOLDER
set -eu

provider="$1/libonnxruntime_providers_cuda.so"
if [ ! -f "$provider" ]; then
  echo "$provider is missing: onnxruntime-node's install script did not fetch it" >&2
  exit 1
fi

needed=$(readelf -d "$provider" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
echo "$needed"

missing=""
for library in $needed; do
  case "$library" in
    # Installed beside the provider.
    libonnxruntime_providers_shared.so) [ -f "$1/$library" ] && continue ;;
    # Part of the driver, which the host provides.
    libcuda.so.1) continue ;;
  esac
  ldconfig -p | grep -q "^[[:space:]]*$library " || missing="$missing $library"
done
# Opened by name when the first convolution runs, so the provider need not list it.
ldconfig -p | grep -q "^[[:space:]]*libcudnn.so.9 " || missing="$missing libcudnn.so.9"

if [ -n "$missing" ]; then
  echo "The base image lacks libraries of the CUDA provider:$missing" >&2
  echo "Choose a CUDA_IMAGE of the CUDA major version in their names." >&2
  exit 1
fi
