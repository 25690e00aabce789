# The kernels at Whisper's shapes as a WebAssembly module (tests/bench/ops), which the benchmark
# loads beside the engine, in Node and in browsers. Kernels are measured on one thread, so the
# variants with threads have no such module.
function(sotto_add_bench name core)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/bench/ops/*.cc)
  add_executable(${name} ${sources})
  set_target_properties(${name} PROPERTIES SUFFIX .mjs)
  target_compile_options(${name} PRIVATE ${SOTTO_CORE_OPTIONS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${core} embind)
  target_link_options(${name} PRIVATE ${SOTTO_VARIANT_OPTIONS} ${SOTTO_WASM_MEMORY}
    ${SOTTO_WASM_GLUE})
endfunction()
