# One WebAssembly variant (SOTTO_VARIANT): the module that the package loads, and the unit tests
# compiled the same way for Node.

# Nobody asks for the type of an object at run time; Embind then shows no C++ names in its errors.
# Tests and all must agree on it, as they derive from the core's classes.
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>)
add_compile_definitions(EMSCRIPTEN_HAS_UNBOUND_TYPE_NAMES=0)
add_link_options(-fno-rtti)

# What computes is compiled for speed, the rest for a quick download.
set(SOTTO_SOURCES_Oz ${SOTTO_CORE_SOURCES})
list(FILTER SOTTO_SOURCES_Oz INCLUDE REGEX
     "/src/(decode|engine|io|stream|text|vad|audio|quant)/|/src/model/(weight|decoder|kv_c|cross)")
list(FILTER SOTTO_SOURCES_Oz EXCLUDE REGEX "/src/quant/(pack|dequantize|split)|\
/src/decode/(logits_rules|probability)|/src/vad/silero\\.|/src/audio/(log_mel|resample)")
# What runs once at load, or on little: -Oz would keep its loops from being vectors.
set(SOTTO_SOURCES_Os ${SOTTO_CORE_SOURCES})
list(FILTER SOTTO_SOURCES_Os INCLUDE REGEX
     "/src/vad/silero\\.|/src/audio/(log_mel|resample)|/src/quant/(dequantize|pack_k)|\
/src/base/|/src/kernels/(lstm|sigm|median|norm)")
file(GLOB SOTTO_BINDINGS CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/emscripten/*.cc)

if(SOTTO_VARIANT_THREADS)
  # Whatever is linked into shared memory must be compiled for it.
  target_compile_options(sotto_dep_kissfft PRIVATE -pthread)
  set(threads THREADS)
endif()
sotto_add_core(sotto_core SIMD ${SOTTO_VARIANT_SIMD} ${threads} OPTIONS ${SOTTO_VARIANT_OPTIONS})

set(SOTTO_WASM_MEMORY
  -sALLOW_MEMORY_GROWTH=1
  # By as much as is asked for, or 1 MB: a fifth of all memory, the default, would be 16 MB for the few
  # kilobytes of words that an hour of captions leaves behind.
  -sMEMORY_GROWTH_LINEAR_STEP=1048576
  # Emscripten's 64 KB are too small for kernels that keep tiles on the stack.
  -sSTACK_SIZE=512KB)
if(SOTTO_VARIANT_THREADS)
  list(APPEND SOTTO_WASM_MEMORY
    # Shared memory cannot move when it grows, so that engines reserve all of it at the start, and
    # some (iOS) refuse 4 GB. The largest Whisper needs 1.7 GB in int8.
    -sMAXIMUM_MEMORY=2GB
    -sDEFAULT_PTHREAD_STACK_SIZE=512KB
    # Memory seldom grows, and JavaScript looks for its new size at each access.
    -Wno-pthreads-mem-growth)
else()
  # All that 32-bit addresses reach: the larger models need it.
  list(APPEND SOTTO_WASM_MEMORY -sMAXIMUM_MEMORY=4GB)
endif()

set(SOTTO_WASM_GLUE
  -sMODULARIZE=1 -sEXPORT_ES6=1 -sEXPORT_NAME=createModule
  # The package compiles the .wasm itself and passes instantiateWasm, in Node too; without
  # Node's branches in the glue, bundlers have nothing to trip over.
  -sENVIRONMENT=web,worker
  # Nor over the .wasm under the name that it has here, which is not the package's; the workers of
  # threads are started by the package, too (web/thread_workers.ts).
  -sUSE_ES6_IMPORT_META=0
  -sINCOMING_MODULE_JS_API=instantiateWasm,print,printErr,onAbort
  # No new Function: the package also works under a strict content security policy.
  -sDYNAMIC_EXECUTION=0
  # Models and audio come as bytes; there are no files.
  -sFILESYSTEM=0
  # What is large lives in arenas, and little else is allocated: the small allocator will do.
  -sMALLOC=emmalloc)

if(SOTTO_BINDINGS)
  set(module sotto-${SOTTO_VARIANT})
  add_executable(${module} ${SOTTO_BINDINGS})
  set_target_properties(${module} PROPERTIES SUFFIX .mjs)
  target_compile_options(${module} PRIVATE ${SOTTO_WARNINGS} -fno-exceptions -Oz)
  target_compile_definitions(${module} PRIVATE SOTTO_VARIANT="${SOTTO_VARIANT}")
  target_link_libraries(${module} PRIVATE sotto_core embind)
  target_link_options(${module} PRIVATE ${SOTTO_VARIANT_OPTIONS} ${SOTTO_WASM_MEMORY}
    ${SOTTO_WASM_GLUE}
    # What the compiler made fast stays so; Binaryen need not inline what is called seldom. -Oz would
    # bring in a C library that fills and copies memory byte by byte: a model loaded in twice the time.
    -Os)
  if(NOT SOTTO_VARIANT_SIMD STREQUAL "scalar")
    # Every browser that has SIMD fills and copies memory in one instruction.
    target_link_options(${module} PRIVATE -mbulk-memory)
  endif()
  if(SOTTO_VARIANT_THREADS)
    target_link_options(${module} PRIVATE
      # By it the package adds the workers that it started.
      -sEXPORTED_RUNTIME_METHODS=PThread
      # No more than those; the pool of the core then does with fewer.
      -sPTHREAD_POOL_SIZE_STRICT=2)
  endif()
endif()

if(NOT SOTTO_VARIANT_THREADS)
  include(cmake/bench.cmake)
  sotto_add_bench(sotto-bench-${SOTTO_VARIANT} sotto_core)
endif()

if(SOTTO_BUILD_TESTS)
  include(cmake/tests.cmake)
  sotto_add_unit_tests(sotto_tests sotto_core)
  set(tests sotto_tests)
  # Threads give the same bits, which a unit test asserts, so that the whole model runs without; and
  # so does scalar code, which the cases show.
  if(NOT SOTTO_VARIANT_THREADS)
    if(NOT SOTTO_VARIANT_SIMD STREQUAL "scalar")
      sotto_add_golden_tests(sotto_golden sotto_core)
      list(APPEND tests sotto_golden)
    endif()
    sotto_add_cases(sotto_cases_variant sotto_core)
    sotto_add_dump(sotto_cases sotto_cases_variant)
    list(APPEND tests sotto_cases)
  endif()
  foreach(test ${tests})
    set_target_properties(${test} PROPERTIES SUFFIX .cjs)
    # doctest ends a test case by an exception; the core itself is compiled without them.
    target_compile_options(${test} PRIVATE -fexceptions)
    target_link_options(${test} PRIVATE ${SOTTO_VARIANT_OPTIONS} ${SOTTO_WASM_MEMORY}
      -fexceptions -sENVIRONMENT=node -sEXIT_RUNTIME=1
      # What the compiler made fast stays so: Binaryen's passes over it take a minute.
      -O1
      # The tests read the project's files.
      -sNODERAWFS=1)
    if(SOTTO_VARIANT_THREADS)
      # As many as tests ask for at a time; Node makes more when it must.
      target_link_options(${test} PRIVATE -sPTHREAD_POOL_SIZE=4)
    endif()
  endforeach()
endif()
