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

file(GLOB SOTTO_CLI_SOURCES CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/cli/*.cc)
if(SOTTO_CLI_SOURCES)
  add_executable(sotto ${SOTTO_CLI_SOURCES})
  target_compile_options(sotto PRIVATE ${SOTTO_WARNINGS})
  target_link_libraries(sotto PRIVATE sotto_core sotto_dep_json sotto_dep_cli11 sotto_dep_sndfile)
endif()

if(SOTTO_BUILD_TESTS)
  enable_testing()
  sotto_add_unit_tests(sotto_tests sotto_core)
  add_test(NAME unit COMMAND sotto_tests)
endif()
