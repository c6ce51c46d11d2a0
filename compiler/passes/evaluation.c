/* Evaluation: the graph of evaluation mode.
 *
 * Needs: a verified graph of a model, with or without its loss and the backward pass.
 * Guarantees: a graph of its forward part, and of its loss where it has one, over the same parameters; its operations
 * are of the same layers. In it
 *
 *     norms by running        go by tables made of parameters alone (KEPT_STATISTICS), before there is any sample:
 *     statistics              nothing gathers moments, and no sample waits for another one
 *     dropout                 is nothing
 *
 * so that pass_fuse can take a norm, and what follows it, into the convolution or the linear layer in front of it. */
#include "graph/op.h"
#include "passes/passes.h"

typedef struct Copier {
    const Graph *from;
    Builder to;
    Value **copy; /* by id of the values of `from` */
} Copier;

/* Whether a norm's statistics are those kept in training. */
static bool goes_by_kept(const Op *op)
{
    return (op->kind == OP_BATCH_STATISTICS || op->kind == OP_GROUP_STATISTICS) && op_in(op, ROLE_MEAN);
}

/* Moments that nothing needs. */
static bool are_idle(const Graph *graph, const Op *moments)
{
    for (int i = moments->id + 1; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        if (op->in[0] == moments->out[0] && goes_by_kept(op))
            return true;
    }
    return false;
}

/* What evaluation mode does not do. */
static bool is_for_training(const Graph *graph, const Op *op)
{
    return op->backward || op->info->evaluation == NOT_EVALUATED ||
           (op->kind == OP_MOMENTS && are_idle(graph, op));
}

static Value *copy_of(const Copier *c, const Value *value)
{
    return value ? c->copy[value->id] : NULL;
}

/* The bias of the convolution or the linear layer that makes `x`, which goes before its norm. */
static Value *bias_in_front(const Value *x)
{
    const Op *maker = x->producer;
    bool layer = maker->kind == OP_CONV2D || maker->kind == OP_CONV_TRANSPOSE2D || maker->kind == OP_LINEAR;
    return layer ? op_in(maker, ROLE_BIAS) : NULL;
}

static Op *copy_statistics(Copier *c, const Op *op)
{
    Value *x = copy_of(c, op->in[0]->producer->in[0]);
    Value *in[MAX_INPUTS] = {bias_in_front(x)};
    for (int k = 1; k < op_input_count(OP_KEPT_STATISTICS); k++)
        in[k] = copy_of(c, op->in[k]);
    return graph_op(&c->to, OP_KEPT_STATISTICS, op->out[0]->name, in, &op->out[0]->shape, op->attr);
}

static Op *copy_plain(Copier *c, const Op *op)
{
    Value *in[MAX_INPUTS] = {0};
    Shape out[MAX_OUTPUTS];
    for (int k = 0; k < op_input_count(op->kind); k++)
        in[k] = copy_of(c, op->in[k]);
    for (int k = 0; k < op_output_count(op->kind); k++)
        out[k] = op->out[k]->shape;
    return graph_op(&c->to, op->kind, op->out[0]->name, in, out, op->attr);
}

static void copy_op(Copier *c, const Op *op)
{
    c->to.layer = op->layer;
    c->to.span = op->span;
    if (op->info->evaluation == GIVES_ITS_INPUT) {
        c->copy[op->out[0]->id] = copy_of(c, op->in[0]);
        return;
    }
    Op *made = goes_by_kept(op) ? copy_statistics(c, op) : copy_plain(c, op);
    for (int k = 0; k < op_output_count(op->kind); k++) {
        made->out[k]->type = op->out[k]->type;
        made->out[k]->parameter = op->out[k]->parameter;
        c->copy[op->out[k]->id] = made->out[k];
    }
}

bool evaluation_is_apart(const Graph *graph)
{
    for (int i = 0; i < graph->ops.count; i++)
        if (graph->ops.at[i]->kind == OP_GROUP_STATISTICS && goes_by_kept(graph->ops.at[i]))
            return true;
    return false;
}

bool evaluation_differs(const Graph *graph)
{
    for (int i = 0; i < graph->ops.count; i++) {
        if (goes_by_kept(graph->ops.at[i]))
            return true;
    }
    return false;
}

Graph *pass_evaluation(Arena *arena, const Graph *graph)
{
    Graph *made = graph_new(arena);
    made->evaluates = true;
    Copier c = {.from = graph, .to = {.graph = made}};
    c.copy = arena_alloc(arena, (size_t)graph->values.count * sizeof(Value *));
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        if (!is_for_training(graph, op))
            copy_op(&c, op);
    }
    made->input = copy_of(&c, graph->input);
    made->target = copy_of(&c, graph->target);
    made->output = copy_of(&c, graph->output);
    made->loss = copy_of(&c, graph->loss);
    for (int i = 0; i < graph->shown.count; i++) {
        ShownLayer shown = {graph->shown.at[i].name, copy_of(&c, graph->shown.at[i].value)};
        shown.value->shown = true;
        vec_push(arena, made->shown, shown);
    }
    return made;
}
