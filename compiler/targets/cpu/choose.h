/* What cpu_choose decides of each kernel of a KernelGraph, and cpu_expand carries out. */
#ifndef NETC_TARGETS_CPU_CHOOSE_H
#define NETC_TARGETS_CPU_CHOOSE_H

#include "targets/cpu/plan.h"

typedef struct Choice {
    bool made;           /* it becomes a kernel of the plan; otherwise it is a view, or another kernel does its work */
    Family family;
    Scope scope;
    bool counts_samples; /* Kernel.counts_samples */
    const GraphKernel *pool; /* a pool's gradient that it reads the operands of, in place of what that would make; */
    Family refused;          /* faster, but it rounds more than Plan.precision, by */
    double refused_rounding; /* this; 0: none was refused */
    bool ends_pool;          /* nothing else reads that: the pool's gradient is computed here */
    const GraphKernel *bias; /* the gradient of a bias that it makes too */
} Choice;

/* Whether an operation computes nothing: its output lies where its input does (views.c). */
bool is_view(const Plan *plan, const GraphKernel *kernel);

/* The family that computes a kernel unless a faster one can (lower.c). */
Family family_of(const KernelGraph *kernels, const GraphKernel *kernel);

#endif
