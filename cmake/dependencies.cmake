# The C++ libraries that the set-up unpacks below SOTTO_DEPS, as interface targets. Their headers
# count as system headers, so that our warnings stay ours.

function(sotto_header_dependency name directory header)
  add_library(sotto_dep_${name} INTERFACE)
  if(NOT EXISTS "${SOTTO_DEPS}/${directory}/${header}")
    message(FATAL_ERROR "${name}: ${SOTTO_DEPS}/${directory}/${header} is missing; "
                        "run: node scripts/setup.mjs deps")
  endif()
  target_include_directories(sotto_dep_${name} SYSTEM INTERFACE "${SOTTO_DEPS}/${directory}")
endfunction()

sotto_header_dependency(doctest doctest/include doctest/doctest.h)
sotto_header_dependency(xxhash xxhash/include xxhash.h)

# Natively the WebAssembly intrinsics come from SIMDe; Emscripten brings its own.
if(EMSCRIPTEN)
  add_library(sotto_dep_simde INTERFACE)
else()
  sotto_header_dependency(simde simde/include simde/wasm/simd128.h)
  sotto_header_dependency(json nlohmann-json/include nlohmann/json.hpp)
  sotto_header_dependency(cli11 cli11/include CLI/CLI.hpp)

  # The set-up unpacks libsndfile only where the system has none.
  find_path(SOTTO_SNDFILE_INCLUDE sndfile.h HINTS "${SOTTO_DEPS}/sndfile/include" REQUIRED)
  find_library(SOTTO_SNDFILE_LIBRARY sndfile HINTS "${SOTTO_DEPS}/sndfile/lib" REQUIRED)
  get_filename_component(sndfile_directory "${SOTTO_SNDFILE_LIBRARY}" DIRECTORY)
  add_library(sotto_dep_sndfile INTERFACE)
  target_include_directories(sotto_dep_sndfile SYSTEM INTERFACE "${SOTTO_SNDFILE_INCLUDE}")
  # Old-style run paths, because they also lead libsndfile to the codecs beside it.
  target_link_libraries(sotto_dep_sndfile INTERFACE "${SOTTO_SNDFILE_LIBRARY}"
    -Wl,--disable-new-dtags "-Wl,-rpath-link,${sndfile_directory}")
endif()

set(kissfft "${SOTTO_DEPS}/kissfft")
add_library(sotto_dep_kissfft STATIC ${kissfft}/kiss_fft.c ${kissfft}/kiss_fftr.c)
target_include_directories(sotto_dep_kissfft SYSTEM PUBLIC ${kissfft})
target_compile_definitions(sotto_dep_kissfft PUBLIC kiss_fft_scalar=float)
target_compile_options(sotto_dep_kissfft PRIVATE -ffp-contract=off -w)
