/* torch.nn.Dropout */
#include "vocabulary/vocabulary.h"

enum { P };

static const Param params[] = {
    {"p", ARG_FLOAT, "0.5", NULL},
    {"inplace", ARG_BOOL, "False", NULL}, /* where results are kept is the compiler's business: either is honoured */
    {0},
};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *p = &layer->args.at[P];
    if (!(p->f >= 0 && p->f <= 1)) {
        diag_error(diag, p->span, "Dropout expects p to be a probability between 0 and 1 but gets %.12g", p->f);
        return false;
    }
    layer->out = layer->in;
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    if (layer->args.at[P].f == 0)
        return x;
    Attributes attr = {.p = layer->args.at[P].f};
    Shape out[2] = {layer->out, layer->out};
    Op *op = graph_op(builder, OP_DROPOUT, layer_value_name(builder->graph->arena, layer), &x, out, attr);
    op->out[1]->type = TYPE_U8;
    return op->out[0];
}

/* dx = dy * mask / (1 - p) */
static void backward(Builder *builder, const Op *op, Value *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_DROPOUT_GRAD, op->in[0], dy, op->out[1], op->attr);
}

const LayerKind layer_dropout = {
    "Dropout", "elements become 0 with probability p in training, the others are divided by 1 - p", params, infer,
    lower,
    {.shape = "any -> the same", .example = "Dropout(p=0.2)  # 3x32x32 -> 3x32x32",
     .differs = "masks are those of builds of PyTorch whose CPU generator is its own, not MKL's"}};
const BackwardRule backward_dropout = {OP_DROPOUT, backward};
