#include "graph/ops/rules.h"

const OpInfo op_relu = {
    .name = "RELU",
    .formula = "y = max(x, 0)",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
    .elementwise = true,
};

const OpInfo op_relu_grad = {
    .name = "RELU_GRAD",
    .formula = "dx = dy where y > 0, else 0; inputs dy, y",
    .in = {{ROLE_DY, BATCHED}, {ROLE_Y, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = must_keep_shape,
    .backward_name = {"relu", "_grad"},
};
