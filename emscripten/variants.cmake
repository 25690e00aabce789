# The table of WebAssembly variants: one line each, and nothing else names them. The scripts read
# the same lines.
#
#   sotto_variant(NAME SIMD backend-of-src/simd [OPTIONS compile-and-link options ...])
#
# A build is configured for the one that SOTTO_VARIANT names; afterwards SOTTO_VARIANT_SIMD and
# SOTTO_VARIANT_OPTIONS hold its columns, and SOTTO_VARIANT_THREADS whether it has -pthread.

set(SOTTO_VARIANT "" CACHE STRING "Which variant of emscripten/variants.cmake to build")
set(SOTTO_VARIANTS "")

macro(sotto_variant name)
  cmake_parse_arguments(VARIANT "" "SIMD" "OPTIONS" ${ARGN})
  list(APPEND SOTTO_VARIANTS ${name})
  if("${name}" STREQUAL "${SOTTO_VARIANT}")
    set(SOTTO_VARIANT_SIMD ${VARIANT_SIMD})
    set(SOTTO_VARIANT_OPTIONS ${VARIANT_OPTIONS})
  endif()
endmacro()

sotto_variant(scalar SIMD scalar)
sotto_variant(simd128 SIMD wasm128 OPTIONS -msimd128)
sotto_variant(relaxed SIMD relaxed OPTIONS -msimd128 -mrelaxed-simd)
sotto_variant(simd128-mt SIMD wasm128 OPTIONS -msimd128 -pthread)
sotto_variant(relaxed-mt SIMD relaxed OPTIONS -msimd128 -mrelaxed-simd -pthread)

if(NOT SOTTO_VARIANT IN_LIST SOTTO_VARIANTS)
  message(FATAL_ERROR "SOTTO_VARIANT: expected one of ${SOTTO_VARIANTS}, got '${SOTTO_VARIANT}'")
endif()

set(SOTTO_VARIANT_THREADS OFF)
if("-pthread" IN_LIST SOTTO_VARIANT_OPTIONS)
  set(SOTTO_VARIANT_THREADS ON)
endif()
