/* What a step begins with: the samples, their targets, the parameters. */
#include "graph/op.h"

static void verify_input(const OpCheck *check)
{
    const Value *x = check->op->out[0];
    op_must(check, (x->type == TYPE_F32 || x->type == TYPE_I64) && !x->parameter,
            "the input is a batch of floats or of whole numbers");
}

static void verify_target(const OpCheck *check)
{
    const Value *t = check->op->out[0];
    op_must(check, t->type == TYPE_I64 || t->type == TYPE_F32, "targets are classes or floats");
}

static void verify_parameter(const OpCheck *check)
{
    op_must(check, check->op->out[0]->parameter != NULL, "a parameter value knows its parameter");
}

const OpInfo op_input = {
    .name = "INPUT",
    .formula = "x: the samples of the batch, after their transforms",
    .out = {{ROLE_X, BATCHED | ANY_TYPE}},
    .verify = verify_input,
};

const OpInfo op_target = {
    .name = "TARGET",
    .formula = "t: the labels or targets of the batch",
    .out = {{ROLE_T, BATCHED | ANY_TYPE}},
    .verify = verify_target,
};

const OpInfo op_parameter = {
    .name = "PARAMETER",
    .formula = "w: a learned tensor, the same for every sample",
    .out = {{ROLE_W}},
    .verify = verify_parameter,
};
