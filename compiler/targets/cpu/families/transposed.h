/* Transposed convolutions, and gradients of a convolution's input, which are the same. Each is one ordinary
 * convolution of dy for each residue of the stride (residues.h). */
#ifndef NETC_TARGETS_CPU_FAMILIES_TRANSPOSED_H
#define NETC_TARGETS_CPU_FAMILIES_TRANSPOSED_H

#include "targets/cpu/buffers.h"
#include "targets/cpu/residues.h"

typedef struct Transposed {
    Plan *plan;
    const Kernel *kernel; /* what cpu_expand made: the model of the residues' kernels */
    Buffer *dy, *dx;
    GroupWindow forward, backward;
} Transposed;

/* Adds the kernel of residue (py, px) to the plan, which has taps. */
typedef void AddResidue(Transposed *transposed, Residue y, Residue x, int py, int px);

/* Adds what each residue is, and in front of them what is where no residue reaches. */
void add_residues(Plan *plan, Kernel *kernel, AddResidue *add);

/* "" without a stride, otherwise "_residue_0_1". */
const char *residue_suffix(const Transposed *transposed, int py, int px);

/* One of the residues that an axis has, 0 vertically. */
Residue axis_residue(const Window *window, int axis, const Buffer *dy, const Buffer *dx, int residue);

/* For CONV: adds its kernels; what dy needs around it. */
void layout_conv_residues(Plan *plan, Kernel *kernel);
void border_for_residues(Plan *plan, const Kernel *kernel);

#endif
