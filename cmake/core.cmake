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

# sotto_add_core(NAME SIMD scalar|wasm128 [THREADS] [OPTIONS ...]). THREADS: with the thread pool's
# threads, otherwise everything runs in the caller.
function(sotto_add_core name)
  cmake_parse_arguments(ARG "THREADS" "SIMD" "OPTIONS" ${ARGN})
  add_library(${name} STATIC ${SOTTO_CORE_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_compile_options(${name} PRIVATE ${SOTTO_CORE_OPTIONS})
  target_compile_options(${name} PUBLIC ${ARG_OPTIONS})
  string(TOUPPER ${ARG_SIMD} simd)
  target_compile_definitions(${name} PUBLIC SOTTO_SIMD_${simd}=1 SOTTO_TRACE=$<BOOL:${SOTTO_TRACE}>
                             SOTTO_THREADS=$<BOOL:${ARG_THREADS}>)
  if(ARG_THREADS)
    set(THREADS_PREFER_PTHREAD_FLAG ON)
    find_package(Threads REQUIRED)
    target_link_libraries(${name} PUBLIC Threads::Threads)
  endif()
  target_link_libraries(${name} PUBLIC sotto_dep_simde PRIVATE sotto_dep_kissfft sotto_dep_xxhash)
endfunction()

# The unit tests mirror src/ and need doctest only.
file(GLOB_RECURSE SOTTO_UNIT_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/*.cc)
# The command is built natively only, and so are its tests (native.cmake).
list(FILTER SOTTO_UNIT_SOURCES EXCLUDE REGEX "/tests/unit/cli/")
function(sotto_add_unit_tests name core)
  add_executable(${name} ${SOTTO_UNIT_SOURCES})
  # -O1 takes half the time to compile; what is tested is compiled as ever.
  target_compile_options(${name} PRIVATE ${SOTTO_WARNINGS} -ffp-contract=off -O1)
  if(EMSCRIPTEN)
    # size_t has 32 bits here only: a shift too far, which the sanitized build cannot see, traps.
    target_compile_options(${name} PRIVATE -fsanitize=shift -fsanitize-trap=shift)
  endif()
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE SOTTO_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${core} sotto_dep_doctest)
  # What all tests include, read once: a third of the time that they take to compile.
  target_precompile_headers(${name} PRIVATE <doctest/doctest.h> <algorithm> <cmath> <memory>
                            <span> <string> <vector>)
  # It holds doctest itself, which that header would leave out.
  set_source_files_properties(${CMAKE_SOURCE_DIR}/tests/unit/main.cc
                              PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
