/* The graph as text: one operation a line, stable from run to run, for --dump and for tests. */
#include <inttypes.h>

#include "graph/op.h"

static void print_lower(Text *out, const char *name)
{
    for (; *name; name++)
        text_printf(out, "%c", *name >= 'A' && *name <= 'Z' ? *name + 32 : *name);
}

static void print_type(Text *out, const Value *value)
{
    static const char *const types[] = {[TYPE_F32] = "f32", [TYPE_I64] = "i64", [TYPE_U8] = "u8"};
    text_printf(out, "%s [%s", types[value->type], value->batched ? "N" : "");
    for (int i = 0; i < value->shape.rank; i++)
        text_printf(out, "%s%" PRId64, i || value->batched ? "," : "", value->shape.dim[i]);
    text_add(out, "]");
}

static void print_op(Text *out, const Op *op)
{
    size_t start = out->length;
    for (int i = 0; i < op_output_count(op->kind); i++) {
        text_printf(out, "%s%%%d %s : ", i ? ", " : "", op->out[i]->id, op->out[i]->name);
        print_type(out, op->out[i]);
    }
    text_add(out, " = ");
    print_lower(out, op->info->name);
    for (int i = 0; i < op_input_count(op->kind); i++) {
        if (op->in[i])
            text_printf(out, " %%%d", op->in[i]->id);
        else
            text_add(out, " -");
    }
    if (op->info->print)
        op->info->print(out, op);
    if (op->span.source) {
        enum { COMMENT_COLUMN = 80 };
        int line, column;
        source_position(op->span.source, op->span.start, &line, &column);
        int width = (int)(out->length - start);
        text_pad(out, ' ', width < COMMENT_COLUMN ? COMMENT_COLUMN - width : 1);
        text_printf(out, "# %s%sline %d", op->layer, *op->layer ? ", " : "", line);
    }
    text_add(out, "\n");
}

void graph_print(Text *out, const Graph *graph)
{
    for (int i = 0; i < graph->ops.count; i++)
        print_op(out, graph->ops.at[i]);
    if (graph->output)
        text_printf(out, "output %%%d\n", graph->output->id);
    if (graph->loss)
        text_printf(out, "loss %%%d\n", graph->loss->id);
    for (int i = 0; i < graph->values.count; i++) {
        const Value *value = graph->values.at[i];
        if (value->parameter && value->gradient && value->producer->kind == OP_PARAMETER)
            text_printf(out, "gradient of %%%d: %%%d\n", value->id, value->gradient->id);
    }
}
