/* Autodiff: reverse-mode differentiation.
 *
 * Needs: a verified forward graph that ends in a scalar loss.
 * Guarantees: for every parameter that the loss depends on and that is not frozen, value->gradient is set and computed
 * by operations appended after the forward part; nothing is computed that no such parameter needs (the input gets no
 * gradient). The order is the reverse of the forward order. Where a value is used twice, its gradients are added in the
 * order of its uses. */
#include "base/fail.h"
#include "passes/passes.h"
#include "vocabulary/vocabulary.h"

static const BackwardRule *rule_of(OpKind op)
{
    for (const BackwardRule *const *rule = vocabulary_backward; *rule; rule++) {
        if ((*rule)->op == op)
            return *rule;
    }
    return NULL;
}

/* Marks the values that depend on a parameter: only they need a gradient. */
static bool *mark_learned(const Graph *graph)
{
    bool *learned = arena_alloc(graph->arena, (size_t)graph->values.count * sizeof *learned);
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        bool any = op->kind == OP_PARAMETER && parameter_learns(op->out[0]->parameter);
        for (int k = 0; k < op_input_count(op->kind); k++)
            any = any || (op->in[k] && learned[op->in[k]->id]);
        if (any && op->out[0])
            learned[op->out[0]->id] = true;
    }
    return learned;
}

static void accumulate(Builder *builder, Value *value, Value *gradient)
{
    if (!value->gradient) {
        value->gradient = gradient;
        gradient->parameter = value->parameter;
        return;
    }
    const char *name = arena_printf(builder->graph->arena, "%s_sum", value->gradient->name);
    value->gradient =
        graph_value(builder, OP_ADD, name, value->gradient, gradient, NULL, value->shape, (Attributes){0});
    value->gradient->batched = value->batched;
}

void pass_autodiff(Graph *graph)
{
    if (!graph->loss)
        return;
    bool *learned = mark_learned(graph);
    for (int i = graph->loss->producer->id; i >= 0; i--) {
        const Op *op = graph->ops.at[i];
        bool is_loss = op->out[0] == graph->loss;
        if (op->kind == OP_PARAMETER || !op->out[0] || !learned[op->out[0]->id])
            continue;
        if (!is_loss && !op->out[0]->gradient)
            continue; /* the loss does not depend on it */
        const BackwardRule *rule = rule_of(op->kind);
        if (!rule)
            fail_bug("no gradient is known for %s", op_name(op->kind));
        bool wanted[MAX_INPUTS] = {0};
        Value *dx[MAX_INPUTS] = {0};
        for (int k = 0; k < op_input_count(op->kind); k++)
            wanted[k] = op->in[k] && learned[op->in[k]->id];
        Builder builder = {.graph = graph, .layer = op->layer, .span = op->span, .backward = true};
        rule->backward(&builder, op, op->out[0]->gradient, wanted, dx);
        for (int k = 0; k < op_input_count(op->kind); k++) {
            if (wanted[k] && dx[k])
                accumulate(&builder, op->in[k], dx[k]);
        }
    }
}
