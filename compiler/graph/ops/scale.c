/* A weight, and a summand, for each element of a sample. */
#include "graph/ops/rules.h"

const OpInfo op_scale = {
    .name = "SCALE",
    .formula = "y = x * w + b, element by element; inputs x, w, b (b may be absent)",
    .in = {{ROLE_X, BATCHED}, {ROLE_W}, {ROLE_BIAS, OPTIONAL}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
};

const OpInfo op_scale_grad = {
    .name = "SCALE_GRAD",
    .formula = "dx of SCALE from dy, w",
    .in = {{ROLE_DY, BATCHED}, {ROLE_W}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = must_keep_shape,
    .backward_name = {"scale", "_grad"},
};

const OpInfo op_scale_grad_weight = {
    .name = "SCALE_GRAD_WEIGHT",
    .formula = "dw of SCALE from dy, x, summed over the samples",
    .in = {{ROLE_DY, BATCHED}, {ROLE_X, BATCHED}},
    .out = {{ROLE_DW}},
    .verify = must_keep_shape,
    .backward_name = {"scale", "_grad_weight"},
};

const OpInfo op_scale_grad_bias = {
    .name = "SCALE_GRAD_BIAS",
    .formula = "db of SCALE from dy, summed over the samples",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DB}},
    .verify = must_keep_shape,
    .backward_name = {"scale", "_grad_bias"},
};
