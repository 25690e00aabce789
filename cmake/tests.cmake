# Tests that run the whole model, beside the units of core.cmake.

# What openai-whisper says, held against the engine layer by layer (tests/golden).
set(SOTTO_GOLDEN_SUPPORT ${CMAKE_SOURCE_DIR}/tests/golden/npy.cc
                         ${CMAKE_SOURCE_DIR}/tests/golden/reference_model.cc)

function(sotto_test_program name)
  target_compile_options(${name} PRIVATE ${SOTTO_WARNINGS})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE SOTTO_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
endfunction()

function(sotto_add_golden_tests name core)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/golden/*.cc)
  add_executable(${name} ${sources} ${CMAKE_SOURCE_DIR}/tests/unit/main.cc)
  sotto_test_program(${name})
  target_link_libraries(${name} PRIVATE ${core} sotto_dep_doctest)
endfunction()
