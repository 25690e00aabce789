// A part of kernel_cases.h: matrix products.
#pragma once

#include "fuzz/chosen.h"
#include "fuzz/kernel_cases.h"

namespace sotto::fuzz {

// Kernels 0 to 5.
void run_product(int kernel, Chosen& chosen, Outcomes& out);

}  // namespace sotto::fuzz
