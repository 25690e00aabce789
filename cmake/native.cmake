# The native library, command and tests. The kernels run through SIMDe's WebAssembly headers, so
# that what the sanitizers see is what ships.

include(CheckCXXCompilerFlag)
check_cxx_compiler_flag(-march=native SOTTO_HAS_MARCH_NATIVE)
option(SOTTO_NATIVE_CPU "Compile for the processor of this machine" ${SOTTO_HAS_MARCH_NATIVE})
set(SOTTO_NATIVE_OPTIONS "")
if(SOTTO_NATIVE_CPU)
  list(APPEND SOTTO_NATIVE_OPTIONS -march=native)
endif()

sotto_add_core(sotto_core SIMD wasm128 OPTIONS ${SOTTO_NATIVE_OPTIONS})

# The command is a library and its main.cc, so that tests reach its parts.
file(GLOB SOTTO_CLI_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/cli/*.cc)
set(SOTTO_CLI_MAIN ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
list(REMOVE_ITEM SOTTO_CLI_SOURCES ${SOTTO_CLI_MAIN})
add_library(sotto_cli STATIC ${SOTTO_CLI_SOURCES})
target_compile_options(sotto_cli PRIVATE ${SOTTO_WARNINGS})
target_link_libraries(sotto_cli PUBLIC sotto_core sotto_dep_json sotto_dep_cli11 sotto_dep_sndfile)
if(EXISTS ${SOTTO_CLI_MAIN})
  add_executable(sotto ${SOTTO_CLI_MAIN})
  target_compile_options(sotto PRIVATE ${SOTTO_WARNINGS})
  target_link_libraries(sotto PRIVATE sotto_cli)
endif()

if(SOTTO_BUILD_TESTS)
  enable_testing()
  sotto_add_unit_tests(sotto_tests sotto_core)
  file(GLOB SOTTO_CLI_TESTS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/unit/cli/*.cc)
  target_sources(sotto_tests PRIVATE ${SOTTO_CLI_TESTS})
  target_link_libraries(sotto_tests PRIVATE sotto_cli)
  add_test(NAME unit COMMAND sotto_tests)

  include(cmake/tests.cmake)
  sotto_add_golden_tests(sotto_golden sotto_core)
  add_test(NAME golden COMMAND sotto_golden)
  sotto_add_cases(sotto_cases_vector sotto_core)
  sotto_add_dump(sotto_cases sotto_cases_vector)
  sotto_add_twin_tests(sotto_twins sotto_cases_vector)
  add_test(NAME twins COMMAND sotto_twins)
endif()
