#include "vocabulary/layers/norms.h"

#include <inttypes.h>

/* The rows of what is kept of each channel. */
enum { MOMENT_ROWS = 3, STATISTIC_ROWS = 4, KEPT_ROWS = 2 };

bool norm_check_eps(Diag *diag, const Layer *layer, int place)
{
    const Arg *eps = &layer->args.at[place];
    if (eps->f >= 0)
        return true;
    diag_error(diag, eps->span, "%s expects eps to be at least 0 but gets %.12g", layer->kind->name, eps->f);
    return false;
}

bool norm_check_channels(Arena *arena, Diag *diag, Layer *layer, int place, const char *what)
{
    Arg *channels = &layer->args.at[place];
    if (channels->inferred)
        channels->i = layer_in(layer).dim[0];
    if (channels->i == layer_in(layer).dim[0])
        return true;
    diag_error(diag, channels->span, "%s expects %" PRId64 " %s but receives %s", layer->kind->name, channels->i, what,
               shape_text(arena, layer_in(layer)));
    layer_note_input(arena, diag, layer);
    return false;
}

void norm_add_affine(Arena *arena, Layer *layer, bool affine, bool bias)
{
    Shape channels = shape_of(1, layer_in(layer).dim);
    if (affine)
        layer_parameter(arena, layer, "weight", channels, INIT_CONSTANT, 1, 1);
    if (affine && bias)
        layer_parameter(arena, layer, "bias", channels, INIT_CONSTANT, 0, 0);
}

void norm_add_running(Arena *arena, Layer *layer)
{
    Shape channels = shape_of(1, layer_in(layer).dim), none = {0};
    layer_buffer(arena, layer, PARAMETER_KEPT, "running_mean", channels, 0);
    layer_buffer(arena, layer, PARAMETER_KEPT, "running_var", channels, 1);
    layer_buffer(arena, layer, PARAMETER_COUNT, "num_batches_tracked", none, 0);
}

void norm_inputs(const Layer *layer, Value *const *parameter, Value **in)
{
    int learned = 0, kept = 2;
    for (int i = 0; i < layer->parameters.count; i++)
        in[layer->parameters.at[i]->kind == PARAMETER_LEARNED ? learned++ : kept++] = parameter[i];
}

/* The shape of `rows` numbers for each channel of x. */
static Shape of_channels(const Value *x, int rows)
{
    return shape_of(3, (int64_t[]){x->shape.dim[0], rows, 1});
}

Value *lower_norm(Builder *builder, const Layer *layer, OpKind statistics, Value *x, Value *const *in, Attributes attr)
{
    Arena *arena = builder->graph->arena;
    const char *name = layer_value_name(arena, layer);
    attr.norm.pixels = shape_count(x->shape) / x->shape.dim[0];
    Value *all[MAX_INPUTS] = {graph_value(builder, OP_MOMENTS, arena_printf(arena, "%s_moments", name), x, NULL, NULL,
                                          of_channels(x, MOMENT_ROWS), attr)};
    for (int i = 1; i < op_input_count(statistics); i++)
        all[i] = in[i - 1];
    Shape table = of_channels(x, STATISTIC_ROWS);
    Op *made = graph_op(builder, statistics, arena_printf(arena, "%s_statistics", name), all, &table, attr);
    if (statistics == OP_GROUP_STATISTICS && in[2])
        graph_value(builder, OP_INSTANCE_KEEP, arena_printf(arena, "%s_kept", name), all[0], in[2], in[3],
                    of_channels(x, KEPT_ROWS), attr);
    return graph_op(builder, OP_NORM, name, (Value *[]){x, in[0], in[1], made->out[0]}, &x->shape, attr)->out[0];
}

Value *lower_group_norm(Builder *builder, const Layer *layer, Value *x, Value *weight, Value *bias, int64_t groups,
                        Attributes attr)
{
    attr.norm.groups = groups;
    return lower_norm(builder, layer, OP_GROUP_STATISTICS, x, (Value *[MAX_INPUTS]){weight, bias}, attr);
}
