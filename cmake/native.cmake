# The native library, command and tests. The kernels run through SIMDe's WebAssembly headers, so
# that what the sanitizers see is what ships.

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native SOTTO_HAS_MARCH_NATIVE)
option(SOTTO_NATIVE_CPU "Compile for the processor of this machine" ${SOTTO_HAS_MARCH_NATIVE})
set(SOTTO_NATIVE_OPTIONS "")
if(SOTTO_NATIVE_CPU)
  list(APPEND SOTTO_NATIVE_OPTIONS -march=native)
endif()

sotto_add_core(sotto_core SIMD wasm128 THREADS OPTIONS ${SOTTO_NATIVE_OPTIONS})

# The command is a library and its main.cc, so that tests reach its parts.
file(GLOB SOTTO_CLI_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/cli/*.cc)
set(SOTTO_CLI_MAIN ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
list(REMOVE_ITEM SOTTO_CLI_SOURCES ${SOTTO_CLI_MAIN})
# What reads folders of models, which fuzzers feed, too.
set(SOTTO_FOLDER_SOURCES ${CMAKE_SOURCE_DIR}/src/cli/model_path.cc
    ${CMAKE_SOURCE_DIR}/src/cli/vocabulary_files.cc)
list(REMOVE_ITEM SOTTO_CLI_SOURCES ${SOTTO_FOLDER_SOURCES})
add_library(sotto_folders STATIC ${SOTTO_FOLDER_SOURCES})
target_compile_options(sotto_folders PRIVATE ${SOTTO_WARNINGS})
target_link_libraries(sotto_folders PUBLIC sotto_core sotto_dep_json)
add_library(sotto_cli STATIC ${SOTTO_CLI_SOURCES})
target_compile_options(sotto_cli PRIVATE ${SOTTO_WARNINGS})
# It has all of CLI11's templates, whose optimisation takes longer than they ever run.
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/cli/flags.cc PROPERTIES COMPILE_OPTIONS -O0)
target_link_libraries(sotto_cli PUBLIC sotto_folders sotto_dep_cli11 sotto_dep_sndfile)
if(EXISTS ${SOTTO_CLI_MAIN})
  add_executable(sotto ${SOTTO_CLI_MAIN})
  target_compile_options(sotto PRIVATE ${SOTTO_WARNINGS})
  target_link_libraries(sotto PRIVATE sotto_cli)
endif()

if(SOTTO_BUILD_TESTS)
  enable_testing()
  include(cmake/tests.cmake)
  sotto_add_unit_tests(sotto_tests sotto_core)
  file(GLOB SOTTO_CLI_TESTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/cli/*.cc)
  # What fuzzers feed, on seeds and on what they found before (tests/fuzz/corpus_test.cc).
  file(GLOB SOTTO_FUZZ_TARGETS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/fuzz/*_fuzzer.cc)
  list(FILTER SOTTO_FUZZ_TARGETS EXCLUDE REGEX "/kernels_fuzzer.cc$")
  foreach(part corpus_test model_target runs seeds)
    list(APPEND SOTTO_FUZZ_TARGETS ${CMAKE_SOURCE_DIR}/tests/fuzz/${part}.cc)
  endforeach()
  target_sources(sotto_tests PRIVATE ${SOTTO_CLI_TESTS} ${SOTTO_FUZZ_TARGETS})
  target_link_libraries(sotto_tests PRIVATE sotto_cli)
  add_test(NAME unit COMMAND sotto_tests)

  sotto_add_golden_tests(sotto_golden sotto_core)
  add_test(NAME golden COMMAND sotto_golden)
  sotto_add_cases(sotto_cases_vector sotto_core)
  sotto_add_dump(sotto_cases sotto_cases_vector)
  sotto_add_twin_tests(sotto_twins sotto_cases_vector)
  add_test(NAME twins COMMAND sotto_twins)
  # The emulated inner products of processors are named as in sotto::simd::DotFlavour.
  foreach(flavour Unsigned Signed PairSaturating)
    sotto_add_kernel_tests(sotto_kernels_${flavour} SOTTO_SIMD_EMULATED=1
                           SOTTO_EMULATED_FLAVOUR=k${flavour})
  endforeach()
  # For the sanitizers: the twins hold scalar against vector code in full.
  sotto_add_kernel_tests(sotto_kernels_scalar SOTTO_SIMD_SCALAR=1)
  set_target_properties(sotto_kernels_scalar PROPERTIES EXCLUDE_FROM_ALL ON)
endif()

if(SOTTO_FUZZ)
  include(cmake/fuzz.cmake)
endif()
