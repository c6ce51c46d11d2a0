/* The graph as text: one operation a line, stable from run to run, for --dump and for tests. */
#include <inttypes.h>
#include <string.h>

#include "graph/graph.h"

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

static void print_pair(Text *out, const char *name, const int *pair, int plain)
{
    if (pair[0] == pair[1] && pair[0] != plain)
        text_printf(out, " %s=%d", name, pair[0]);
    else if (pair[0] != pair[1])
        text_printf(out, " %s=%dx%d", name, pair[0], pair[1]);
}

static void print_window(Text *out, const Window *window)
{
    if (window->adaptive) {
        text_add(out, " adaptive");
        return;
    }
    print_pair(out, "kernel", window->kernel, 0);
    print_pair(out, "stride", window->stride, 1);
    print_pair(out, "padding", window->padding, 0);
    print_pair(out, "dilation", window->dilation, 1);
    if (window->groups != 1)
        text_printf(out, " groups=%d", window->groups);
    if (window->ceil_mode)
        text_add(out, " ceil_mode");
    print_pair(out, "left_out", window->left_out, 0);
}

static void print_average(Text *out, const AveragePool *pool)
{
    print_window(out, &pool->window);
    if (pool->include_pad)
        text_add(out, " count_include_pad");
    if (pool->divisor)
        text_printf(out, " divisor=%" PRId64, pool->divisor);
}

static void print_loss(Text *out, const LossSettings *loss)
{
    static const char *const reductions[] = {
        [REDUCE_MEAN] = "mean", [REDUCE_SUM] = "sum", [REDUCE_BATCH_MEAN] = "batchmean"};
    text_printf(out, " %s %s", loss->runtime + strlen("nc_"), reductions[loss->reduction]);
    if (loss->label_smoothing != 0)
        text_printf(out, " label_smoothing=%.12g", loss->label_smoothing);
    if (loss->threshold != 0)
        text_printf(out, " threshold=%.12g", loss->threshold);
    text_printf(out, "%s%s%s", loss->weight ? " weight" : "", loss->pos_weight ? " pos_weight" : "",
                loss->log_target ? " log_target" : "");
}

static void print_pad(Text *out, const Op *op)
{
    static const char *const modes[] = {
        [PAD_ZEROS] = "", [PAD_REFLECT] = " reflect", [PAD_REPLICATE] = " replicate", [PAD_CIRCULAR] = " circular"};
    text_printf(out, "%s top=%" PRId64 " left=%" PRId64, modes[op->attr.pad.mode], op->attr.pad.top, op->attr.pad.left);
    if (op->attr.pad.value != 0)
        text_printf(out, " value=%.12g", op->attr.pad.value);
}

static const char *const upsample_modes[] = {
    [UPSAMPLE_NEAREST] = " nearest", [UPSAMPLE_EXACT] = " exact", [UPSAMPLE_LINEAR] = " linear",
    [UPSAMPLE_ALIGNED] = " aligned"};

static void print_attributes(Text *out, const Op *op)
{
    switch (op->kind) {
    case OP_CONV2D:
    case OP_CONV_TRANSPOSE2D:
    case OP_CONV2D_GRAD_INPUT:
    case OP_CONV2D_GRAD_WEIGHT:
    case OP_MAX_POOL2D:
    case OP_MAX_POOL2D_GRAD:
        print_window(out, &op->attr.window);
        break;
    case OP_AVG_POOL2D:
    case OP_AVG_POOL2D_GRAD:
        print_average(out, &op->attr.average);
        break;
    case OP_PAD2D:
    case OP_EXTEND2D:
    case OP_EXTEND2D_GRAD:
        print_pad(out, op);
        break;
    case OP_UPSAMPLE2D:
    case OP_UPSAMPLE2D_GRAD:
        text_printf(out, "%s step=%.9gx%.9g", upsample_modes[op->attr.upsample.mode], (double)op->attr.upsample.step[0],
                    (double)op->attr.upsample.step[1]);
        break;
    case OP_ACTIVATION:
    case OP_ACTIVATION_GRAD:
        text_printf(out, " %s", activation_name(op->attr.activation.kind));
        if (op->attr.activation.a != 0 || op->attr.activation.b != 0)
            text_printf(out, " a=%.12g b=%.12g", op->attr.activation.a, op->attr.activation.b);
        break;
    case OP_SOFTMAX:
    case OP_SOFTMAX_GRAD:
        text_add(out, op->attr.log ? " log" : "");
        break;
    case OP_DROPOUT:
    case OP_DROPOUT_GRAD:
    case OP_DROPOUT_CHANNELS:
    case OP_DROPOUT_CHANNELS_GRAD:
        text_printf(out, " p=%.12g", op->attr.p);
        break;
    case OP_LOSS:
    case OP_LOSS_GRAD:
        print_loss(out, op->attr.loss);
        break;
    default:
        break;
    }
}

static void print_op(Text *out, const Op *op)
{
    size_t start = out->length;
    for (int i = 0; i < op_output_count(op->kind); i++) {
        text_printf(out, "%s%%%d %s : ", i ? ", " : "", op->out[i]->id, op->out[i]->name);
        print_type(out, op->out[i]);
    }
    text_add(out, " = ");
    print_lower(out, op_name(op->kind));
    for (int i = 0; i < op_input_count(op->kind); i++) {
        if (op->in[i])
            text_printf(out, " %%%d", op->in[i]->id);
        else
            text_add(out, " -");
    }
    print_attributes(out, op);
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
