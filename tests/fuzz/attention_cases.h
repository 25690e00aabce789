// A part of kernel_cases.h: attention and what it is made of.
#pragma once

#include "fuzz/chosen.h"
#include "fuzz/kernel_cases.h"

namespace sotto::fuzz {

// Kernels 0 to 3.
void run_attention(int kernel, Chosen& chosen, Outcomes& out);

}  // namespace sotto::fuzz
