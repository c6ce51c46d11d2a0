/* Element-wise kernels: loops over rows of floats, and how such kernels are laid out. */
#ifndef NETC_TARGETS_CPU_FAMILIES_ROWS_H
#define NETC_TARGETS_CPU_FAMILIES_ROWS_H

#include "targets/cpu/families/family.h"
#include "targets/cpu/families/kernel_text.h"

/* `length` floats: `vector` is the statement for the VL floats from i, `scalar` for float i of the rest. And rows of
 * so many. */
void over_floats(KernelText *k, int length_dim, const char *vector, const char *scalar);
void over_rows(KernelText *k, int rows_dim, int length_dim, const char *vector, const char *scalar);

/* "x + r * 64 + i" and "x[r * 64 + i]" */
typedef struct RowElement {
    const char *address, *value;
} RowElement;

RowElement row_element(KernelText *k, const char *name, int rows_dim, int row);

/* Lays out a kernel whose dimensions begin with rows, length, then a row's distance for each operand. */
void layout_rows(Plan *plan, Kernel *kernel);

/* Cuts such a kernel along its rows. */
bool cut_rows(Kernel *kernel, Grid grid);

/* The same for the gradient of an activation that goes along with the parts in which its dy is made. */
void layout_rows_in_parts(Plan *plan, Kernel *kernel);

#endif
