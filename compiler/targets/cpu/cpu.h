/* The CPU target: its plans, and its passes in the order cpu.c calls them. Each file's head says what it needs and what
 * it guarantees. */
#ifndef NETC_TARGETS_CPU_CPU_H
#define NETC_TARGETS_CPU_CPU_H

#include "targets/cpu/plan.h"
#include "targets/target.h"

typedef struct CpuPlans {
    ParameterLayout *layout;
    Plan *training;   /* NULL where a model is only evaluated */
    Plan *evaluation; /* NULL where evaluation goes through the kernels of training */
} CpuPlans;

/* What the CPU's kernels take in behind what they compute. */
Fuses cpu_fuses;

/* What the train block says of batches. */
typedef struct BatchSizes {
    int training, test; /* samples of a batch; test: 0 without test data */
    double precision;   /* the most that sums may be off: Train.precision */
    int shards;         /* Train.shards */
    bool threads;       /* several may work on it: kernels are cut for them */
    bool shared;        /* several processes do */
    bool one_sample;    /* Plan.one_sample */
} BatchSizes;

/* A plan without kernels yet. `layout`: of the parameters; empty, or what the plan of training has decided. */
Plan *cpu_plan(const KernelGraph *kernels, ParameterLayout *layout);

/* Chooses the microbatch, the shards and the family of each kernel. */
void cpu_choose(Plan *plan, const BatchSizes *sizes);

/* Makes the plan's kernels of those of the graph, as they were chosen. */
void cpu_expand(Plan *plan);

/* Gives every value its place in memory: channels-last, padded, with the borders its readers need. */
void cpu_layout(Plan *plan);

/* Of a plan of one sample: packs weights so that they are read as they lie, panel by panel. */
void cpu_panels(Plan *plan);

/* Cuts kernels into parts where shards are too few, or too small. */
void cpu_cut(Plan *plan);

/* Whether part p of a BATCH kernel needs, of what `before` made, just its part p (phases.c). */
bool goes_along(const Kernel *before, const Kernel *kernel);

/* Puts the kernels in order and cuts them into phases, between which threads wait for each other. */
void cpu_phases(Plan *plan);

/* Chooses the tile of each kernel. */
void cpu_schedule(Plan *plan);

/* Packs the buffers of a thread, and those that go from phase to phase, by lifetime; places parameters and packed
 * weights. */
void cpu_place(Plan *plan);

/* Ends in fail_bug where a plan breaks a rule that holds from `step` on (verify.c). */
void plan_verify(const Plan *plan, Step step);

/* Gives kernels that compute the same one C function. */
void cpu_share(Plan *plan);

/* The words that two names begin and end with, "conv2d_layer1_body_conv1"; "" where there are none. And what the things
 * of some names share is called: by the words of all, "conv2d_forward" for conv2d_5_forward and conv2d_7_forward, or
 * "forward_5_to_9" where there is but one, or "norm_of_7" where that is long. */
const char *common_words(Arena *arena, const char *a, const char *b);
const char *shared_name(Arena *arena, const char *const *names, int count);

/* The places that cpu_place has given: Target.lifetimes. */
void cpu_lifetimes(Lifetimes *out, const Lowering *lowering);

/* Where kernels leave what they make: Target.made. */
int cpu_made(struct nc_made **made, const Lowering *lowering);

#endif
