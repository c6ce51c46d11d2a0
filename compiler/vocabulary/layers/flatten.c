/* torch.nn.Flatten and torch.nn.Unflatten: the same elements in C order, under other dimensions. Dimension 0 is torch's
 * batch; a sample's own begin at 1. */
#include <inttypes.h>
#include <string.h>

#include "vocabulary/layers/swap.h"

enum { START_DIM, END_DIM };
enum { DIM, UNFLATTENED_SIZE };

static const Param params[] = {
    {"start_dim", ARG_INT, "1", NULL},
    {"end_dim", ARG_INT, "-1", NULL},
    {0},
};

static const Param unflatten_params[] = {
    {"dim", ARG_INT, NULL, NULL},
    {"unflattened_size", ARG_FLOATS, NULL, NULL},
    {0},
};

/* The dimension of a sample that torch's number, which may count from the end, stands for: from 0. -1 after reporting
 * that there is none, or that it is the batch. */
static int sample_dim(Arena *arena, Diag *diag, const Layer *layer, int place)
{
    const Arg *arg = &layer->args.at[place];
    int rank = layer_in(layer).rank + 1;
    int64_t dim = arg->i < 0 ? arg->i + rank : arg->i;
    if (dim >= 1 && dim < rank)
        return (int)dim - 1;
    const char *name = layer->kind->params[place].name;
    if (dim == 0)
        diag_error(diag, arg->span, "%s keeps the batch, dimension 0: %s is at least 1", layer->kind->name, name);
    else
        diag_error(diag, arg->span, "%s expects %s from %d to %d for an input of a batch of %s but gets %" PRId64,
                   layer->kind->name, name, -rank, rank - 1, shape_text(arena, layer_in(layer)), arg->i);
    return -1;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    int start = sample_dim(arena, diag, layer, START_DIM), end = sample_dim(arena, diag, layer, END_DIM);
    if (start < 0 || end < 0)
        return false;
    if (start > end) {
        diag_error(diag, layer->args.at[START_DIM].span,
                   "Flatten expects start_dim before end_dim but gets dimension %d before %d", start + 1, end + 1);
        return false;
    }
    for (int d = 0; d < layer_in(layer).rank; d++) {
        if (d > start && d <= end)
            layer->out.dim[layer->out.rank - 1] *= layer_in(layer).dim[d];
        else
            layer->out.dim[layer->out.rank++] = layer_in(layer).dim[d];
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

/* The sizes of one dimension's parts: one may be -1, what is left. */
static bool read_sizes(Diag *diag, const Layer *layer, int64_t whole, int64_t *sizes)
{
    const Arg *arg = &layer->args.at[UNFLATTENED_SIZE];
    int64_t product = 1;
    int left = -1;
    for (int i = 0; i < arg->list_count; i++) {
        double size = arg->list[i];
        bool is_size = size >= 1 && size <= (double)whole && size == (double)(int64_t)size;
        if (!is_size && (size != -1 || left >= 0)) {
            diag_error(diag, arg->span,
                       "Unflatten expects sizes that divide %" PRId64 ", of which one may be -1, but gets %.12g", whole,
                       size);
            return false;
        }
        sizes[i] = (int64_t)size;
        left = sizes[i] == -1 ? i : left;
        if (sizes[i] > 0 && (__builtin_mul_overflow(product, sizes[i], &product) || product > whole))
            break;
    }
    if (left >= 0 && product <= whole && whole % product == 0)
        sizes[left] = whole / product, product = whole;
    if (product == whole)
        return true;
    diag_error(diag, arg->span, "Unflatten expects sizes whose product is %" PRId64 ", the size of the dimension",
               whole);
    return false;
}

static bool infer_unflatten(Arena *arena, Diag *diag, Layer *layer)
{
    int dim = sample_dim(arena, diag, layer, DIM), count = layer->args.at[UNFLATTENED_SIZE].list_count;
    int64_t sizes[MAX_SAMPLE_RANK];
    if (dim < 0)
        return false;
    if (layer_in(layer).rank - 1 + count > MAX_SAMPLE_RANK) {
        diag_error(diag, layer->args.at[UNFLATTENED_SIZE].span,
                   "Unflatten would give a sample %d dimensions; netc has samples of at most %d",
                   layer_in(layer).rank - 1 + count, MAX_SAMPLE_RANK);
        return false;
    }
    if (!read_sizes(diag, layer, layer_in(layer).dim[dim], sizes)) {
        layer_note_input(arena, diag, layer);
        return false;
    }
    for (int d = 0; d < layer_in(layer).rank; d++) {
        if (d == dim)
            memcpy(&layer->out.dim[layer->out.rank], sizes, (size_t)count * sizeof *sizes);
        else
            layer->out.dim[layer->out.rank] = layer_in(layer).dim[d];
        layer->out.rank += d == dim ? count : 1;
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

/* From an image or to one; between two of them by way of a row, unless the channels stay, and so the pixels. */
Value *reshape_dims(Builder *builder, const char *name, Value *x, Shape to)
{
    Shape row = shape_of(1, (int64_t[]){shape_count(to)});
    if (shape_equal(x->shape, to))
        return x;
    if (x->shape.rank > 1 && to.rank > 1 && !(x->shape.rank != to.rank && x->shape.dim[0] == to.dim[0]))
        x = graph_value(builder, OP_RESHAPE, name, x, NULL, NULL, row, (Attributes){0});
    return graph_value(builder, OP_RESHAPE, name, x, NULL, NULL, to, (Attributes){0});
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return reshape_dims(builder, layer_value_name(builder->graph->arena, layer), x, layer->out);
}

const LayerKind layer_flatten = {
    "Flatten", "dimensions in a row, by default all of a sample's", params, infer, lower,
    {.shape = "C,H,W -> C*H*W; dimension 0 is the batch, which stays",
     .example = "Flatten()  # 3x32x32 -> 3072"},
    .torch = {.module = "torch.nn.modules.flatten", .prints = "start_dim= end_dim="}};
const LayerKind layer_unflatten = {
    "Unflatten", "a dimension as several", unflatten_params, infer_unflatten, lower,
    {.shape = "with dim=1: C*H*W -> C,H,W as unflattened_size says; one size may be -1, what is left",
     .example = "Unflatten(1, (3, 32, 32))  # 3072 -> 3x32x32",
     .differs = "dimensions have no names; a sample has at most three dimensions"},
    .torch = {.module = "torch.nn.modules.flatten", .prints = "dim= unflattened_size=", .tuples = true}};
