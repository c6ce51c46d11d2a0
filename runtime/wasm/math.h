/* math.h for WebAssembly, where there is no libm: what a library with vectors calls is an instruction each. */
#ifndef NC_WASM_MATH_H
#define NC_WASM_MATH_H

#define sqrt __builtin_sqrt
#define fabsf __builtin_fabsf

#endif
