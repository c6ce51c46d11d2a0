/* The rules of the graph, checked between passes: order, arity, types and shapes of every operation. The rules of a
 * single operation stand in its row. */
#include "base/fail.h"
#include "graph/op.h"

void op_must(const OpCheck *check, bool holds, const char *rule)
{
    if (!holds)
        fail_bug("after %s, operation %d (%s of layer '%s') breaks a rule: %s", check->after, check->op->id,
                 check->op->info->name, check->op->layer, rule);
}

static void check_port(const OpCheck *check, const OpPort *port, const Value *value)
{
    op_must(check, (port->flags & ANY_TYPE) || value->type == port->type, "a value's type is that of its role");
    op_must(check, (port->flags & EITHER) || value->batched == ((port->flags & BATCHED) != 0),
            "a value has the batch, or not, as its role says");
}

/* Inputs come from operations before this one, outputs name it as their producer. */
static void check_links(const OpCheck *check, int place)
{
    const Op *op = check->op;
    op_must(check, op->id == place, "an operation's id is its place");
    int inputs = op_input_count(op->kind), outputs = op_output_count(op->kind);
    for (int i = 0; i < MAX_INPUTS; i++) {
        const Value *in = op->in[i];
        bool optional = i < inputs && (op->info->in[i].flags & OPTIONAL);
        op_must(check, i < inputs ? in || optional : !in, "the number of inputs is the kind's");
        if (!in)
            continue;
        check_port(check, &op->info->in[i], in);
        op_must(check, in->id >= 0 && in->id < check->graph->values.count && check->graph->values.at[in->id] == in,
             "an input is a value of the graph");
        op_must(check, in->producer && in->producer->id < op->id, "an input is made before it is used");
        op_must(check, op->backward || !in->producer->backward, "the forward part uses nothing of the backward part");
    }
    for (int i = 0; i < MAX_OUTPUTS; i++) {
        const Value *out = op->out[i];
        op_must(check, (i < outputs) == (out != NULL), "the number of outputs is the kind's");
        if (!out)
            continue;
        check_port(check, &op->info->out[i], out);
        op_must(check, out->id >= 0 && out->id < check->graph->values.count && check->graph->values.at[out->id] == out,
             "an output is a value of the graph");
        op_must(check, out->producer == op && out->output == i, "an output names its producer");
        op_must(check, out->name && *out->name, "a value has a name");
        op_must(check, out->shape.rank >= 0 && out->shape.rank <= MAX_RANK, "a rank is at most MAX_RANK");
        for (int d = 0; d < out->shape.rank; d++)
            op_must(check, out->shape.dim[d] > 0, "a dimension is positive");
    }
}

void graph_verify(const Graph *graph, const char *after)
{
    OpCheck check = {.graph = graph, .after = after};
    for (int i = 0; i < graph->ops.count; i++) {
        check.op = graph->ops.at[i];
        check_links(&check, i);
        if (check.op->info->verify)
            check.op->info->verify(&check);
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
