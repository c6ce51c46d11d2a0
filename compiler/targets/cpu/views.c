/* Which operations are views of their input: part of the fuse step. */
#include "base/fail.h"
#include "targets/cpu/fuser.h"

/* Whether a flattened image can stay channels-last: everything that reads it, through element-wise work, is a linear
 * layer, whose weights take the same order. A gradient follows its value. */
static bool order_is_free(const Fuser *f, const Value *flat)
{
    const Ops *readers = &f->readers[flat->id];
    for (int i = 0; i < readers->count; i++) {
        const Op *reader = readers->at[i];
        if (reader->backward)
            continue;
        bool passes_on = op_is_elementwise(reader->kind);
        if (reader->kind != OP_LINEAR && !(passes_on && order_is_free(f, reader->out[0])))
            return false;
    }
    return readers->count > 0;
}

static bool single_pixel(Shape shape)
{
    return shape_count(shape) == shape.dim[0];
}

static bool reshape_is_view(const Fuser *f, const Op *reshape)
{
    /* A row that becomes an image gets the border that its readers need. */
    if (reshape->out[0]->shape.rank > 1)
        return false;
    /* A convolution's own gradient, which a sum hands on to it as it is, is read with zeros around it, which a linear
     * layer's gradient does not write. */
    OpKind maker = reshape->in[0]->producer->kind;
    if (maker == OP_CONV2D || maker == OP_CONV_TRANSPOSE2D || maker == OP_ADD)
        return false;
    return (single_pixel(reshape->in[0]->shape) && single_pixel(reshape->out[0]->shape)) ||
           order_is_free(f, reshape->out[0]);
}

/* A reshape is a view where the order of the elements is free, in evaluation where it is one in training, on which the
 * order of the weights depends; its gradient is one exactly where it is. A swap that is undone at once is read by
 * nobody. */
bool is_view(const Fuser *f, const Op *op)
{
    if (op->kind == OP_SWAP && op->out[0] != f->plan->graph->output)
        return f->readers[op->out[0]->id].count == 0;
    if (op->kind == OP_RESHAPE && f->plan->training)
        return !plan_computes(f->plan->training, op->origin);
    if (op->kind == OP_RESHAPE)
        return reshape_is_view(f, op);
    if (op->kind != OP_RESHAPE_GRAD)
        return false;
    for (int i = 0; i < op->id; i++) {
        const Op *forward = f->plan->graph->ops.at[i];
        /* The values that a sum adds have one gradient together; the layer tells them apart. */
        if (forward->kind == OP_RESHAPE && forward->out[0]->gradient == op->in[0] && forward->layer == op->layer)
            return reshape_is_view(f, forward);
    }
    fail_bug("the gradient %s belongs to no reshape", op->out[0]->name);
}
