# The core: every source below src/ but the command line. sotto_add_core(NAME ...) makes a static
# library of it for one instruction set; what is passed on are compile options and definitions.

file(GLOB_RECURSE SOTTO_CORE_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*.cc)
list(FILTER SOTTO_CORE_SOURCES EXCLUDE REGEX "/src/cli/")

set(SOTTO_WARNINGS -Wall -Wextra -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # GCC 12 sees overlapping copies in std::string's operator+ that are not there (its bug 105651).
  list(APPEND SOTTO_WARNINGS -Wno-restrict)
endif()
# No exceptions cross or leave the core; a * b + c keeps its two roundings, so that the variants
# agree to the bit where they are meant to.
set(SOTTO_CORE_OPTIONS ${SOTTO_WARNINGS} -fno-exceptions -ffp-contract=off)
if(SOTTO_SANITIZE)
  set(SOTTO_SANITIZERS -fsanitize=address,undefined -fno-sanitize-recover=undefined
                       -fno-omit-frame-pointer -g1)
  if(SOTTO_FUZZ)
    # Counts which branches were taken; a fuzzer links the rest by itself (fuzz.cmake). What runs for
    # minutes is worth optimising.
    list(APPEND SOTTO_SANITIZERS -fsanitize=fuzzer-no-link,float-cast-overflow
         -fno-sanitize-recover=float-cast-overflow -O2)
  else()
    # -O1 takes half the time to compile.
    list(APPEND SOTTO_SANITIZERS -O1)
  endif()
  add_compile_options(${SOTTO_SANITIZERS})
  add_link_options(${SOTTO_SANITIZERS})
endif()

# What most of the core includes, read once: half of the time that its files take to compile. The
# fuzzers' build does without, so that a file that lacks one of its includes is noticed.
function(sotto_precompile_std name)
  if(NOT SOTTO_FUZZ)
    target_precompile_headers(${name} PRIVATE <algorithm> <array> <cmath> <cstdint> <cstring>
                              <functional> <memory> <optional> <span> <string> <string_view>
                              <utility> <vector>)
  endif()
endfunction()

# Sources of the core that are compiled for size, by the option for that; wasm.cmake says which.
set(SOTTO_SIZES Oz Os)

# sotto_add_core(NAME SIMD scalar|wasm128 [THREADS] [OPTIONS ...]). THREADS: with the thread pool's
# threads, otherwise everything runs in the caller.
function(sotto_add_core name)
  cmake_parse_arguments(ARG "THREADS" "SIMD" "OPTIONS" ${ARGN})
  string(TOUPPER ${ARG_SIMD} simd)
  add_library(${name}_settings INTERFACE)
  target_include_directories(${name}_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(${name}_settings INTERFACE ${ARG_OPTIONS})
  target_compile_definitions(${name}_settings INTERFACE SOTTO_SIMD_${simd}=1
                             SOTTO_TRACE=$<BOOL:${SOTTO_TRACE}>
                             SOTTO_THREADS=$<BOOL:${ARG_THREADS}>)
  target_link_libraries(${name}_settings INTERFACE sotto_dep_simde)
  if(ARG_THREADS)
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
    target_link_libraries(${name}_settings INTERFACE Threads::Threads)
  endif()

  set(fast ${SOTTO_CORE_SOURCES})
  add_library(${name} STATIC)
  set(parts ${name})
  # Headers are precompiled for one level of optimisation, so that each has a target of its own.
  foreach(size ${SOTTO_SIZES})
    if(SOTTO_SOURCES_${size})
      list(REMOVE_ITEM fast ${SOTTO_SOURCES_${size}})
      add_library(${name}_${size} OBJECT ${SOTTO_SOURCES_${size}})
      target_compile_options(${name}_${size} PRIVATE -${size})
      target_sources(${name} PRIVATE $<TARGET_OBJECTS:${name}_${size}>)
      list(APPEND parts ${name}_${size})
    endif()
  endforeach()
  target_sources(${name} PRIVATE ${fast})
  foreach(part ${parts})
    target_compile_options(${part} PRIVATE ${SOTTO_CORE_OPTIONS})
    target_link_libraries(${part} PUBLIC ${name}_settings
                          PRIVATE sotto_dep_kissfft sotto_dep_xxhash)
    sotto_precompile_std(${part})
  endforeach()
endfunction()
