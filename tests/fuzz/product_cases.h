// A part of kernel_cases.h: products with int8 weights.
#pragma once

#include <vector>

#include "fuzz/chosen.h"
#include "fuzz/kernel_cases.h"
#include "kernels/epilogue.h"

namespace sotto::fuzz {

inline Epilogue epilogue_of(Chosen& chosen) {
  constexpr Epilogue kAll[] = {Epilogue::kStore, Epilogue::kGelu, Epilogue::kResidual};
  return kAll[chosen.from(0, 2)];
}

// Kernels 0 to 3.
void run_gemm(int kernel, Chosen& chosen, std::vector<fuzzed::Outcome>& out);

}  // namespace sotto::fuzz
