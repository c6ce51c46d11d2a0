/* devices.h: a model as a device other than the CPU runs it, a list of launches of kernels. The compiler emits it
 * beside the CPU's; runtime/gpu/ goes by it. Plain C11 declarations, as netc.h's. */
#ifndef NETC_DEVICES_H
#define NETC_DEVICES_H

struct nc_run;
struct nc_microbatch;
struct nc_loss;

/* The blocks of a device's memory. */
enum {
    NC_ON_VALUES,    /* what kernels make of a batch, placed by lifetime */
    NC_ON_WEIGHTS,   /* the parameters, each in torch's order at its place (nc_device.places) */
    NC_ON_GRADIENTS, /* their gradients, at the same places */
    NC_ON_WHOLE,     /* those that an update learns from: of several batches where these make one */
    NC_ON_STATE,     /* the optimizer's arrays, at the same places; this one and the next two */
    NC_ON_SAMPLES = NC_ON_STATE + 3, /* [count] the batch as the data set keeps it */
    NC_ON_TARGETS,   /* [count][places] ints, or [count][outputs] floats */
    NC_ON_MASKS,     /* mask bytes of the dropout layers (nc_device.masks) */
    NC_ON_PIXELS,    /* [channels][256]: the float that a byte of each channel stands for */
    NC_ON_NUMBERS,   /* NC_NUMBER_..., then those of each part */
    NC_ON_PARTS,     /* [block / NC_PART_FLOATS] the part whose settings these parameters have; -1: none learns them */
    NC_ON_SQUARES,   /* sums of the gradients' squares, and behind them the sum of all */
    NC_ON_RESULTS,   /* [][2]: a sample's loss, and how many of its places have their class as largest output. Those of
                      * a step begin at NC_NUMBER_RESULT; the first float of all is 1 where a loss was not finite, and
                      * nothing is learned from then on */
    NC_ON_COUNT,
    NC_ON_DATA = NC_ON_COUNT, /* of a data set that is there: [samples] as it keeps them, */
    NC_ON_ANSWERS,   /* [samples] their targets, */
    NC_ON_ORDER,     /* [samples] the epoch's order */
    NC_ON_ALL
};

/* The numbers of a step: those of all, then of each part NC_MAX_SCALARS and NC_MAX_VALUES (step/optimizer.h). */
enum {
    NC_NUMBER_SCALE,         /* nc_microbatch.scale */
    NC_NUMBER_PROBABILITIES, /* nc_microbatch.probabilities */
    NC_NUMBER_SHARE,         /* nc_update's share and limit; and whether gradients of batches before are to be kept */
    NC_NUMBER_LIMIT,
    NC_NUMBER_ADDS,
    NC_NUMBER_CLIP,          /* the largest norm of all gradients; 0: any */
    NC_NUMBER_SEEN,          /* whether the gradients are looked at as the optimizer has seen them */
    NC_NUMBER_RESULT,        /* where the step's results go */
    NC_NUMBER_FIRST,         /* an int: where in the order the batch begins; */
    NC_NUMBER_OF_TARGET,     /* an int: elements of a sample's target */
    NC_NUMBERS = 12,
    NC_PART_NUMBERS = 20,
    NC_PART_FLOATS = 128     /* a parameter begins at a multiple of so many */
};

enum { NC_MAX_OPERANDS = 12 };

/* A kernel's operand: so many bytes from a block's beginning. */
struct nc_operand {
    int block; /* NC_ON_... */
    long long offset;
};

/* When a launch is made: always, or where several batches make an update, or where the gradients' norm is bounded. */
enum { NC_ALWAYS, NC_ACCUMULATING, NC_CLIPPING };

/* A launch of a kernel for `count` samples: groups of `group` work items, `groups` of them; where `unit` isn't 0, times
 * each * count / unit, rounded up. The kernel takes the operands, and then count. */
struct nc_launch {
    const char *kernel;
    int group;
    long long groups, each, unit;
    int when; /* NC_ALWAYS, ... */
    int operand_count;
    struct nc_operand operand[NC_MAX_OPERANDS];
};

struct nc_device {
    const char *const *text;    /* [lines] the kernels, in what runtime/gpu/dialect.h makes of C */
    int lines;
    const char *const *ptx;     /* [ptx_lines] what nvcc has made of them for CUDA; NULL: NVRTC makes it */
    int ptx_lines;
    int tf32;                   /* products may round their factors as tensor cores do */
    const long long *places;    /* [parameters] floats into the blocks of parameters */
    long long block;            /* floats of such a block, a multiple of NC_PART_FLOATS */
    long long values;           /* bytes of NC_ON_VALUES */
    int capacity;               /* samples that these are enough for */
    const long long *masks;     /* [dropout layers] bytes into NC_ON_MASKS */
    long long mask_bytes;       /* of NC_ON_MASKS */
    const struct nc_launch *gather;                /* a batch of a data set that is there */
    const struct nc_launch *train, *update, *test; /* forward and backward; the optimizer; evaluation */
    int gather_count, train_count, update_count, test_count;
    struct nc_operand output;   /* [count][outputs], what evaluation leaves */
    void (*loss)(struct nc_microbatch *mb, const struct nc_loss *loss, const float *x, int stride, int outputs,
                 float *gradient); /* the model's, for evaluation */
};

/* The model runs on a device: "cpu", "cuda", "cuda:1", "opencl", or "auto", which is cuda where there is one. The table
 * must outlive the run. */
void nc_device(struct nc_run *run, const struct nc_device *device, const char *name);

#endif
