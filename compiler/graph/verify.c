/* The rules of the graph, checked between passes: order, arity, types and shapes of every operation. */
#include "base/fail.h"
#include "graph/graph.h"

typedef struct Check {
    const Graph *graph;
    const char *after;
    const Op *op;
} Check;

static void must(const Check *check, bool holds, const char *rule)
{
    if (!holds)
        fail_bug("after %s, operation %d (%s of layer '%s') breaks a rule: %s", check->after, check->op->id,
                 op_name(check->op->kind), check->op->layer, rule);
}

static bool is_f32(const Value *value, bool batched)
{
    return value->type == TYPE_F32 && value->batched == batched;
}

/* Inputs come from operations before this one, outputs name it as their producer. */
static void check_links(const Check *check, int place)
{
    const Op *op = check->op;
    must(check, op->id == place, "an operation's id is its place");
    must(check, op->kind < OP_COUNT, "the kind is known");
    for (int i = 0; i < MAX_INPUTS; i++) {
        const Value *in = op->in[i];
        bool optional = (i == 2 && (op->kind == OP_CONV2D || op->kind == OP_CONV_TRANSPOSE2D || op->kind == OP_LINEAR ||
                                    op->kind == OP_SCALE)) ||
                        ((i == 1 || i == 2) && op->kind == OP_NORM) ||
                        (i > 0 && (op->kind == OP_BATCH_STATISTICS || op->kind == OP_GROUP_STATISTICS)) ||
                        (i < 3 && op->kind == OP_KEPT_STATISTICS);
        must(check, i < op_input_count(op->kind) ? in || optional : !in, "the number of inputs is the kind's");
        if (!in)
            continue;
        must(check, in->id >= 0 && in->id < check->graph->values.count && check->graph->values.at[in->id] == in,
             "an input is a value of the graph");
        must(check, in->producer && in->producer->id < op->id, "an input is made before it is used");
        must(check, op->backward || !in->producer->backward, "the forward part uses nothing of the backward part");
    }
    for (int i = 0; i < MAX_OUTPUTS; i++) {
        const Value *out = op->out[i];
        must(check, (i < op_output_count(op->kind)) == (out != NULL), "the number of outputs is the kind's");
        if (!out)
            continue;
        must(check, out->id >= 0 && out->id < check->graph->values.count && check->graph->values.at[out->id] == out,
             "an output is a value of the graph");
        must(check, out->producer == op && out->output == i, "an output names its producer");
        must(check, out->name && *out->name, "a value has a name");
        must(check, out->shape.rank >= 0 && out->shape.rank <= MAX_RANK, "a rank is at most MAX_RANK");
        for (int d = 0; d < out->shape.rank; d++)
            must(check, out->shape.dim[d] > 0, "a dimension is positive");
    }
}

/* A window over `x` gives `y`, both of one sample: C,H,W or C,L. */
static void check_window(const Check *check, Shape x, Shape y)
{
    const Window *window = &check->op->attr.window;
    must(check, (x.rank == 3 || x.rank == 2) && y.rank == x.rank, "a window slides over C,H,W or C,L");
    x = shape_image(x);
    y = shape_image(y);
    for (int axis = 0; axis < 2 && !window->adaptive; axis++) {
        must(check, window->kernel[axis] > 0 && window->stride[axis] > 0 && window->dilation[axis] > 0 &&
             window->padding[axis] >= 0, "a window's sizes are positive");
        must(check, y.dim[1 + axis] == window_extent(window, axis, x.dim[1 + axis]),
             "the output's extent is the window's");
    }
    must(check, window->groups > 0, "there is a group");
}

static void check_conv(const Check *check, Shape x, Shape w, Shape y)
{
    const Window *window = &check->op->attr.window;
    check_window(check, x, y);
    must(check, w.rank == x.rank + 1, "a weight is O,I,KH,KW or O,I,K");
    w = shape_filters(w);
    must(check, w.dim[2] == window->kernel[0] && w.dim[3] == window->kernel[1], "a weight is as large as the window");
    must(check, x.dim[0] == w.dim[1] * window->groups && y.dim[0] == w.dim[0] && w.dim[0] % window->groups == 0,
         "channels fit the weight and the groups");
}

/* From x to y, or from the gradient of y to that of x. */
static void check_average(const Check *check, const Value *x, const Value *y)
{
    must(check, is_f32(x, true) && is_f32(y, true), "x and y are batches of floats");
    check_window(check, x->shape, y->shape);
    must(check, x->shape.dim[0] == y->shape.dim[0], "a pool keeps the channels");
}

static void check_linear(const Check *check, Shape x, Shape w, Shape y)
{
    must(check, x.rank == 1 && y.rank == 1 && w.rank == 2, "a linear layer goes from [in] to [out] by [out,in]");
    must(check, w.dim[0] == y.dim[0] && w.dim[1] == x.dim[0], "features fit the weight");
}

/* x: whole numbers; y: E,T for a table of rows of E, or E of a bag. */
static void check_embedding(const Check *check, const Value *x, Shape w, Shape y)
{
    must(check, x->type == TYPE_I64 && x->batched && x->shape.rank == 1, "tokens are whole numbers in a row");
    must(check, w.rank == 2 && y.dim[0] == w.dim[1], "a row is as long as the output has channels");
    if (check->op->attr.embedding.bag)
        must(check, y.rank == 1, "a bag is one row");
    else
        must(check, y.rank == 2 && y.dim[1] == x->shape.dim[0], "there is a column for each token");
}

static void check_loss(const Check *check, const Value *x, const Value *t)
{
    must(check, is_f32(x, true) && t->batched && t->producer->kind == OP_TARGET,
         "a loss compares an output with the target");
    if (check->op->attr.loss->classes)
        must(check, t->type == TYPE_I64 && t->shape.rank == 0 && x->shape.rank == 1,
             "classes are numbers over flat logits");
    else
        must(check, t->type == TYPE_F32 && shape_equal(t->shape, x->shape), "targets are shaped like the output");
}

/* `value` has `rows` numbers for each channel of x, of every sample or of all together. */
static bool is_of_channels(const Value *value, const Value *x, int rows, bool batched)
{
    return is_f32(value, batched) && value->shape.rank == 3 && value->shape.dim[0] == x->shape.dim[0] &&
           value->shape.dim[1] == rows && value->shape.dim[2] == 1;
}

static void check_norm(const Check *check)
{
    const Op *op = check->op;
    const Value *a = op->in[0], *b = op->in[1], *c = op->in[2], *d = op->in[3], *y = op->out[0];
    bool holds = false;
    switch (op->kind) {
    case OP_MOMENTS:
        holds = is_f32(a, true) && is_of_channels(y, a, 3, true);
        break;
    case OP_BATCH_STATISTICS:
    case OP_GROUP_STATISTICS:
        holds = is_of_channels(a, a, 3, true) && is_of_channels(y, a, 4, op->kind == OP_GROUP_STATISTICS);
        for (int i = 1; i < op_input_count(op->kind); i++)
            holds = holds && (!op->in[i] || op->in[i]->producer->kind == OP_PARAMETER);
        break;
    case OP_INSTANCE_KEEP:
        holds = is_of_channels(a, a, 3, true) && is_of_channels(y, a, 2, false) && is_f32(b, false) && is_f32(c, false);
        break;
    case OP_KEPT_STATISTICS: /* d: the running mean */
        holds = is_f32(d, false) && is_of_channels(y, d, 4, false);
        for (int i = 0; i < op_input_count(op->kind); i++)
            holds = holds && (!op->in[i] || op->in[i]->producer->kind == OP_PARAMETER);
        break;
    case OP_NORM:
        holds = is_f32(a, true) && is_f32(y, true) && shape_equal(a->shape, y->shape) &&
                is_of_channels(d, a, 4, d->batched);
        break;
    case OP_NORM_SUMS:
        holds = is_f32(a, true) && is_f32(b, true) && shape_equal(a->shape, b->shape) &&
                is_of_channels(c, b, 4, c->batched) && is_of_channels(y, b, 2, true);
        break;
    case OP_BATCH_STATISTICS_GRAD:
    case OP_GROUP_STATISTICS_GRAD:
        holds = is_of_channels(a, b, 2, true) && is_of_channels(b, b, 4, b->batched) &&
                is_of_channels(y, b, 2, b->batched) && b->batched == (op->kind == OP_GROUP_STATISTICS_GRAD);
        break;
    case OP_NORM_GRAD:
        holds = is_f32(a, true) && is_f32(b, true) && shape_equal(a->shape, b->shape) && is_f32(y, true) &&
                shape_equal(y->shape, b->shape) && is_of_channels(c, b, 4, c->batched) &&
                is_of_channels(d, b, 2, c->batched);
        break;
    default: /* of w and b */
        holds = is_of_channels(a, a, 2, true) && is_f32(y, false) && y->shape.rank == 1 &&
                y->shape.dim[0] == a->shape.dim[0];
    }
    must(check, holds, "statistics fit the channels they are of");
}

static void check_op(const Check *check)
{
    const Op *op = check->op;
    const Value *a = op->in[0], *b = op->in[1], *y = op->out[0];
    switch (op->kind) {
    case OP_INPUT:
        must(check, y->batched && (y->type == TYPE_F32 || y->type == TYPE_I64) && !y->parameter,
             "the input is a batch of floats or of whole numbers");
        break;
    case OP_TARGET:
        must(check, y->batched && (y->type == TYPE_I64 || y->type == TYPE_F32), "targets are classes or floats");
        break;
    case OP_PARAMETER:
        must(check, is_f32(y, false) && y->parameter, "a parameter value knows its parameter");
        break;
    case OP_CONV2D:
    case OP_CONV_TRANSPOSE2D:
    case OP_LINEAR:
        must(check, is_f32(a, true) && is_f32(b, false) && is_f32(y, true), "inputs are x, w and b");
        if (op->kind == OP_CONV2D)
            check_conv(check, a->shape, b->shape, y->shape);
        else if (op->kind == OP_CONV_TRANSPOSE2D)
            check_conv(check, y->shape, b->shape, a->shape);
        else
            check_linear(check, a->shape, b->shape, y->shape);
        if (op->in[2])
            must(check,
                 is_f32(op->in[2], false) && op->in[2]->shape.rank == 1 && op->in[2]->shape.dim[0] == y->shape.dim[0],
                 "a bias has one number per output channel");
        break;
    case OP_MAX_POOL2D:
        check_window(check, a->shape, y->shape);
        must(check, a->shape.dim[0] == y->shape.dim[0] && is_f32(a, true) && is_f32(y, true),
             "a pool keeps the channels");
        must(check, op->out[1]->type == TYPE_U8 && op->out[1]->batched && shape_equal(op->out[1]->shape, y->shape),
             "the argmax is shaped like the output");
        break;
    case OP_AVG_POOL2D:
        check_average(check, a, y);
        break;
    case OP_AVG_POOL2D_GRAD:
        check_average(check, y, a);
        break;
    case OP_EMBEDDING:
        check_embedding(check, a, b->shape, y->shape);
        must(check, is_f32(b, false) && is_f32(y, true), "a table is learned");
        break;
    case OP_EMBEDDING_GRAD:
        check_embedding(check, a, y->shape, b->shape);
        must(check, is_f32(b, true) && is_f32(y, false), "inputs are x and dy");
        break;
    case OP_SWAP:
        must(check, is_f32(a, true) && is_f32(y, true) && a->shape.rank == 2 && y->shape.rank == 2 &&
             a->shape.dim[0] == y->shape.dim[1] && a->shape.dim[1] == y->shape.dim[0], "a swap is of two dimensions");
        break;
    case OP_PRELU:
        must(check, is_f32(a, true) && is_f32(y, true) && shape_equal(a->shape, y->shape), "prelu keeps the shape");
        must(check, is_f32(b, false) && b->shape.rank == 1 &&
             (b->shape.dim[0] == 1 || b->shape.dim[0] == a->shape.dim[0]), "a slope a channel, or one");
        break;
    case OP_PRELU_GRAD:
        must(check, is_f32(a, true) && is_f32(b, true) && is_f32(op->in[2], false) && shape_equal(a->shape, b->shape) &&
             shape_equal(a->shape, y->shape), "inputs are dy, x and w");
        break;
    case OP_PRELU_GRAD_WEIGHT:
        must(check, is_f32(a, true) && is_f32(b, true) && is_f32(y, false) && shape_equal(a->shape, b->shape),
             "inputs are dy and x");
        break;
    case OP_RELU:
    case OP_SOFTMAX:
    case OP_ACTIVATION:
        must(check, is_f32(a, true) && is_f32(y, true) && shape_equal(a->shape, y->shape),
             "an activation keeps the shape");
        break;
    case OP_DROPOUT:
        must(check, is_f32(a, true) && is_f32(y, true) && shape_equal(a->shape, y->shape), "dropout keeps the shape");
        must(check, op->out[1]->type == TYPE_U8 && op->out[1]->batched && shape_equal(op->out[1]->shape, y->shape),
             "the mask is shaped like the output");
        must(check, op->attr.p > 0 && op->attr.p <= 1, "p is in (0, 1]");
        break;
    case OP_DROPOUT_CHANNELS:
    case OP_DROPOUT_CHANNELS_GRAD:
        b = b ? b : op->out[1];
        must(check, is_f32(a, true) && is_f32(y, true) && shape_equal(a->shape, y->shape), "dropout keeps the shape");
        must(check, is_f32(b, true) && b->shape.rank == 1 && b->shape.dim[0] == a->shape.dim[0], "a factor a channel");
        must(check, op->attr.p > 0 && op->attr.p <= 1, "p is in (0, 1]");
        break;
    case OP_RESHAPE:
    case OP_RESHAPE_GRAD:
        must(check, is_f32(a, true) && is_f32(y, true) && shape_count(a->shape) == shape_count(y->shape),
             "a reshape keeps the number of elements");
        must(check, a->shape.rank == 1 || y->shape.rank == 1 ||
             (a->shape.rank != y->shape.rank && a->shape.dim[0] == y->shape.dim[0]),
             "a reshape is from a row or to one, or an image's pixels are a sequence");
        break;
    case OP_PAD2D:
    case OP_EXTEND2D:
    case OP_EXTEND2D_GRAD:
        must(check, is_f32(a, true) && is_f32(y, true) && a->shape.rank > 1 && y->shape.rank == a->shape.rank &&
             a->shape.dim[0] == y->shape.dim[0], "padding keeps the channels");
        break;
    case OP_UPSAMPLE2D:
    case OP_UPSAMPLE2D_GRAD:
        must(check, is_f32(a, true) && is_f32(y, true) && a->shape.rank > 1 && y->shape.rank == a->shape.rank &&
             a->shape.dim[0] == y->shape.dim[0], "another size keeps the channels");
        break;
    case OP_LOSS:
        check_loss(check, a, b);
        must(check, is_f32(y, false) && y->shape.rank == 0, "a loss is one number");
        break;
    case OP_LOSS_GRAD:
        check_loss(check, a, b);
        must(check, is_f32(y, true) && shape_equal(y->shape, a->shape), "a loss's gradient is shaped like the output");
        break;
    case OP_CONV2D_GRAD_INPUT:
        must(check, is_f32(a, true) && is_f32(b, false) && is_f32(y, true), "inputs are dy and w");
        check_conv(check, y->shape, b->shape, a->shape);
        break;
    case OP_CONV2D_GRAD_WEIGHT:
        must(check, is_f32(a, true) && is_f32(b, true) && is_f32(y, false), "inputs are dy and x");
        check_conv(check, b->shape, y->shape, a->shape);
        break;
    case OP_LINEAR_GRAD_INPUT:
        must(check, is_f32(a, true) && is_f32(b, false) && is_f32(y, true), "inputs are dy and w");
        check_linear(check, y->shape, b->shape, a->shape);
        break;
    case OP_LINEAR_GRAD_WEIGHT:
        must(check, is_f32(a, true) && is_f32(b, true) && is_f32(y, false), "inputs are dy and x");
        check_linear(check, b->shape, y->shape, a->shape);
        break;
    case OP_GRAD_BIAS:
        must(check, is_f32(a, true) && is_f32(y, false) && y->shape.rank == 1 && a->shape.dim[0] == y->shape.dim[0],
             "a bias's gradient has one number per channel");
        break;
    case OP_MAX_POOL2D_GRAD:
        must(check, is_f32(a, true) && is_f32(y, true) && b->type == TYPE_U8 && shape_equal(a->shape, b->shape),
             "inputs are dy and the argmax");
        check_window(check, y->shape, a->shape);
        break;
    case OP_RELU_GRAD:
    case OP_SOFTMAX_GRAD:
    case OP_ACTIVATION_GRAD:
        must(check, is_f32(a, true) && is_f32(b, true) && is_f32(y, true) && shape_equal(a->shape, b->shape) &&
             shape_equal(a->shape, y->shape), "inputs are dy and x or y");
        break;
    case OP_DROPOUT_GRAD:
        must(check, is_f32(a, true) && is_f32(y, true) && b->type == TYPE_U8 && shape_equal(a->shape, b->shape) &&
             shape_equal(a->shape, y->shape), "inputs are dy and the mask");
        break;
    case OP_ADD:
        must(check,
             is_f32(a, y->batched) && is_f32(b, y->batched) && y->type == TYPE_F32 && shape_equal(a->shape, b->shape) &&
                 shape_equal(a->shape, y->shape),
             "both sides of a sum are alike");
        break;
    case OP_MOMENTS:
    case OP_BATCH_STATISTICS:
    case OP_KEPT_STATISTICS:
    case OP_INSTANCE_KEEP:
    case OP_NORM:
    case OP_NORM_SUMS:
    case OP_BATCH_STATISTICS_GRAD:
    case OP_GROUP_STATISTICS:
    case OP_GROUP_STATISTICS_GRAD:
    case OP_NORM_GRAD:
    case OP_NORM_GRAD_WEIGHT:
    case OP_NORM_GRAD_BIAS:
        check_norm(check);
        break;
    case OP_SCALE:
    case OP_SCALE_GRAD:
        must(check, is_f32(a, true) && is_f32(b, false) && is_f32(y, true) && shape_equal(a->shape, b->shape) &&
             shape_equal(a->shape, y->shape) && (!op->in[2] || shape_equal(a->shape, op->in[2]->shape)),
             "there is a weight for each element");
        break;
    case OP_SCALE_GRAD_WEIGHT:
    case OP_SCALE_GRAD_BIAS:
        must(check, is_f32(a, true) && (!b || is_f32(b, true)) && is_f32(y, false) && shape_equal(a->shape, y->shape),
             "inputs are dy and x");
        break;
    case OP_COUNT:
        must(check, false, "the kind is known");
    }
}

void graph_verify(const Graph *graph, const char *after)
{
    Check check = {.graph = graph, .after = after};
    for (int i = 0; i < graph->ops.count; i++) {
        check.op = graph->ops.at[i];
        check_links(&check, i);
        check_op(&check);
    }
    for (int i = 0; i < graph->values.count; i++) {
        const Value *value = graph->values.at[i], *gradient = value->gradient;
        if (value->id != i || !value->producer || graph->ops.at[value->producer->id] != value->producer)
            fail_bug("after %s, value %d is not where its id says", after, i);
        if (gradient && (!shape_equal(gradient->shape, value->shape) || gradient->batched != value->batched ||
                         !gradient->producer->backward || value->producer->backward))
            fail_bug("after %s, the gradient of %s does not match it", after, value->name);
    }
    if (graph->loss && graph->loss->producer->in[0] != graph->output)
        fail_bug("after %s, the loss is not taken of the output", after);
}
