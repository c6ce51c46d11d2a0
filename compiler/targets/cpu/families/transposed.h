/* Transposed convolutions, and gradients of a convolution's input, which are the same. Each is one ordinary
 * convolution of dy for each residue of the stride (residues.h). */
#ifndef NETC_TARGETS_CPU_FAMILIES_TRANSPOSED_H
#define NETC_TARGETS_CPU_FAMILIES_TRANSPOSED_H

#include "targets/cpu/buffers.h"
#include "targets/cpu/residues.h"

/* Adds a kernel for each residue that has taps. Some positions may be in none: then it adds one in front of them, which
 * sets all positions to the bias. */
void expand_residues(Plan *plan, Kernel *kernel);

/* Widens dy by what the kernels of all residues read around it. */
void border_for_residues(Plan *plan, const Kernel *kernel);

/* The residue that a kernel makes of an axis, 0 vertically. */
Residue kernel_residue(const Kernel *kernel, int axis);

/* Where in dx the first position of its residues lies. */
Operand place_of_residue(const Kernel *kernel, Buffer *dx);

/* For CONV. */
void layout_conv_residue(Plan *plan, Kernel *kernel);

#endif
