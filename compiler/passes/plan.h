/* Plan: the graph as a list of kernels over placed buffers: what the emitter prints.
 * pass_fuse makes it; layout, schedule and place fill it in. */
#ifndef NETC_PASSES_PLAN_H
#define NETC_PASSES_PLAN_H

#include "graph/graph.h"

enum { MAX_DIMS = 24, MAX_OPERANDS = 5, MAX_KERNEL_OPS = 4 };

/* Vector widths that schedules are made for, widest first: 16 floats (AVX-512), 8 (AVX2 with FMA), 4 (SSE, NEON). */
typedef enum Width { WIDTH_16, WIDTH_8, WIDTH_4, WIDTH_COUNT } Width;

/* What a micro-kernel keeps in registers: rows x cols pixels by `vecs` vectors of outputs (CONV, CONV_POOL), or
 * cols weights by `vecs` vectors (CONV_GRAD_WEIGHT, rows = 1). */
typedef struct Tile {
    int rows, cols, vecs;
} Tile;

typedef enum Family {
#define FAMILY(NAME, name, parameters) FAMILY_##NAME,
#include "passes/families.def"
#undef FAMILY
    FAMILY_COUNT,
    FAMILY_CALL = FAMILY_COUNT /* no kernel: a call of a runtime function (losses, dropout masks) */
} Family;

/* CONV_rows, CONV_cols, ...: places in Kernel.dim. */
#define DIM_ENUM(PREFIX, d) PREFIX##_##d,
enum {
#define D(d) DIM_ENUM(CONV, d)
    CONV_DIMS(D) CONV_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(CONV_POOL, d)
    CONV_POOL_DIMS(D) CONV_POOL_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(CONV_GRAD_WEIGHT, d)
    CONV_GRAD_WEIGHT_DIMS(D) CONV_GRAD_WEIGHT_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(GRAD_BIAS, d)
    GRAD_BIAS_DIMS(D) GRAD_BIAS_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(MAX_POOL, d)
    MAX_POOL_DIMS(D) MAX_POOL_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(MAX_POOL_GRAD, d)
    MAX_POOL_GRAD_DIMS(D) MAX_POOL_GRAD_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(POOL_GRAD, d)
    POOL_GRAD_DIMS(D) POOL_GRAD_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(RELU, d)
    RELU_DIMS(D) RELU_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(RELU_GRAD, d)
    RELU_GRAD_DIMS(D) RELU_GRAD_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(ADD, d)
    ADD_DIMS(D) ADD_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(SCALE_MASK, d)
    SCALE_MASK_DIMS(D) SCALE_MASK_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(FLATTEN, d)
    FLATTEN_DIMS(D) FLATTEN_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(UNFLATTEN, d)
    UNFLATTEN_DIMS(D) UNFLATTEN_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(INPUT_BYTES, d)
    INPUT_BYTES_DIMS(D) INPUT_BYTES_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(INPUT_FLOATS, d)
    INPUT_FLOATS_DIMS(D) INPUT_FLOATS_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(TRANSPOSE, d)
    TRANSPOSE_DIMS(D) TRANSPOSE_DIM_COUNT
#undef D
};
enum {
#define D(d) DIM_ENUM(ZERO_OUTSIDE_GROUPS, d)
    ZERO_OUTSIDE_GROUPS_DIMS(D) ZERO_OUTSIDE_GROUPS_DIM_COUNT
#undef D
};
#undef DIM_ENUM

typedef struct FamilyInfo {
    const char *name;              /* "conv" */
    const char *parameters;        /* of the C function */
    const char *const *dims;       /* names, NULL at the end */
    int dim_count;
    bool tiled;
} FamilyInfo;

const FamilyInfo *family_info(Family family);

#endif
