/* The CPU target's passes, in the order driver.c calls them. Each file's head says what it needs and what it
 * guarantees. */
#ifndef NETC_TARGETS_CPU_CPU_H
#define NETC_TARGETS_CPU_CPU_H

#include "targets/cpu/plan.h"

/* What the CPU's kernels take in behind what they compute. */
Fuses cpu_fuses;

/* A plan without kernels yet. `training`: NULL; or, of a graph of evaluation mode, the plan of training, which goes
 * through each further pass before the plan made here does. */
Plan *cpu_plan(const KernelGraph *kernels, Plan *training);

/* Chooses the group, the slices and the family of each kernel. `test_size`: samples of a batch in evaluation, 0
 * without. `exact`: only such as multiply the pairs that the definition multiplies. */
void cpu_choose(Plan *plan, int batch_size, int test_size, bool exact);

/* Makes the plan's kernels of those of the graph, as they were chosen. */
void cpu_expand(Plan *plan);

/* Gives every value its place in memory: channels-last, padded, with the borders its readers need. */
void cpu_layout(Plan *plan);

/* Puts the kernels in order and cuts them into sweeps, between which threads wait for each other. */
void cpu_sweeps(Plan *plan);

/* Chooses the tile of each kernel. */
void cpu_schedule(Plan *plan);

/* Packs the buffers of a thread, and those that go from sweep to sweep, by lifetime; places parameters and derived
 * layouts. */
void cpu_place(Plan *plan);

/* Gives kernels that compute the same one C function. */
void cpu_share(Plan *plan);

#endif
