/* Element-wise kernels: loops over rows of floats. */
#ifndef NETC_TARGETS_CPU_FAMILIES_ROWS_H
#define NETC_TARGETS_CPU_FAMILIES_ROWS_H

#include "targets/cpu/emit/kernel_text.h"

/* Rows of `length` floats: `vector` is the statement for the VL floats from i, `scalar` for float i of the rest. */
void over_rows(KernelText *k, int rows_dim, int length_dim, const char *vector, const char *scalar);

/* "x + r * 64 + i" and "x[r * 64 + i]" */
typedef struct RowElement {
    const char *address, *value;
} RowElement;

RowElement row_element(KernelText *k, const char *name, int rows_dim, int row);

#endif
