/* The gpu target: the model as kernels for a GPU, in a C that CUDA and OpenCL both are (runtime/gpu/dialect.h), and the
 * launches of them that a step of training, an update and an evaluation are.
 *
 * The batch is a dimension of each kernel, which is told how many samples it has. Values lie as torch has them,
 * [sample][channel][row][column], in one block of memory, placed by lifetime; parameters lie in another one, each in
 * torch's order. An operation is a kernel or some, printed from templates (targets/template.h) with its sizes as
 * constants. Operations whose kernels have the same text share it. */
#ifndef NETC_TARGETS_GPU_GPU_H
#define NETC_TARGETS_GPU_GPU_H

#include "devices.h"
#include "graph/op.h"
#include "targets/target.h"
#include "targets/template.h"

enum { GPU_GROUP = 256, GPU_CONSTANTS = 32, GPU_EXTRA = 12, GPU_ALIGN = 512 };

/* Memory for a value of samples, or for what a kernel leaves for the next one. */
typedef struct GpuBuffer {
    const char *name;
    int64_t bytes, offset;
    int first, last; /* launches between which it is alive, both included; last -1: it is never used */
} GpuBuffer;

typedef struct GpuOperand {
    int block;         /* NC_ON_... */
    GpuBuffer *buffer; /* of NC_ON_VALUES; NULL elsewhere */
    int64_t offset;    /* bytes, beside the buffer's */
} GpuOperand;

/* How much there is to do: groups of `group` work items, as of struct nc_launch. */
typedef struct GpuGrid {
    int group;
    int64_t groups, each, unit;
} GpuGrid;

typedef struct GpuLaunch {
    const char *kernel;
    GpuGrid grid;
    GpuOperand operand[NC_MAX_OPERANDS];
    int operand_count;
    int when;     /* NC_ALWAYS, ... */
    const Op *op; /* NULL: it is of no operation */
} GpuLaunch;

typedef VEC(GpuLaunch) GpuLaunches;

typedef struct GpuFunction {
    const char *name, *text; /* what stands before the name, and behind it */
} GpuFunction;

/* The pointers that a kernel or a function takes. */
typedef struct GpuTaken {
    struct {
        const char *type, *name; /* "const float", "x" */
        GpuOperand operand;
    } at[NC_MAX_OPERANDS];
    int count;
} GpuTaken;

/* Weights whose gradient the parts of a batch have made shares of: [part][row][column]. */
typedef struct GpuShares {
    GpuOperand shares, weight, bias;
    int64_t rows, columns, parts;
    bool has_bias; /* it is the last column */
} GpuShares;

/* What a body may use beside its operation's values. */
typedef struct GpuExtra {
    const char *name, *type; /* "const float" */
    GpuOperand operand;
} GpuExtra;

typedef struct GpuConstant {
    const char *name, *text;
    bool real;
} GpuConstant;

typedef struct Gpu {
    Arena *arena;
    Diag *diag;
    const Program *program;
    const char *device;    /* for messages: "device 'opencl'", "the target gpu" */
    const Graph *graph;    /* that is being planned */
    Template t;            /* its text is the kernels so far */
    StringSet names;       /* of kernels */
    VEC(GpuFunction) functions;
    int capacity;          /* samples of the largest batch */

    VEC(const Parameter *) parameters; /* in the order of the network's */
    VEC(int64_t) places;   /* of each, in floats */
    int64_t block;
    VEC(int64_t) masks;    /* of each dropout layer, in bytes */
    int64_t mask_bytes;
    int64_t values;        /* bytes */

    const KernelGraph *kernels; /* of the graph that is being planned */
    const GraphKernel *kernel; /* that is being printed, or made a function of; NULL: none of the graph's */
    bool *through;         /* [kernels] what it makes is stored nowhere: a function computes it where it is read */
    const GraphKernel **along[2]; /* [kernels] gradients of a weight and of a bias that it makes along with its own */
    bool *covered;         /* [kernels] another one makes what it makes */
    VEC(GpuShares) shares; /* that the end of the step adds up */
    GpuBuffer **buffer_of; /* [values] of the graph; NULL: it has none */
    VEC(GpuBuffer *) buffers;
    GpuLaunches *launches; /* that are being added to: one of these */
    GpuLaunches gather, train, update, test;
    GpuOperand output;     /* of evaluation */

    /* the kernel that is being printed */
    GpuConstant constants[GPU_CONSTANTS];
    int constant_count;
    GpuExtra extra[GPU_EXTRA];
    int extra_count;

    /* the function that is being printed */
    GpuTaken *takes;      /* NULL: it is a kernel */
    const char *function; /* its name */
} Gpu;

/* ---- What an operation's file calls ------------------------------------------------------------------------------ */

/* A whole number that the next kernel has as a constant, where its text uses it; and a float. */
void gpu_constant(Gpu *g, const char *name, int64_t value);
void gpu_real(Gpu *g, const char *name, double value);

/* Something beside its operation's values that the next kernel takes, where its text uses it. */
void gpu_extra(Gpu *g, const char *name, const char *type, GpuOperand operand);

/* Memory between this kernel and the next ones. */
GpuOperand gpu_scratch(Gpu *g, const char *name, int64_t bytes);

/* Prints a kernel and adds its launch. Operands are called by their roles. The body, a template, uses what it needs of
 * them, of the constants and of what is extra; `count` is the number of samples. `suffix` tells it from others of the
 * operation; "": the only one. */
void gpu_kernel(Gpu *g, const Op *op, const char *suffix, const char *about, GpuGrid grid, const char *body);

/* A kernel with a work item for each element of `value`, or a function that gives one where the value is
 * stored nowhere: `lines` compute element i, and end with `$to EXPRESSION;`. */
void gpu_elements(Gpu *g, const Op *op, const Value *value, const char *about, const char *lines);

/* What the kernel's further operations do to `value`, as lines of the hole `finish`: the bias of channel `channel`, a
 * norm of evaluation, a sum, an activation. */
void gpu_set_finish(Gpu *g, const char *channel);

/* What the gradient of the kernel's activation does to `d`, as lines of the hole `back`; `from` is what the slope is
 * computed from. */
void gpu_set_back(Gpu *g, const char *from);

/* The activation's line or two: `value` becomes that of it. "": there is no activation. */
const char *gpu_activated(Gpu *g);

/* "relu" */
const char *gpu_activation_name(const Op *op);

/* A kernel that sums over the samples: `to` gets, for each i of the S elements, the sum of the formula `what` over all
 * samples n. */
void gpu_sum_of_samples(Gpu *g, const Op *op, const char *about, int64_t elements, const char *what, const char *to);

/* A work item for each of `elements` of a sample; for each of so many of all; a group for each of `groups` of a sample;
 * and so many groups. */
GpuGrid gpu_each(int64_t elements);
GpuGrid gpu_all(int64_t elements);
GpuGrid gpu_groups_each(int64_t groups, int group);
GpuGrid gpu_groups(int64_t groups, int group);

#define gpu_set(g, ...) template_set(&(g)->t, __VA_ARGS__)
#define gpu_has(g, name) template_has(&(g)->t, name)

/* "0.1f": the shortest text that C reads as this float. */
const char *gpu_float(Arena *arena, double number);

/* A formula in double with all its numbers as floats, "0.5 * t" as "0.5f * t", and the activation's numbers for its a
 * and its b. */
const char *gpu_formula(Arena *arena, const char *formula, const Activation *activation);

/* C,H,W; O,OH,OW; KH,KW; SH,SW; PH,PW; DH,DW: constants of a window. */
void gpu_window(Gpu *g, const Window *window, Shape big, Shape small);

/* ---- Operations -------------------------------------------------------------------------------------------------- */

typedef void GpuKernels(Gpu *g, const Op *op);

/* By kind of operation: what adds the launches of g->kernel, which is about it; NULL: it has none. */
extern GpuKernels *const gpu_kernels[OP_COUNT];

GpuKernels gpu_input, gpu_conv2d, gpu_conv_transpose2d, gpu_conv2d_grad_input, gpu_conv2d_grad_weight, gpu_linear,
    gpu_linear_grad_input, gpu_linear_grad_weight, gpu_grad_bias, gpu_max_pool2d, gpu_max_pool2d_grad, gpu_avg_pool2d,
    gpu_avg_pool2d_grad, gpu_relu, gpu_relu_grad, gpu_activation, gpu_activation_grad, gpu_prelu, gpu_prelu_grad,
    gpu_prelu_grad_weight, gpu_softmax, gpu_softmax_grad, gpu_embedding, gpu_embedding_grad, gpu_swap, gpu_dropout,
    gpu_dropout_grad, gpu_dropout_channels, gpu_dropout_channels_grad, gpu_pad2d, gpu_extend2d, gpu_extend2d_grad,
    gpu_upsample2d, gpu_upsample2d_grad, gpu_moments, gpu_batch_statistics, gpu_kept_statistics, gpu_group_statistics,
    gpu_instance_keep, gpu_norm, gpu_norm_sums, gpu_batch_statistics_grad, gpu_group_statistics_grad, gpu_norm_grad,
    gpu_norm_grad_weight, gpu_norm_grad_bias, gpu_scale, gpu_scale_grad, gpu_scale_grad_weight, gpu_scale_grad_bias,
    gpu_add, gpu_concat, gpu_concat_grad, gpu_multiply, gpu_loss_grad;

/* The launch that makes a batch of a data set on the device. */
void gpu_gather(Gpu *g);

/* The launches of an update, of all parameters at once. */
void gpu_update(Gpu *g);

/* ---- Parts of the target ----------------------------------------------------------------------------------------- */

/* Places the parameters, and the masks of the dropout layers. */
void gpu_place_parameters(Gpu *g);

/* A graph's values get memory: gpu_begin_graph before its kernels, gpu_end_graph behind them. */
void gpu_begin_graph(Gpu *g, const KernelGraph *kernels, GpuLaunches *launches);
void gpu_end_graph(Gpu *g);

/* Which kernels make gradients along with others, and whose values are stored nowhere. */
void gpu_find_through(Gpu *g);

/* The kernel whose function gives the elements of `value`; NULL: they are stored. */
const GraphKernel *gpu_read_through(const Gpu *g, const Value *value);

/* The value whose elements these are: a reshape leaves them where they lie. */
const Value *gpu_root_of(const Value *value);

/* What is computed together. */
Fuses gpu_fuses;

/* Adds up the shares of all weights' gradients. */
void gpu_add_shares(Gpu *g);

/* Where a value of the graph lies. */
GpuOperand gpu_operand_of(Gpu *g, const Value *value);

/* All kernels, with the functions that they use: the dialect's macros are in front of it. */
const char *gpu_text(Gpu *g);

/* The C of the tables: `static const struct nc_device device`. `ptx`: NULL, or what makes PTX of the kernels. */
const char *gpu_tables(Gpu *g, MakePtx *ptx);

extern const char gpu_dialect[];

#endif
