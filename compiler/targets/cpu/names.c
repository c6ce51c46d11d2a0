/* Names: what operations are called in the emitted C. */
#include <ctype.h>

#include "base/character.h"
#include "targets/cpu/plan.h"

const char *op_identifier(Arena *arena, const Op *op)
{
    if (!op->backward && op->out[0])
        return op->out[0]->name;
    bool activation = op->kind == OP_ACTIVATION_GRAD;
    char *kind = arena_printf(arena, "%s",
                              activation ? activation_name(op->attr.activation.kind) : op_name(op->kind));
    for (char *c = kind; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    const char *path = character_identifier(arena, op->layer);
    static const struct {
        const char *layer, *suffix;
    } names[OP_COUNT] = {
        [OP_CONV2D] = {"convtranspose2d", "_grad_input"},
        [OP_CONV2D_GRAD_INPUT] = {"conv2d", "_grad_input"},   [OP_CONV2D_GRAD_WEIGHT] = {"conv2d", "_grad_weight"},
        [OP_LINEAR_GRAD_INPUT] = {"linear", "_grad_input"},   [OP_LINEAR_GRAD_WEIGHT] = {"linear", "_grad_weight"},
        [OP_GRAD_BIAS] = {"bias", "_grad"},                   [OP_MAX_POOL2D_GRAD] = {"maxpool2d", "_grad"},
        [OP_RELU_GRAD] = {"relu", "_grad"},                   [OP_DROPOUT_GRAD] = {"dropout", "_grad"},
        [OP_DROPOUT_CHANNELS_GRAD] = {"dropout", "_grad"},
        [OP_PRELU_GRAD] = {"prelu", "_grad"},               [OP_PRELU_GRAD_WEIGHT] = {"prelu", "_grad_weight"},
        [OP_SOFTMAX_GRAD] = {"softmax", "_grad"},
        [OP_RESHAPE_GRAD] = {"flatten", "_grad"},             [OP_AVG_POOL2D_GRAD] = {"avgpool2d", "_grad"},
        [OP_NORM_SUMS] = {"norm", "_grad_sums"},              [OP_BATCH_STATISTICS_GRAD] = {"norm", "_grad_statistics"},
        [OP_GROUP_STATISTICS_GRAD] = {"norm", "_grad_statistics"},
        [OP_NORM_GRAD] = {"norm", "_grad"},                   [OP_NORM_GRAD_WEIGHT] = {"norm", "_grad_weight"},
        [OP_NORM_GRAD_BIAS] = {"norm", "_grad_bias"},         [OP_NORM] = {"norm", "_again"},
        [OP_SCALE_GRAD] = {"scale", "_grad"},                 [OP_SCALE_GRAD_WEIGHT] = {"scale", "_grad_weight"},
        [OP_SCALE_GRAD_BIAS] = {"scale", "_grad_bias"},
        [OP_ADD] = {"gradient", "_sum"},                      [OP_PAD2D] = {"pad2d", "_grad"},
        [OP_EMBEDDING_GRAD] = {"embedding", "_grad"},         [OP_SWAP] = {"swap", "_grad"},
        [OP_EXTEND2D_GRAD] = {"pad2d", "_grad"},              [OP_UPSAMPLE2D_GRAD] = {"upsample", "_grad"},
    };
    if (activation)
        return arena_printf(arena, "%s_%s_grad", kind, path);
    if (!names[op->kind].layer)
        return kind;
    return arena_printf(arena, "%s_%s%s", names[op->kind].layer, path, names[op->kind].suffix);
}
