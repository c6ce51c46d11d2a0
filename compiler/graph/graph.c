#include "graph/op.h"

#include <inttypes.h>
#include <string.h>

#include "base/character.h"
#include "base/fail.h"

const char *activation_name(ActivationKind kind)
{
    static const char *const names[] = {
#define ACTIVATION(NAME, name, source, where) #name,
#include "graph/activations.def"
#undef ACTIVATION
    };
    return names[kind];
}

bool activation_fuses(ActivationKind kind)
{
    enum { APART, FUSED };
    static const char places[] = {
#define ACTIVATION(NAME, name, source, where) where,
#include "graph/activations.def"
#undef ACTIVATION
    };
    return places[kind] == FUSED;
}

Graph *graph_new(Arena *arena)
{
    Graph *graph = arena_make(arena, Graph);
    graph->arena = arena;
    return graph;
}

/* `name`, or with "_2", "_3", ... behind it where C would not tell it from the name of another value. */
static const char *unique_name(Graph *graph, const char *name)
{
    const char *unique = name;
    Arena *arena = graph->arena;
    for (int again = 2; !string_set_add(arena, &graph->names, character_identifier(arena, unique)); again++)
        unique = arena_printf(arena, "%s_%d", name, again);
    return unique;
}

Op *graph_op(Builder *builder, OpKind kind, const char *name, Value *const *in, const Shape *out, Attributes attr)
{
    Graph *graph = builder->graph;
    Op *op = arena_make(graph->arena, Op);
    *op = (Op){.kind = kind, .info = op_info(kind), .id = graph->ops.count, .attr = attr,
               .layer = builder->layer ? builder->layer : "", .span = builder->span, .backward = builder->backward};
    for (int i = 0; i < op_input_count(kind); i++)
        op->in[i] = in[i];
    for (int i = 0; i < op_output_count(kind); i++) {
        Value *value = arena_make(graph->arena, Value);
        const OpPort *port = &op->info->out[i];
        const char *wanted = i ? arena_printf(graph->arena, "%s_%s", name, role_name(port->role)) : name;
        *value = (Value){.id = graph->values.count,
                         .name = unique_name(graph, wanted),
                         .type = port->type,
                         .shape = out[i],
                         .batched = port->flags & EITHER ? op->in[0]->batched : (port->flags & BATCHED) != 0,
                         .producer = op,
                         .output = i};
        value->identifier = character_identifier(graph->arena, value->name);
        op->out[i] = value;
        vec_push(graph->arena, graph->values, value);
    }
    vec_push(graph->arena, graph->ops, op);
    return op;
}

Value *graph_value(Builder *builder, OpKind kind, const char *name, Value *a, Value *b, Value *c, Shape shape,
                   Attributes attr)
{
    if (op_output_count(kind) != 1)
        fail_bug("%s has %d outputs", op_name(kind), op_output_count(kind));
    return graph_op(builder, kind, name, (Value *[]){a, b, c}, &shape, attr)->out[0];
}

Value **graph_append(Graph *to, const Graph *from)
{
    Value **copies = arena_alloc(to->arena, (size_t)(from->values.count + 1) * sizeof *copies);
    for (int i = 0; i < from->values.count; i++) {
        copies[i] = arena_make(to->arena, Value);
        *copies[i] = *from->values.at[i];
        copies[i]->id = to->values.count;
        vec_push(to->arena, to->values, copies[i]);
    }
    for (int i = 0; i < from->values.count; i++)
        if (copies[i]->gradient)
            copies[i]->gradient = copies[copies[i]->gradient->id];
    for (int i = 0; i < from->ops.count; i++) {
        Op *op = arena_make(to->arena, Op);
        *op = *from->ops.at[i];
        op->id = to->ops.count;
        for (int k = 0; k < MAX_INPUTS; k++)
            op->in[k] = op->in[k] ? copies[op->in[k]->id] : NULL;
        for (int k = 0; k < MAX_OUTPUTS; k++)
            if (op->out[k]) {
                op->out[k] = copies[op->out[k]->id];
                op->out[k]->producer = op;
            }
        vec_push(to->arena, to->ops, op);
    }
    return copies;
}

/* ---- Shapes ------------------------------------------------------------------------------------------------------ */

Shape shape_of(int rank, const int64_t *dim)
{
    Shape shape = {.rank = rank};
    for (int i = 0; i < rank; i++)
        shape.dim[i] = dim[i];
    return shape;
}

bool shape_equal(Shape a, Shape b)
{
    bool equal = a.rank == b.rank;
    for (int i = 0; equal && i < a.rank; i++)
        equal = a.dim[i] == b.dim[i];
    return equal;
}

int64_t shape_count(Shape shape)
{
    int64_t count = 1;
    for (int i = 0; i < shape.rank; i++)
        count *= shape.dim[i];
    return count;
}

Shape shape_places(Shape shape)
{
    return shape_of(shape.rank > 1 ? shape.rank - 1 : 0, shape.dim + 1);
}

const char *shape_text(Arena *arena, Shape shape)
{
    Text text = text_new(arena);
    for (int i = 0; i < shape.rank; i++)
        text_printf(&text, shape.dim[i] < 0 ? "%s?" : "%s%" PRId64, i ? "x" : "", shape.dim[i]);
    return shape.rank ? text.bytes : "1";
}

Shape shape_image(Shape sample)
{
    if (sample.rank > 2)
        return sample;
    return shape_of(3, (int64_t[]){sample.dim[0], 1, sample.rank == 2 ? sample.dim[1] : 1});
}

Shape shape_filters(Shape weight)
{
    if (weight.rank > 3)
        return weight;
    return shape_of(4, (int64_t[]){weight.dim[0], weight.dim[1], 1, weight.rank == 3 ? weight.dim[2] : 1});
}

/* torch's pooling_output_shape and conv_output_size: floor or ceil of (in + 2p - d(k-1) - 1) / s, plus one; in ceil
 * mode a last window that would start in the padding behind the input is left out (ATen/native/Pool.h). */
int64_t window_extent(const Window *window, int axis, int64_t in)
{
    int64_t stride = window->stride[axis], padding = window->padding[axis];
    int64_t left = in + 2 * padding - (int64_t)window->dilation[axis] * (window->kernel[axis] - 1) - 1;
    if (left < 0 && (!window->ceil_mode || left <= -stride))
        return 0;
    int64_t out = (left + (window->ceil_mode ? stride - 1 : 0)) / stride + 1;
    if (window->ceil_mode && (out - 1) * stride >= in + padding)
        out--;
    return out - window->left_out[axis];
}

int64_t graph_multiply_adds(const Graph *graph, const char *layer)
{
    int64_t sum = 0;
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        if (!op->backward && op->info->multiply_adds && (!layer || !strcmp(op->layer, layer)))
            sum += op->info->multiply_adds(op);
    }
    return sum;
}
