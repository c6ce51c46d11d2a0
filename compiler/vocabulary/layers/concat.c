/* Concat(dim=1) { ... }, netc's own: torch.cat of what its children make of the same input. */
#include <inttypes.h>

#include "vocabulary/vocabulary.h"

enum { DIM };

/* So many parts CONCAT takes; more are joined by a chain of it. Parts of whole vectors lie where they belong in the
 * whole, and no link copies them, however many there are. Other parts are copied again by each link behind their own:
 * of a model of ten 1x1 convolutions to 5 channels that is 4 % of a step. No model of the library has more than four
 * branches. */
enum { TOGETHER = 4 };

static const Param params[] = {{"dim", ARG_INT, "1", NULL}, {0}};

static bool check_dim(Arena *arena, Diag *diag, const Layer *layer)
{
    const Arg *dim = &layer->args.at[DIM];
    const int rank = layer_in(layer).rank;
    if (dim->i == 1 || dim->i == -rank)
        return true;
    diag_error(diag, dim->span, "Concat puts %s side by side, which are dim=1, but gets dim=%" PRId64,
               rank > 1 ? "channels" : "features", dim->i);
    diag_note(diag, layer->inputs.at[0].span, "the first branch gives %s here", shape_text(arena, layer_in(layer)));
    return false;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    if (!check_dim(arena, diag, layer))
        return false;
    layer->out = layer_in(layer);
    for (int i = 1; i < layer->inputs.count; i++) {
        const LayerInput *first = &layer->inputs.at[0], *input = &layer->inputs.at[i];
        Shape alike = input->shape;
        alike.dim[0] = first->shape.dim[0];
        if (shape_equal(alike, first->shape)) {
            layer->out.dim[0] += input->shape.dim[0];
            continue;
        }
        diag_error(diag, layer->name_span, "Concat puts side by side what is alike but for its %s, but its first "
                   "branch gives %s and its branch %d gives %s", first->shape.rank > 1 ? "channels" : "features",
                   shape_text(arena, first->shape), i + 1, shape_text(arena, input->shape));
        diag_note(diag, first->span, "the first branch gives %s here", shape_text(arena, first->shape));
        diag_note(diag, input->span, "branch %d gives %s here", i + 1, shape_text(arena, input->shape));
        return false;
    }
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *join(Builder *builder, const Layer *layer, Value *const *in)
{
    Value *whole = in[0];
    const char *name = layer_value_name(builder->graph->arena, layer);
    for (int i = 1; i < layer->inputs.count;) {
        Value *parts[TOGETHER] = {whole};
        Shape shape = whole->shape;
        for (int k = 1; k < TOGETHER && i < layer->inputs.count; k++, i++) {
            parts[k] = in[i];
            shape.dim[0] += in[i]->shape.dim[0];
        }
        whole = graph_op(builder, OP_CONCAT, name, parts, &shape, (Attributes){0})->out[0];
    }
    return whole;
}

const LayerKind layer_concat = {
    "Concat", "what its children make of the same input, channels side by side", params, infer, NULL,
    {.form = "Concat { layer, ... }",
     .shape = "any -> c1 + c2 + ...,H,W where its children give c1,H,W, c2,H,W, ...; likewise C,L and F",
     .example = "Concat { one: Conv2d(_, 8, 1), three: Conv2d(_, 8, 3, padding=1) }  # 3x32x32 -> 16x32x32",
     .differs = "it is torch.cat of what its children give, each of which is a branch; docs/language.md has the class "
                "for torch",
     .own = true},
    .torch = {.module = NULL},
    .branches = A_BRANCH_A_CHILD,
    .join = join};
