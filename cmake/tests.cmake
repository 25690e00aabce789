# The tests' programs, for one build of the core each.

# Sources that open tiny.en and the golden figures; the differential tests read them, too.
set(SOTTO_REFERENCE_SOURCES ${CMAKE_SOURCE_DIR}/tests/golden/npy.cc
                            ${CMAKE_SOURCE_DIR}/tests/golden/reference_model.cc)
set(SOTTO_TEST_MAIN ${CMAKE_SOURCE_DIR}/tests/unit/main.cc)
# It holds doctest itself, which the precompiled header would leave out.
set_source_files_properties(${SOTTO_TEST_MAIN} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)

function(sotto_set_up_test name)
  target_compile_options(${name} PRIVATE ${SOTTO_WARNINGS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE SOTTO_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endfunction()

# A program of test cases, whose main.cc is the unit tests'.
function(sotto_set_up_doctest name)
  sotto_set_up_test(${name})
  # -O1 takes half the time to compile; the core that is tested is compiled as ever.
  target_compile_options(${name} PRIVATE -ffp-contract=off -O1)
  target_sources(${name} PRIVATE ${SOTTO_TEST_MAIN})
  target_link_libraries(${name} PRIVATE sotto_dep_doctest)
  # What all tests include, read once: a third of the time that they take to compile.
  target_precompile_headers(${name} PRIVATE <doctest/doctest.h> <algorithm> <cmath> <memory>
                            <span> <string> <vector>)
endfunction()

# The unit tests mirror src/ and need doctest only.
file(GLOB_RECURSE SOTTO_UNIT_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/*.cc)
# The command is built natively only, and so are its tests (native.cmake).
list(FILTER SOTTO_UNIT_SOURCES EXCLUDE REGEX "/tests/unit/cli/")
list(REMOVE_ITEM SOTTO_UNIT_SOURCES ${SOTTO_TEST_MAIN})
function(sotto_add_unit_tests name core)
  add_executable(${name} ${SOTTO_UNIT_SOURCES})
  sotto_set_up_doctest(${name})
  if(EMSCRIPTEN)
    # size_t has 32 bits here only: a shift too far, which the sanitized build cannot see, traps.
    target_compile_options(${name} PRIVATE -fsanitize=shift -fsanitize-trap=shift)
  endif()
  target_link_libraries(${name} PRIVATE ${core})
endfunction()

# What openai-whisper says, held against the engine part by part (tests/golden).
function(sotto_add_golden_tests name core)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/golden/*.cc)
  add_executable(${name} ${sources})
  sotto_set_up_doctest(${name})
  target_link_libraries(${name} PRIVATE ${core})
endfunction()

# The cases of tests/diff for one build of the core. The core's options and definitions stay within:
# whoever links the library sees outcomes only.
function(sotto_add_cases name core)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/diff/*_cases.cc)
  add_library(${name} STATIC ${sources} ${SOTTO_REFERENCE_SOURCES})
  sotto_set_up_test(${name})
  # Kernels that are inlined here must round as they do in the core.
  target_compile_options(${name} PRIVATE ${SOTTO_CORE_OPTIONS})
  target_link_libraries(${name} PRIVATE ${core})
endfunction()

# Runs the cases and writes down what came out, to be compared across builds.
function(sotto_add_dump name cases)
  add_executable(${name} ${CMAKE_SOURCE_DIR}/tests/diff/dump_main.cc)
  sotto_set_up_test(${name})
  target_link_libraries(${name} PRIVATE ${cases})
endfunction()

# The scalar and the vector core in one program.
function(sotto_add_twin_tests name vector_cases)
  # The core's namespace is `sotto`, and the preprocessor gives the scalar one another name, so that
  # its symbols and the vector core's stay apart.
  sotto_add_core(sotto_core_scalar SIMD scalar OPTIONS ${SOTTO_NATIVE_OPTIONS} -Dsotto=sotto_scalar)
  sotto_add_cases(sotto_cases_scalar sotto_core_scalar)
  add_executable(${name} ${CMAKE_SOURCE_DIR}/tests/diff/twin_test.cc)
  sotto_set_up_doctest(${name})
  target_link_libraries(${name} PRIVATE ${vector_cases} sotto_cases_scalar)
endfunction()

# The kernels and their unit tests over another backend than the core's, whose definitions follow.
file(GLOB SOTTO_KERNEL_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/kernels/*.cc
     ${CMAKE_SOURCE_DIR}/src/quant/*.cc
     ${CMAKE_SOURCE_DIR}/src/base/arena.cc ${CMAKE_SOURCE_DIR}/src/base/status.cc)
file(GLOB SOTTO_KERNEL_TESTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/kernels/*.cc
     ${CMAKE_SOURCE_DIR}/tests/unit/simd/*.cc)
function(sotto_add_kernel_tests name)
  add_executable(${name} ${SOTTO_KERNEL_SOURCES} ${SOTTO_KERNEL_TESTS})
  sotto_set_up_doctest(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  target_compile_definitions(${name} PRIVATE ${ARGN})
endfunction()
