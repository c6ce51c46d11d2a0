/* optimizer.h: what an optimizer is to the runtime, a table and two functions; one file each in optimizers/. And the
 * arguments that optimizers and schedulers have, which the command line can change. */
#ifndef NETC_RUNTIME_OPTIMIZER_H
#define NETC_RUNTIME_OPTIMIZER_H

#include <math.h>

#include "core.h"
#include "fma.h"

/* ---- Arguments (arguments.c) ------------------------------------------------------------------------------------- */

enum { NC_REAL, NC_INTEGER, NC_FLAG, NC_PAIR, NC_FIXED }; /* a pair takes two places; what is fixed has no --set */

/* An argument that --set can change: its name and what it may be. */
struct nc_argument {
    const char *name; /* "weight_decay"; NULL ends a table */
    int kind;
    double low, high; /* both allowed */
    const char *what; /* for --help */
};

/* The greatest number below 1: what a beta may be. */
#define NC_BELOW_ONE 0x1.fffffffffffffp-1

/* Takes what the command line says of PREFIX.NAME for each argument of a table; the others stay. taken[i] is set where
 * place i was taken; may be NULL. */
void nc_arguments_take(struct nc_run *run, const char *prefix, const struct nc_argument *arguments, double *values,
                       char *taken);

/* The paths of all arguments of the run's optimizer, its parts and its scheduler; free() it. */
enum { NC_MAX_PATHS = 256 };
struct nc_paths {
    int count;
    char path[NC_MAX_PATHS][128];
    const char *what[NC_MAX_PATHS];
};
struct nc_paths *nc_argument_paths(const struct nc_run *run);

/* The place of an argument's value, or -1. */
int nc_argument_place(const struct nc_argument *arguments, const char *name);

/* ---- Optimizers (optimizer.c) ------------------------------------------------------------------------------------ */

enum { NC_MAX_ARRAYS = 3, NC_MAX_VALUES = 8, NC_MAX_SCALARS = 12, NC_MAX_PARTS = 256 };

/* Parameters that share their settings: torch's param_group. Part 0 has all that no other part has. */
struct nc_part {
    const char *name;      /* as the .net file has it; NULL: part 0 */
    const int *parameters; /* [parameter_count] numbers in the model's table */
    int parameter_count;
    double value[NC_MAX_VALUES];   /* of the optimizer's arguments; a scheduler changes the first one, lr */
    char taken[NC_MAX_VALUES];     /* by the command line */
    double initial_lr;             /* torch's, what schedulers begin from, once one of them has */
    int has_initial_lr;            /* set it */
    long long steps;               /* torch's state["step"] */
    double kept;                   /* what an optimizer keeps beside its arrays, from 0 on */
    float scalar[NC_MAX_SCALARS];  /* of the step under way, as `begin` leaves them */
};

/* Some floats of the block on their way through a step: weights, gradients (which may be overwritten), state. */
struct nc_stretch {
    const struct nc_part *part;
    int count;
    float *weights, *gradients;
    float *state[NC_MAX_ARRAYS]; /* NULL where the part's settings do without */
};

struct nc_optimizer {
    const char *name;                   /* "Adam" */
    const struct nc_argument *arguments; /* lr first */
    int momentum;                       /* the place of momentum or of the first beta, that schedulers cycle; or -1 */
    const char *arrays[NC_MAX_ARRAYS];  /* torch's names of the state that has the parameters' shape */

    /* Whether settings need array `array`; NULL: all that have a name. */
    int (*needs)(const double *value, int array);
    /* What array `array` is filled with before the first step; NULL: zeros. */
    double (*start)(const double *value, int array);
    /* Sets part->scalar for step part->steps, from 1 on: numbers are computed in double, as Python does, and rounded
     * when they meet a tensor. */
    void (*begin)(struct nc_part *part);
    /* The step over a stretch; rounds as PyTorch's loops do (_single_tensor_... in torch/optim): `add` with alpha,
     * `addcmul` and `lerp` end in one fused multiply-add, everything else rounds by itself. Square roots are exact:
     * where PyTorch takes them from MKL its own are one unit in the last place off for some numbers. */
    void (*step)(const struct nc_stretch *s);
    void (*step_fma)(const struct nc_stretch *s);
};

/* Defines `name_plain` and `name_fma` of an always_inline `name`: .step and .step_fma of a table. */
#define NC_OPTIMIZER_STEP(name)                                                     \
    static void name##_plain(const struct nc_stretch *s) { name(s); }               \
    NC_WITH_FMA static void name##_fma(const struct nc_stretch *s) { name(s); }

/* What the statements nc_adam, ... note: the values of all arguments in their order (parts.c). */
void nc_optimizer_use(struct nc_run *run, const struct nc_optimizer *optimizer, const double *values);

/* Cuts the block into the parts' segments and takes the memory that steps need, and gives it back. */
void nc_optimizer_prepare(struct nc_run *run);
void nc_optimizer_free(struct nc_run *run);

/* Tasks that go over the whole block; nc_update_tasks go over what has shards. */
int nc_update_ranges(const struct nc_run *run);

/* ---- For the steps ----------------------------------------------------------------------------------------------- */

/* g = -g where the loss is to be maximised; g += weight_decay * w where there is one. */
NC_ALWAYS_INLINE void nc_decay(const struct nc_stretch *s, int maximize, float weight_decay)
{
    const float *restrict w = s->weights;
    float *restrict g = s->gradients;
    if (maximize)
        for (int i = 0; i < s->count; i++)
            g[i] = -g[i];
    if (weight_decay != 0)
        for (int i = 0; i < s->count; i++)
            g[i] = fmaf(weight_decay, w[i], g[i]);
}

/* tensor.lerp_(to, weight): from whichever end is nearer. */
NC_ALWAYS_INLINE float nc_lerp(float from, float to, float weight)
{
    return fabsf(weight) < 0.5f ? fmaf(weight, to - from, from) : fmaf(weight - 1, to - from, to);
}

/* tensor.mul_(keep).addcmul_(x, x, value=share): an average of squares. */
NC_ALWAYS_INLINE float nc_average_square(float average, float x, float keep, float share)
{
    return fmaf(share * x, x, average * keep);
}

/* ---- A step (optimizer.c) ---------------------------------------------------------------------------------------- */

/* The optimizer's step: between begin and end the tasks, each of which adds the `shards` gradient blocks in order over
 * a range and applies it or keeps it, and nc_learn for what has no shards. The end learns from what was kept; returns
 * whether the parameters have changed, which they do not while batches are accumulated. */
void nc_update_begin(struct nc_run *run, int shards, const float *total); /* total: as of struct nc_update */
int nc_update_tasks(const struct nc_run *run);
void nc_update_task(struct nc_run *run, int index);
int nc_update_end(struct nc_run *run);

/* Learns from a part of a gradient, `told`, that some process has made. `whole`: as of struct nc_microbatch. */
void nc_learn_told(struct nc_run *run, float *whole, const struct nc_shared_out *of, int part, float *told);

/* Whether the batch under way is the last one that an update waits for: those of an epoch do not wait for another. */
int nc_update_is_due(const struct nc_run *run);

/* Adding up shards before the last ones are done, in the same order: a task adds the blocks of the first `done` shards
 * in one range of the update, and leaves the rest to nc_update_task. Returns the number of ranges; 0 when there is but
 * one thread, or the shards' gradients are to stay apart. */
int nc_fold_begin(struct nc_run *run);
void nc_fold_task(struct nc_run *run, int index, int done);

/* sum += the gradients of shards `first` to `end`, over `count` floats of the block from `from` on; where the first one
 * is 0, nothing stands there yet. Leaves zeros in these gradients. */
void nc_add_shards(struct nc_run *run, long long from, int count, int first, int end, float *sum);

#endif
