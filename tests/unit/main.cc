// The entry point of the unit tests, natively and in each WebAssembly variant.
#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
