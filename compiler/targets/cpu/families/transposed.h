/* Convolutions turned about: the gradient of the input, and transposed convolutions. Each is one ordinary
 * convolution of dy for each phase of the stride (phases.h). */
#ifndef NETC_TARGETS_CPU_FAMILIES_TRANSPOSED_H
#define NETC_TARGETS_CPU_FAMILIES_TRANSPOSED_H

#include "targets/cpu/buffers.h"
#include "targets/cpu/phases.h"

typedef struct Turned {
    Plan *plan;
    const Kernel *kernel; /* what cpu_expand made: the model of the phases' kernels */
    Buffer *dy, *dx;
    GroupWindow forward, backward;
} Turned;

/* Adds the kernel of phase (py, px) to the plan, which has taps. */
typedef void AddPhase(Turned *turned, Phase y, Phase x, int py, int px);

/* Adds what each phase is, and in front of them what is where no phase reaches. */
void add_phases(Plan *plan, Kernel *kernel, AddPhase *add);

/* "" without a stride, otherwise "_phase_0_1". */
const char *phase_suffix(const Turned *turned, int py, int px);

/* One of the phases that an axis has, 0 vertically. */
Phase axis_phase(const Window *window, int axis, const Buffer *dy, const Buffer *dx, int phase);

/* For CONV: adds its kernels; what dy needs around it. */
void layout_conv_phases(Plan *plan, Kernel *kernel);
void border_for_phases(Plan *plan, const Kernel *kernel);

#endif
