/* Which operations are views of their input: part of the choose step. */
#include "base/fail.h"
#include "targets/cpu/choose.h"
#include "targets/cpu/parameter_layout.h"

/* Whether a flattened image can stay channels-last: everything that reads it, through element-wise work, is a linear
 * layer, whose weights take the same order. A gradient follows its value. */
static bool order_is_free(const Graph *graph, const Value *flat)
{
    bool read = false;
    for (int i = flat->producer->id + 1; i < graph->ops.count; i++) {
        const Op *reader = graph->ops.at[i];
        if (!op_reads(reader, flat))
            continue;
        read = true;
        if (reader->backward)
            continue;
        bool passes_on = op_is_elementwise(reader->kind);
        if (reader->kind != OP_LINEAR && !(passes_on && order_is_free(graph, reader->out[0])))
            return false;
    }
    return read;
}

static bool is_read(const Graph *graph, const Value *value)
{
    for (int i = value->producer->id + 1; i < graph->ops.count; i++) {
        if (op_reads(graph->ops.at[i], value))
            return true;
    }
    return false;
}

static bool single_pixel(Shape shape)
{
    return shape_count(shape) == shape.dim[0];
}

static bool reshape_is_view(const Graph *graph, const Op *reshape)
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
           order_is_free(graph, reshape->out[0]);
}

/* A reshape is a view where the order of the elements is free, in evaluation where it is one in training, on which the
 * order of the weights depends; its gradient is one exactly where it is. A swap that is undone at once is read by
 * nobody. */
bool is_view(const Plan *plan, const GraphKernel *kernel)
{
    const Op *op = kernel->op;
    const Graph *graph = plan->graph;
    if (op->kind == OP_SWAP && op->out[0] != graph->output)
        return !is_read(graph, op->out[0]);
    if (op->kind == OP_RESHAPE) {
        const LayerChoice *other = layer_choice(plan->layout, op);
        return other ? other->view : reshape_is_view(graph, op);
    }
    if (op->kind != OP_RESHAPE_GRAD)
        return false;
    for (int i = 0; i < op->id; i++) {
        const Op *forward = graph->ops.at[i];
        /* The values that a sum adds have one gradient together; the layer tells them apart. */
        if (forward->kind == OP_RESHAPE && forward->out[0]->gradient == op->in[0] && forward->layer == op->layer)
            return reshape_is_view(graph, forward);
    }
    fail_bug("the gradient %s belongs to no reshape", op->out[0]->name);
}
