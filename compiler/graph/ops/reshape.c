/* The same elements, in C order, under other dimensions. */
#include "graph/op.h"

static void verify(const OpCheck *check)
{
    const Shape *x = &check->op->in[0]->shape, *y = &check->op->out[0]->shape;
    op_must(check, shape_count(*x) == shape_count(*y), "a reshape keeps the number of elements");
    op_must(check, x->rank == 1 || y->rank == 1 || (x->rank != y->rank && x->dim[0] == y->dim[0]),
            "a reshape is from a row or to one, or an image's pixels are a sequence");
}

static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_RESHAPE_GRAD, op->in[0], dy[0], NULL, (Attributes){0});
}

static void onnx_reshape(Onnx *onnx, const Op *op)
{
    const Shape y = op->out[0]->shape;
    int64_t dims[MAX_RANK + 1] = {0}; /* the batch: as it is */
    if (y.rank == 1) {
        onnx_int(onnx, onnx_simple(onnx, "Flatten"), "axis", 1);
        return;
    }
    for (int i = 0; i < y.rank; i++)
        dims[1 + i] = y.dim[i];
    onnx_node(onnx, "Reshape", (const char *[]){onnx_x(onnx), onnx_list(onnx, dims, y.rank + 1), NULL}, onnx_y(onnx));
}

const OpInfo op_reshape = {
    .name = "RESHAPE",
    .formula = "y = x in another shape, elements in C order: an image as a row or a sequence, or back",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .onnx = onnx_reshape,
};

const OpInfo op_reshape_grad = {
    .name = "RESHAPE_GRAD",
    .formula = "dx = dy, in the shape of x",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify,
    .backward_name = {"flatten", "_grad"},
};
