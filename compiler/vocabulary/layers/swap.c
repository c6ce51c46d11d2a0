/* torchvision.ops.Permute, and what else swaps the two dimensions of a sequence. */
#include "vocabulary/layers/swap.h"

static const Param params[] = {{"dims", ARG_FLOATS, NULL, NULL}, {0}};

/* Whether `dims` names the dimensions 0 to `rank`, torch's batch first, each once; they may count from the end. Sets
 * which one each place of a sample comes from. */
static bool read_dims(const Arg *dims, int rank, int *from)
{
    bool taken[MAX_RANK + 1] = {0};
    bool good = dims->list_count == rank + 1 && rank <= MAX_RANK;
    for (int i = 0; good && i <= rank; i++) {
        double dim = dims->list[i] < 0 ? dims->list[i] + rank + 1 : dims->list[i];
        good = dim >= 0 && dim <= rank && dim == (double)(int)dim && !taken[(int)dim] && (i > 0 || dim == 0);
        if (!good)
            return false;
        taken[(int)dim] = true;
        if (i > 0)
            from[i - 1] = (int)dim - 1;
    }
    return good;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *dims = &layer->args.at[0];
    int from[MAX_RANK], rank = layer_in(layer).rank;
    bool same = true;
    if (!read_dims(dims, rank, from)) {
        diag_error(diag, dims->span, "Permute expects dims to name 0 to %d, each once, and the batch, 0, first", rank);
        layer_note_input(arena, diag, layer);
        return false;
    }
    layer->out = layer_in(layer);
    for (int i = 0; i < rank; i++) {
        layer->out.dim[i] = layer_in(layer).dim[from[i]];
        same = same && from[i] == i;
    }
    if (rank <= 2 || same)
        return true;
    diag_error(diag, dims->span, "Permute swaps the two dimensions of a sequence; others of %s are not supported yet",
               shape_text(arena, layer_in(layer)));
    layer_note_input(arena, diag, layer);
    return false;
}

Value *swap_dims(Builder *builder, const char *name, Value *x)
{
    Shape swapped = shape_of(2, (int64_t[]){x->shape.dim[1], x->shape.dim[0]});
    if (x->producer->kind == OP_SWAP)
        return x->producer->in[0];
    return graph_value(builder, OP_SWAP, name, x, NULL, NULL, swapped, (Attributes){0});
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    int from[MAX_RANK];
    read_dims(&layer->args.at[0], layer_in(layer).rank, from);
    return from[0] == 0 ? x : swap_dims(builder, layer_value_name(builder->graph->arena, layer), x);
}

extern const LayerKind layer_permute;
const LayerKind layer_permute = {
    "Permute", "dimensions in another order: Permute([0, 2, 1])", params, infer, lower,
    {.shape = "A,B -> B,A; dimension 0 is the batch, which stays first", .module = "torchvision.ops",
     .example = "Permute([0, 2, 1])  # 20x16 -> 16x20", .differs = "of samples of two dimensions"},
    .torch = {.module = "torchvision.ops.misc", .tuples = true}};
