/* What the work of a plan is estimated to take, by shapes alone: in multiply-adds that a core does meanwhile. */
#ifndef NETC_TARGETS_CPU_ESTIMATE_H
#define NETC_TARGETS_CPU_ESTIMATE_H

#include "targets/cpu/plan.h"

/* What threads wait for each other at a barrier, and what it takes to fetch a task. */
enum { BARRIER_COST = 40 << 10, TASK_COST = 4 << 10 };

/* The tasks between two barriers are expected to be shared by as many threads as this. */
enum { WANTED_THREADS = 16 };

/* A call of a kernel for `samples` samples, or a part of it where it has parts: its arithmetic, and what it reads and
 * writes. */
double kernel_cost(const Kernel *kernel, int64_t samples);

/* What of that is spared where `before` has just gone through the same samples, or is a part like it: what both have is
 * still in a near cache. */
double kernel_spared(const Kernel *before, const Kernel *kernel, int64_t samples);

/* The shards of a whole batch. */
int64_t plan_shards(const Plan *plan);

/* The time of one thread for a step of the whole batch, or its forward pass, over that of so many threads, with all
 * waits. In training, parameters learn at the end of a step. */
double plan_speedup(const Plan *plan, int threads, bool forward);

/* A task of a phase, or its forward kernels alone. */
double phase_task_cost(const Plan *plan, const Phase *phase, bool forward);

/* The time of a step on one thread. */
double plan_cost(const Plan *plan);

#endif
