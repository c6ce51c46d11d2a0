/* Recompute: what a norm makes is made again for the backward pass, instead of being kept.
 *
 * Needs: the graph with its backward part.
 * Guarantees: where another norm stands between an image that a norm (and an activation fused with it) makes and the
 * gradients of weights that read it, they read a copy of it, made of the norm's own input right before the first of
 * them. The input is kept in any case, and to read it costs less than to write its image and read that: the threads
 * have all of the batch to go through in between. The sums that a norm's gradient wants come right behind the gradient
 * that they are of, before gradients of weights, so that who makes it can sum it at once. */
#include "passes/passes.h"

/* What reads `value` behind operation `from`, of this kind; NULL when nothing does. */
static Op *reader(const Graph *graph, const Value *value, OpKind kind, int from)
{
    for (int i = from; i < graph->ops.count; i++) {
        Op *op = graph->ops.at[i];
        if (op->kind == kind && op_reads(op, value))
            return op;
    }
    return NULL;
}

static bool another_norm_follows(const Graph *graph, const Op *norm)
{
    for (int i = norm->id + 1; i < graph->ops.count; i++) {
        if (graph->ops.at[i]->kind == OP_BATCH_STATISTICS)
            return true;
    }
    return false;
}

/* Moves the operations from `first` on, `count` of them, in front of the one at `place`, which they stand behind. */
static void move_before(Graph *graph, int first, int count, int place)
{
    for (int i = 0; i < count; i++) {
        Op *op = graph->ops.at[first + i];
        for (int k = first + i; k > place + i; k--)
            graph->ops.at[k] = graph->ops.at[k - 1];
        graph->ops.at[place + i] = op;
    }
    for (int i = place; i < first + count; i++)
        graph->ops.at[i]->id = i;
}

static Value *again(Builder *builder, const Op *op, Value *x)
{
    Value *in[MAX_INPUTS];
    for (int k = 0; k < op_input_count(op->kind); k++)
        in[k] = k ? op->in[k] : x;
    const char *name = arena_printf(builder->graph->arena, "%s_again", op->out[0]->name);
    return graph_op(builder, op->kind, name, in, &op->out[0]->shape, op->attr)->out[0];
}

static void recompute(Graph *graph, const Op *norm, Fuses *fuses)
{
    const Op *activation = reader(graph, norm->out[0], OP_RELU, norm->id);
    if (!activation)
        activation = reader(graph, norm->out[0], OP_ACTIVATION, norm->id);
    const GraphKernel norm_alone = {.op = norm, .ops = {norm}, .op_count = 1};
    if (activation && !fuses(&norm_alone, activation))
        activation = NULL;
    const Value *y = activation ? activation->out[0] : norm->out[0];
    const Op *first = reader(graph, y, OP_CONV2D_GRAD_WEIGHT, norm->id);
    if (!first || !another_norm_follows(graph, norm))
        return;
    int end = graph->ops.count, place = first->id;
    Builder builder = {.graph = graph, .layer = norm->layer, .span = norm->span, .backward = true};
    Value *copy = again(&builder, norm, norm->in[0]);
    if (activation) {
        builder.layer = activation->layer;
        builder.span = activation->span;
        copy = again(&builder, activation, copy);
    }
    move_before(graph, end, graph->ops.count - end, place);
    for (Op *op; (op = reader(graph, y, OP_CONV2D_GRAD_WEIGHT, place)) != NULL;)
        op->in[op->in[1] == y] = copy; /* a transposed convolution's has it for dy */
}

static bool is_activation_grad(const Op *op)
{
    return op->kind == OP_RELU_GRAD || op->kind == OP_ACTIVATION_GRAD;
}

/* Whether the operations from `first` to `last` read nothing that those from `place` on, in front of them, make. */
static bool can_move(const Graph *graph, int first, int last, int place)
{
    for (int i = first; i <= last; i++) {
        for (int k = 0; k < MAX_INPUTS; k++) {
            const Value *in = graph->ops.at[i]->in[k];
            if (in && in->producer->id >= place && in->producer->id < first)
                return false;
        }
    }
    return true;
}

/* Moves a norm's sums, with the gradient of an activation in front of them, behind the gradient that they read. */
static void sum_at_once(Graph *graph, int sums)
{
    const Op *before = graph->ops.at[sums]->in[0]->producer;
    const int first = is_activation_grad(before) && before->id == sums - 1 ? sums - 1 : sums;
    const int place = graph->ops.at[first]->in[0]->producer->id + 1;
    if (place >= first || !can_move(graph, first, sums, place))
        return;
    move_before(graph, first, sums - first + 1, place);
}

void pass_recompute(Graph *graph, Fuses *fuses)
{
    for (int i = 0; i < graph->ops.count; i++) {
        if (graph->ops.at[i]->kind == OP_NORM && !graph->ops.at[i]->backward)
            recompute(graph, graph->ops.at[i], fuses);
    }
    for (int i = 0; i < graph->ops.count; i++) {
        if (graph->ops.at[i]->kind == OP_NORM_SUMS)
            sum_at_once(graph, i);
    }
}
