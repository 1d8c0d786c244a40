#!/bin/sh
# Run by the Dockerfile: do the CUDA libraries that onnxruntime's provider was built against exist
# in this image? A provider whose libraries are missing would only fail on the first GPU.
#
# usage: docker-check-cuda.sh FOLDER_OF_THE_PROVIDER
set -eu

provider="$1/libonnxruntime_providers_cuda.so"
if [ ! -f "$provider" ]; then
  echo "$provider is not there: onnxruntime-node's install script did not fetch it" >&2
  exit 1
fi

needed=$(readelf -d "$provider" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
echo "$needed"

missing=""
for library in $needed; do
  case "$library" in
    # Lies beside the provider.
    libonnxruntime_providers_shared.so) [ -f "$1/$library" ] && continue ;;
    # The driver's, which the host lends to the container.
    libcuda.so.1) continue ;;
  esac
  ldconfig -p | grep -q "^[[:space:]]*$library " || missing="$missing $library"
done
# Opened by name when the first convolution runs, so it need not be among those above.
ldconfig -p | grep -q "^[[:space:]]*libcudnn.so.9 " || missing="$missing libcudnn.so.9"

if [ -n "$missing" ]; then
  echo "This base image lacks what the CUDA provider needs:$missing" >&2
  echo "Choose the CUDA_IMAGE whose CUDA major version is in those names." >&2
  exit 1
fi
