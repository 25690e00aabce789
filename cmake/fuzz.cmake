# The fuzzers of tests/fuzz, built by the preset native-fuzz with clang's libFuzzer and sanitizers.
if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  message(FATAL_ERROR "SOTTO_FUZZ wants clang, whose -fsanitize=fuzzer links libFuzzer")
endif()

include(cmake/tests.cmake)  # the list of the kernels

file(GLOB SOTTO_FUZZ_FIXTURES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/io/*_fixture.cc
     ${CMAKE_SOURCE_DIR}/tests/unit/io/*_fixtures.cc ${CMAKE_SOURCE_DIR}/tests/unit/io/fixture_*.cc)

function(sotto_set_up_fuzzer name)
  target_compile_options(${name} PRIVATE ${SOTTO_WARNINGS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
endfunction()

add_library(sotto_fuzz_support STATIC ${CMAKE_SOURCE_DIR}/tests/fuzz/model_target.cc
            ${CMAKE_SOURCE_DIR}/tests/fuzz/runs.cc)
sotto_set_up_fuzzer(sotto_fuzz_support)
target_link_libraries(sotto_fuzz_support PUBLIC sotto_folders)

# Writes what the others begin with.
add_executable(sotto_fuzz_seeds ${CMAKE_SOURCE_DIR}/tests/fuzz/seeds_main.cc
               ${CMAKE_SOURCE_DIR}/tests/fuzz/seeds.cc ${SOTTO_FUZZ_FIXTURES})
sotto_set_up_fuzzer(sotto_fuzz_seeds)
target_link_libraries(sotto_fuzz_seeds PRIVATE sotto_fuzz_support sotto_dep_doctest)

foreach(reader ggml ct2 sotto safetensors wav tokenizer config)
  add_executable(fuzz_${reader} ${CMAKE_SOURCE_DIR}/tests/fuzz/${reader}_fuzzer.cc)
  sotto_set_up_fuzzer(fuzz_${reader})
  target_compile_definitions(fuzz_${reader} PRIVATE SOTTO_FUZZ_ENTRY)
  target_link_options(fuzz_${reader} PRIVATE -fsanitize=fuzzer)
  target_link_libraries(fuzz_${reader} PRIVATE sotto_fuzz_support)
endforeach()

# The kernels of every backend in one program: scalar, wasm128, and the emulated inner products of
# other processors, each under its own name for the namespace.
set(SOTTO_FUZZ_KERNELS ${CMAKE_SOURCE_DIR}/tests/fuzz/kernel_cases.cc
    ${CMAKE_SOURCE_DIR}/tests/fuzz/attention_cases.cc ${CMAKE_SOURCE_DIR}/tests/fuzz/product_cases.cc
    ${SOTTO_KERNEL_SOURCES})
function(sotto_add_fuzzed_kernels name)
  add_library(${name} STATIC ${SOTTO_FUZZ_KERNELS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/tests)
  target_compile_options(${name} PRIVATE ${SOTTO_CORE_OPTIONS} ${SOTTO_NATIVE_OPTIONS})
  target_compile_definitions(${name} PRIVATE ${ARGN})
  target_link_libraries(${name} PRIVATE sotto_dep_simde)
endfunction()

add_executable(fuzz_kernels ${CMAKE_SOURCE_DIR}/tests/fuzz/kernels_fuzzer.cc)
sotto_set_up_fuzzer(fuzz_kernels)
target_link_options(fuzz_kernels PRIVATE -fsanitize=fuzzer)
sotto_add_fuzzed_kernels(sotto_fuzzed_vector SOTTO_SIMD_WASM128=1)
sotto_add_fuzzed_kernels(sotto_fuzzed_scalar SOTTO_SIMD_SCALAR=1 sotto=sotto_scalar)
target_link_libraries(fuzz_kernels PRIVATE sotto_fuzzed_vector sotto_fuzzed_scalar)
foreach(flavour kUnsigned kSigned kPairSaturating)
  sotto_add_fuzzed_kernels(sotto_fuzzed_${flavour} SOTTO_SIMD_EMULATED=1
                           SOTTO_EMULATED_FLAVOUR=${flavour} sotto=sotto_${flavour})
  target_link_libraries(fuzz_kernels PRIVATE sotto_fuzzed_${flavour})
endforeach()
