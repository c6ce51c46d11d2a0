#include "vocabulary/layers/swap.h"

Value *swap_dims(Builder *builder, const char *name, Value *x)
{
    Shape in = x->shape, image = shape_of(3, (int64_t[]){in.dim[in.rank - 1], 1, in.dim[0]});
    Shape row = shape_of(2, (int64_t[]){in.dim[in.rank - 1], in.dim[0]});
    if (x->producer->kind == OP_SWAP)
        return x->producer->in[0];
    return graph_value(builder, OP_SWAP, name, x, NULL, NULL, in.rank == 2 ? image : row, (Attributes){0});
}

static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_SWAP, op->in[0], dy, NULL, (Attributes){0});
}

const BackwardRule backward_swap = {OP_SWAP, backward};
