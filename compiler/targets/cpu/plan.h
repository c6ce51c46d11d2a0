/* Plan: the graph as a list of kernels over placed buffers: what the emitter prints.
 * cpu_expand makes it of a KernelGraph; layout, schedule and place fill it in. */
#ifndef NETC_TARGETS_CPU_PLAN_H
#define NETC_TARGETS_CPU_PLAN_H

#include "passes/kernel_graph.h"
#include "targets/cpu/families/list.h"
#include "vocabulary/vocabulary.h"

enum { MAX_DIMS = 30, MAX_ROLES = 6, MAX_CUTS = 3 };

/* What dimension `act` of a family can be: ACT_FIRST + k is activation k of activations.def. */
enum { ACT_NONE, ACT_RELU, ACT_FIRST };

/* Vector widths that schedules are made for, widest first: 16 floats (AVX-512), 8 (AVX2 with FMA), 4 (SSE, NEON). */
typedef enum Width { WIDTH_16, WIDTH_8, WIDTH_4, WIDTH_COUNT } Width;

/* What a micro-kernel keeps in registers: rows x cols pixels by `vecs` vectors of outputs (CONV, CONV_POOL, DEPTHWISE),
 * or cols weights by `vecs` vectors (CONV_GRAD_WEIGHT, rows = 1), or `rows` window rows of `vecs` vectors
 * (POOL_CONV_GRAD_WEIGHT, cols = 1; POOL_CONV_GRAD_INPUT, rows = cols = 1), or rows x cols taps by `vecs` vectors
 * (DEPTHWISE_GRAD_WEIGHT). */
typedef struct Tile {
    int rows, cols, vecs;
} Tile;

typedef enum Family {
#define ENTER_FAMILY(NAME, name) FAMILY_##NAME,
    KERNEL_FAMILIES(ENTER_FAMILY)
    FAMILY_KERNELS, /* so many have a kernel */
    FAMILY_LAST_KERNEL = FAMILY_KERNELS - 1,
    CALL_FAMILIES(ENTER_FAMILY)
#undef ENTER_FAMILY
    FAMILY_COUNT
} Family;

typedef struct FamilyInfo FamilyInfo; /* what a family is: families/family.h */

/* ---- Buffers ----------------------------------------------------------------------------------------------------- */

typedef enum Space {
    SPACE_WORKSPACE, /* of one thread, for one microbatch */
    SPACE_BATCH,     /* an instance for each sample of the batch: what one phase leaves for a later one */
    SPACE_WEIGHTS,   /* the parameter block */
    SPACE_GRADIENTS, /* a shard's gradient block: same offsets as the parameter block */
    SPACE_PACKED,    /* packed weights: parameters in the order that a kernel reads, made anew after each update */
} Space;

typedef struct Plan Plan;
typedef struct ParameterLayout ParameterLayout; /* parameter_layout.h */

typedef enum Element { ELEMENT_FLOAT, ELEMENT_BYTE, ELEMENT_SHORT } Element;

/* How far apart a convolution's weights lie, in floats. Inputs-major is [tap][input][output], what a dense convolution
 * reads; outputs-major is [output][tap][input], what the pool-sparse gradient of the weights makes. */
typedef struct WeightOrder {
    int64_t tap_y, tap_x, in, out;
} WeightOrder;

/* No place: a library has no weights that are only packed. */
enum { NOWHERE = -1 };

/* A value's place. In the workspace a value is an image: rows x cols pixels of `channels` numbers, `pitch` apart, with
 * `before` and `after` rows [0] and columns [1] of zeros around it; a vector is one pixel. */
typedef struct Buffer {
    int id;
    const char *name; /* a C identifier, unique in the plan */
    Space space;
    Element element;
    const Value *value;
    int64_t rows, cols, channels, pitch;
    int64_t before[2], after[2];
    bool kept_zero;     /* what no kernel writes must stay zero: the place is shared with nobody. (Of one_sample: it
                         * becomes zero in front of the first kernel that uses it.) */
    bool per_sample;    /* has one instance per sample of the microbatch; otherwise one, reused sample after sample, or
                         * for all samples where it holds something of the batch */
    int first, last;    /* kernels between which it is alive */
    int64_t slack;      /* elements beyond the last instance that kernels read and throw away */
    int64_t stride;     /* elements of one instance, a multiple of 16 */
    int64_t offset;     /* WORKSPACE, BATCH: bytes; WEIGHTS, GRADIENTS, PACKED: floats; NOWHERE: a library has it not */
    int64_t count;      /* WEIGHTS, GRADIENTS, PACKED: floats */
    WeightOrder order;  /* WEIGHTS of a convolution */
    int64_t pieces;     /* of moments and sums: an instance has so many, one behind the other; 0: one */
    bool is_made;       /* PACKED: a kernel makes it */
    bool read_forward;  /* PACKED: by forward kernels, and so in evaluation too; the others serve gradients alone */
    int64_t panel;      /* WEIGHTS, GRADIENTS of a linear layer over the batch: outputs side by side in a panel */
} Buffer;

/* Elements from one row to the next, and from an instance's start to its first element inside the border. */
int64_t buffer_row(const Buffer *buffer);
int64_t buffer_inside(const Buffer *buffer);
int64_t buffer_bytes(const Plan *plan, const Buffer *buffer);

/* Whether it holds something of samples, in a thread's workspace or for the batch. */
bool buffer_is_activation(const Buffer *buffer);

int64_t element_bytes(Element element);

/* ---- Kernels ----------------------------------------------------------------------------------------------------- */

/* How much of the batch one call of a kernel is about. */
typedef enum Scope {
    SCOPE_SAMPLE, /* one sample */
    SCOPE_MICROBATCH, /* those that go through the kernels together */
    SCOPE_BATCH,  /* all samples, and one of `parts` parts of what there is to compute */
} Scope;

enum { BIAS_ALONE = -1 };

/* What a kernel reads or writes: a buffer and where in an instance of it, in elements. A part of a BATCH kernel that is
 * number i along cut k finds its operand i * step[k] further on. */
typedef struct Operand {
    Buffer *buffer; /* NULL: a null pointer */
    int64_t offset;
    int64_t step[MAX_CUTS];
} Operand;

/* How the floats that a part of a gradient makes lie in the parameter: `outer` times `inner` rows of them. */
typedef struct LearnedRows {
    int64_t outer, outer_step, inner, inner_step; /* 0 rows: all are side by side */
} LearnedRows;

typedef struct Kernel {
    int id;
    Family family;
    const char *name;
    const struct Kernel *same; /* the first kernel that computes the same: itself, if there is none before it */
    const char *function;      /* the C function that all of those share */
    struct Function *printed;  /* of the first of them: how it is printed (emit/functions.c) */
    Stage stage;
    Scope scope;
    int parts;         /* BATCH: all parts alike, none depends on another one's; */
    int cut[MAX_CUTS]; /* so many along each cut, the first one outermost; cuts that are not made have 1 */
    int chunk;         /* BATCH: samples of a step along the first cut; 0: a part is about all samples */
    int loop;          /* BATCH, of several processes' plans: a part goes over the samples of its process, so many in a
                        * call; 0: one call is about all samples of the part */
    int64_t learns;    /* BATCH, the gradient of a parameter: floats of it that a part makes, side by side; */
    LearnedRows rows;  /* in so many rows */
    bool in_pieces;    /* it sums over pixels, and what it makes may stand in pieces, one for some rows of the image */
    bool keeps;        /* BATCH: keeps what evaluation goes by, behind the backward pass */
    int phase;         /* its place in Plan.phases; -1 for STAGE_PACK */
    const Op *op;                  /* what it is about: Op of its GraphKernel */
    const Op *ops[MAX_KERNEL_OPS]; /* what it computes, first to last */
    int op_count;
    Value *value[ROLE_END];     /* by role; NULL where it has none */
    Operand operand[ROLE_END];
    Role roles[MAX_ROLES + 1];  /* of its operands, in the order of the family's parameters; ROLE_NONE at the end */
    Role output;
    int64_t dim[MAX_DIMS];
    bool counts_samples; /* the columns (of linear layers) or the images are the samples of the microbatch or the batch;
                          * mb->count of them in gradients */
    Tile tile[WIDTH_COUNT];
    double flops;   /* a sample, multiplications and additions counted each */
    const Op *activation; /* that is fused into it, or the gradient of one; NULL: none */
    bool act_first;       /* it goes before the maximum of a pool that is fused as well */
    Family refused; /* the faster family whose rounding is beyond Plan.precision, */
    double refused_rounding; /* this; 0: none was refused */
    bool norm;      /* a norm of evaluation mode is fused into it, whose table is its bias */
    int residue[2]; /* of a transposed convolution: the positions of y that it makes, modulo the stride (residues.h);
                     * BIAS_ALONE: all of them, of which some have no tap */
    int index;      /* dropout: which one */
} Kernel;

/* Cuts a BATCH kernel into first * second * third parts. */
void kernel_cut(Kernel *kernel, int64_t first, int64_t second, int64_t third);

/* Into how many pieces a kernel is cut for the same samples: 1 where it has no parts. */
double kernel_pieces(const Kernel *kernel);

/* The floats of a gradient that a part of it makes, in all its rows. */
int64_t kernel_learned(const Kernel *kernel);

/* Sets the family of a kernel, and with it the roles of its operands. */
void kernel_set_family(Kernel *kernel, Family family);

/* A kernel more for what `kernel` is about, in the backward pass. It is in no list yet. */
Kernel *kernel_beside(Plan *plan, const Kernel *kernel, Family family, const char *name);

/* Whether a parameter of its own is added to what a convolution or a linear layer sums up. */
bool kernel_has_bias(const Kernel *kernel);

/* Whether it is a linear layer, or the gradient of its input or weights. */
bool op_is_linear(const Op *op);

/* Whether it is a dropout layer's forward kernel, which has a mask or factors of its own (Kernel.index). */
bool is_dropout(const Kernel *kernel);

/* How many numbers it draws for a sample; 0: one for the batch. */
int64_t dropout_draws(const Kernel *kernel);

/* A parameter's place in the block, and the loops that visit it in torch's order. */
typedef struct Axis {
    int64_t size, stride;
} Axis;

typedef struct PlacedParameter {
    const Parameter *parameter;
    Buffer *weights, *gradients;
    Axis axis[8];
    int axis_count;
} PlacedParameter;

/* A run of kernels that one task goes through from first to last: a task is a shard of the batch where they are SAMPLE
 * and MICROBATCH kernels, a part where they are BATCH kernels. All threads wait for each other at a
 * barrier. Phases with as many barriers before them run at the same time. */
typedef struct Phase {
    int first, last; /* kernels */
    int parts;       /* 0: shards */
    int barriers;    /* before it */
    bool learns;     /* gradients of parameters over the batch: behind the last barrier, where parameters change */
    bool loss;
    const char *name; /* of its C function */
} Phase;

/* A plan of training, or one of evaluation mode. Those over the same parameters share a ParameterLayout: the first one
 * decides it, a further one goes by it, and its memory stands behind that of the plans before. The packed weights of a
 * plan of evaluation that training does not make are made once an evaluation. */
struct Plan {
    Arena *arena;
    const Graph *graph;
    const KernelGraph *kernel_graph;
    struct Choice *choice;             /* by the ids of its kernels: choose.h */
    ParameterLayout *layout;
    VEC(Kernel *) kernels;
    VEC(Buffer *) buffers;
    Buffer **buffer_of;                /* by value id */
    int64_t *first_channel;            /* by value id: where it begins in a wider buffer; -1: it has all of its own */
    int dropout_count;
    VEC(Phase) phases;
    int batch, microbatch, shard;      /* samples */
    bool shared;                       /* by several processes, each with some of the samples */
    int capacity;                          /* samples that SPACE_BATCH is for: evaluation may need a larger batch */
    double precision;                  /* the most that sums may be off: Train.precision */
    double most_of_part;               /* what a part of a gradient is to cost at most, in multiply-adds */
    int64_t workspace, batch_bytes;    /* where its memory ends, in bytes: of a thread, of SPACE_BATCH */
    int first_kernel;                  /* so many kernels have the plans before it */
    bool one_sample;                   /* of a library: it runs once over one sample, in memory that holds anything */
};

/* One line a kernel, and after cpu_layout one a buffer. */
void plan_print(Text *out, const Plan *plan);

/* What --dump=schedule shows: family, tile, fusion and estimated cost per kernel. */
void schedule_print(Text *out, const Plan *plan);

#endif
