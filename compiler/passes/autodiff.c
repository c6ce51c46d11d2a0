/* Autodiff: reverse-mode differentiation.
 *
 * Needs: a verified forward graph that ends in a scalar loss.
 * Guarantees: for every parameter that the loss depends on and that is not frozen, value->gradient is set and computed
 * by operations appended after the forward part; nothing is computed that no such parameter needs (the input gets no
 * gradient). The order is the reverse of the forward order. Where a value is used several times, its gradients
 * are added in that order too, the last use first. */
#include "base/fail.h"
#include "graph/op.h"
#include "passes/passes.h"
#include "vocabulary/vocabulary.h"

/* Marks the values that depend on a parameter: only they need a gradient. */
static bool *mark_learned(const Graph *graph)
{
    bool *learned = arena_alloc(graph->arena, (size_t)graph->values.count * sizeof *learned);
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        bool any = op->kind == OP_PARAMETER && parameter_learns(op->out[0]->parameter);
        for (int k = 0; k < MAX_INPUTS; k++)
            any = any || (op->in[k] && learned[op->in[k]->id]);
        for (int k = 0; k < MAX_OUTPUTS; k++) {
            if (any && op->out[k] && !(op->info->out[k].flags & FIXED))
                learned[op->out[k]->id] = true;
        }
    }
    return learned;
}

/* Adds `gradient` to those that `value` has from its other uses. A parameter's is the sum, not its parts. */
static void accumulate(Builder *builder, Value *value, Value *gradient)
{
    if (!value->gradient) {
        value->gradient = gradient;
    } else {
        const char *name = arena_printf(builder->graph->arena, "%s_sum", value->gradient->name);
        value->gradient->parameter = NULL;
        value->gradient =
            graph_value(builder, OP_ADD, name, value->gradient, gradient, NULL, value->shape, (Attributes){0});
    }
    value->gradient->parameter = value->parameter;
}

/* Adds what the gradients of the operation's inputs are made by, where its outputs' are known. */
static void differentiate(Graph *graph, const Op *op, const bool *learned)
{
    Builder builder = {.graph = graph, .layer = op->layer, .span = op->span, .backward = true};
    bool wanted[MAX_INPUTS] = {0};
    Value *dx[MAX_INPUTS] = {0}, *dy[MAX_OUTPUTS] = {0};
    for (int k = 0; k < MAX_OUTPUTS; k++)
        dy[k] = op->out[k] ? op->out[k]->gradient : NULL;
    for (int k = 0; k < MAX_INPUTS; k++)
        wanted[k] = op->in[k] && learned[op->in[k]->id];
    if (!op->info->gradient)
        fail_bug("no gradient is known for %s", op->info->name);
    op->info->gradient(&builder, op, dy, wanted, dx);
    for (int k = 0; k < MAX_INPUTS; k++) {
        if (wanted[k] && dx[k])
            accumulate(&builder, op->in[k], dx[k]);
    }
}

/* Whether the loss depends on what the operation makes. */
static bool is_reached(const Graph *graph, const Op *op, const bool *learned)
{
    bool reached = op->out[0] == graph->loss && learned[graph->loss->id];
    for (int k = 0; k < MAX_OUTPUTS; k++)
        reached = reached || (op->out[k] && op->out[k]->gradient);
    return reached && op->kind != OP_PARAMETER;
}

void pass_autodiff(Graph *graph)
{
    if (!graph->loss)
        return;
    bool *learned = mark_learned(graph);
    for (int i = graph->loss->producer->id; i >= 0; i--) {
        if (is_reached(graph, graph->ops.at[i], learned))
            differentiate(graph, graph->ops.at[i], learned);
    }
}
