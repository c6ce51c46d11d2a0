/* ParameterLayout: how parameters lie in memory, and what that depends on. It is shared by all plans over the same
 * parameters: the plan of training decides, and that of evaluation goes by it; where a model is only evaluated, the
 * plan of evaluation decides. */
#ifndef NETC_TARGETS_CPU_PARAMETER_LAYOUT_H
#define NETC_TARGETS_CPU_PARAMETER_LAYOUT_H

#include "targets/cpu/plan.h"

/* How a layer is computed: the layouts of its weights depend on it. */
typedef struct LayerChoice {
    const char *layer;
    OpKind kind;
    bool view; /* a reshape that moves nothing */
    Family family;
    Scope scope;
    bool counts_samples;
} LayerChoice;

struct ParameterLayout {
    Arena *arena;
    int batch, microbatch, shard, capacity; /* samples: see Plan; 0 until they are chosen */
    VEC(LayerChoice) layers;
    bool input_is_packed;              /* the input's pixels have no padding, and so the weights over them */
    VEC(PlacedParameter *) parameters; /* in torch's order */
    VEC(Buffer *) packed;              /* packed weights: parameters in the order that a kernel reads */
    VEC(Kernel *) functions;           /* a kernel of each C function so far */
    int64_t block, packed_floats;     /* floats of all */
    int64_t sharded;                   /* the floats at the block's start whose gradients shards make */
    int64_t packed_forward;           /* the first of the packed ones: all that evaluation reads */
    int64_t workspace, batch_bytes;    /* bytes that the plans so far take: another one's memory stands behind */
    int kernel_count;                  /* of the plans so far */
};

ParameterLayout *parameter_layout_new(Arena *arena);

/* What was chosen for a layer's operation of this kind; NULL where nothing was yet. */
const LayerChoice *layer_choice(const ParameterLayout *layout, const Op *op);

/* Takes in what a plan has chosen. */
void parameter_layout_choose(ParameterLayout *layout, const Plan *plan);

/* Gives the packed weights their places, when all plans have theirs: first those that evaluation reads, so that it
 * needs the first floats alone. */
void parameter_layout_place_packed(ParameterLayout *layout);

/* The place of a parameter; NULL where it has none yet. */
PlacedParameter *placed_parameter(const ParameterLayout *layout, const Parameter *parameter);

/* The packed weights of this name; NULL where there is none yet. */
Buffer *find_packed_weights(const ParameterLayout *layout, const char *name);

#endif
