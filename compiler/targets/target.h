/* Target: what kernels become text for. The seam between passes/, which know no target, and targets/NAME/, each of
 * which knows one. */
#ifndef NETC_TARGETS_TARGET_H
#define NETC_TARGETS_TARGET_H

#include "base/diag.h"
#include "draw/lifetimes.h"
#include "model/model.h"
#include "passes/kernel_graph.h"

/* The steps of a compilation whose results can be printed, in order. STEP_NONE: none of them. Those from CHOOSE to PLAN
 * are the CPU's. */
typedef enum Step {
    STEP_NONE,
    STEP_SYNTAX,
    STEP_MODEL,
    STEP_GRAPH,
    STEP_AUTODIFF,
    STEP_FUSE,
    STEP_CHOOSE,
    STEP_LAYOUT,
    STEP_SCHEDULE,
    STEP_PLAN,
    STEP_C,
    STEP_COUNT
} Step;

typedef enum EmitForm {
    EMIT_CC,     /* for a C compiler: the model's own kernels, specialised; includes netc.h and vector.h */
    EMIT_OBJECT, /* the same without main: the model alone, as `const struct nc_model model`; of the target plain a
                  * pass forward and backward, as `const struct nc_reference reference`; of the target gpu a table,
                  * `static const struct nc_device device`, to stand in front of another text's main */
    EMIT_LIBRARY, /* the forward pass over one sample as a function that needs nothing but libm (LibraryCore) */
    EMIT_PLAIN,  /* for libtcc: calls of the runtime's kernels; to stand after the texts of netc.h and kernels.h */
} EmitForm;

struct nc_parameter; /* netc.h */

/* Floats that a block takes from one where all is loaded, and where they lie in it. */
typedef struct Stretch {
    int64_t from, to, count;
} Stretch;

/* What a target tells of a library's text, which is C99 that compiles as C++ too. Its last function is
 *
 *     static void forward(const float *x, float *y, float *a, const float *w)
 *
 * It takes one sample x, in torch's order (`const int *` where the model takes whole numbers), to the outputs y. It
 * works in the memory at `a`, and reads the parameters in the block at `w`. Where the text includes a header of the
 * runtime's, "vector.h", that is to be put in its place. */
typedef struct LibraryCore {
    int64_t arena;                         /* bytes at `a` */
    int64_t block;                         /* floats at `w` */
    const struct nc_parameter *parameters; /* of the whole model, in torch's order: where each lies in the block */
    int parameter_count;
    const struct IntegerGraph *int8;       /* or NULL and the model in integers (passes/quantize.h). Then the text has
                                            * its parameters, and the same function over integers,
                                            * static void forward_int8(const int8_t *x, int8_t *y, int8_t *a) */
    const char *model;                     /* or NULL and the text of a struct nc_model (EMIT_OBJECT) that tells it,
                                            * and makes what stands behind the parameters of them, in a block of */
    int64_t loaded;                        /* so many floats, */
    const Stretch *kept;                   /* [kept_count] of which these are what the text reads, the block at `w` */
    int kept_count;
    const char *order;                     /* which tells one order of that from another */
} LibraryCore;

/* What it tells of the text of a library that trains. That has besides `struct training`, all that training changes
 * beside the block, without pointers; and of it
 *
 *     static void training_begin(struct training *t, unsigned seed, float *w, void *memory)    draws the beginning
 *     static int training_is_valid(const struct training *t)
 *     static void training_scale(struct training *t, double factor)    sets the rates to the first ones times factor;
 *                                     there is none where the train block has a scheduler, but these then:
 *     static double training_lr(const struct training *t)                 the rate of the first group
 *     static void training_end_epoch(struct training *t, double metric, float *a, float *w)
 *                                     where the scheduler steps after epochs, or the gradients of batches wait
 *     static float training_step(struct training *t, int count, const float *x, const int *target,
 *                                const float *shares, float *a, float *w)
 *
 * of which the last one takes a step on `count` samples and returns their loss before it (`const float *target` where
 * targets are no classes; shares: the probabilities that stand for classes, or NULL). */
typedef struct TrainingCore {
    int batch, least; /* samples of a step, at most and at least; 0: there is no step */
    int64_t arena;    /* bytes at `a` or `memory` */
    int64_t state;    /* bytes of a struct training */
    int64_t ignored;  /* the label that counts nothing */
    bool probabilities; /* may stand for classes */
    bool ends_epochs; /* there is training_end_epoch */
} TrainingCore;

/* Makes PTX of kernels in CUDA C for an architecture, "compute_75"; NULL: there is nothing that does. */
typedef const char *MakePtx(Arena *arena, const char *kernels, const char *architecture);

/* A compilation as a target sees it. */
typedef struct Lowering {
    Arena *arena;
    Diag *diag;
    const Program *program;
    const KernelGraph *training;   /* NULL: the model is only evaluated */
    const KernelGraph *evaluation; /* NULL: evaluation goes through the forward part of training */
    EmitForm form;
    bool profile;     /* the program measures its kernels, and prints a table at its end */
    bool shared;      /* several processes share a run of it, by MPI */
    bool observed;    /* of EMIT_LIBRARY by the target plain: the text tells a global `void (*observe)(int value, const
                       * float *x, long long count)` of each value that it makes, by its id, and has a function `double
                       * activation_ID(double t)` for each OP_ACTIVATION */
    bool laps;        /* it tells nc_lap of each kernel that was called, as for a profile, but prints none */
    const char *device; /* the text of the target gpu that the program carries beside its own; NULL: none */
    MakePtx *ptx;     /* of EMIT_OBJECT of the target gpu: what makes PTX for the table to have; NULL: it has none */
    int samples;      /* a batch is to have no more; 0: as many as the train block says */
    double precision; /* the most that sums may be off: the file's Train.precision, of a library too, whose program has
                       * no train block; INFINITY without one */
    Step last;        /* how far to go */
    void *plans;      /* the target's own */
    const char *text; /* the program; NULL before STEP_C */
    LibraryCore library; /* of EMIT_LIBRARY */
    size_t model;     /* how many bytes of it are the model's, in front of main, where the target tells */
    TrainingCore learning; /* of EMIT_LIBRARY */
} Lowering;

struct nc_made; /* commands/accuracy.h */

typedef struct Target {
    const char *name;    /* "cpu", as --target has it */
    const char *summary; /* of the text, for help */

    Fuses *fuses;        /* what is computed together */
    bool recomputes;     /* the backward pass makes again what is cheaper to make than to keep (passes/recompute.c) */
    bool runs;           /* its program trains by netc's runtime, and may use a device that it carries kernels for */
    bool needs_training; /* without a train block there is no program */
    bool evaluates_apart; /* it wants the graph of evaluation even where that computes the same as the forward part */

    /* Makes the program's text, as far as step `last`. What the target cannot do it reports. */
    void (*lower)(Lowering *lowering);

    /* After lower(): the text of the model in this form, for a program that has a main already; NULL: there is none. */
    const char *(*emit)(const Lowering *lowering, EmitForm form);

    /* Prints what a step between STEP_FUSE and STEP_C made, for training or for evaluation; NULL: there is none. */
    void (*print)(Text *out, const Lowering *lowering, Step step, bool evaluation);

    /* Prints how much memory the program takes; NULL: it cannot tell. */
    void (*print_memory)(Text *out, const Lowering *lowering);

    /* What kernels make in a step of training, for the command `accuracy`: how many entries *made has; NULL: it cannot
     * tell. */
    int (*made)(struct nc_made **made, const Lowering *lowering);

    /* Multiplications and additions of a training step for one sample; NULL: it does not count them. */
    double (*arithmetic)(const Lowering *lowering);

    /* Tells where each value lies and for how long, of a step of training or else of a forward pass, once STEP_PLAN is
     * made; NULL: it cannot tell. */
    void (*lifetimes)(Lifetimes *out, const Lowering *lowering);
} Target;

extern const Target target_cpu, target_plain, target_gpu;

/* The first one is what is taken where nothing is said; NULL ends the list. */
extern const Target *const targets[];

/* The target of this name, or NULL. */
const Target *target_find(const char *name);

#endif
