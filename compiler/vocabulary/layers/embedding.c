/* torch.nn.Embedding and torch.nn.EmbeddingBag: rows of a learned table, by whole numbers, which only the model's input
 * can be. */
#include <inttypes.h>
#include <string.h>

#include "vocabulary/layers/swap.h"
#include "vocabulary/vocabulary.h"

enum { NUM_EMBEDDINGS, EMBEDDING_DIM, PADDING_IDX };
enum { MODE = 5, BAG_PADDING_IDX = 9 };

#define ONLY_DENSE "'sparse' is not supported: the gradient of the table is dense"
#define ROWS \
    {"max_norm", ARG_FLOAT, "None", "'max_norm' is not supported: rows that are long stay so"}, \
    {"norm_type", ARG_FLOAT, "2.0", "'norm_type' is the norm of max_norm, which is not supported"}, \
    {"scale_grad_by_freq", ARG_BOOL, "False", \
     "'scale_grad_by_freq' is not supported: a row's gradient is the sum over its tokens"}
#define TENSOR(layer) \
    {"device", ARG_STRING, "None", layer " takes no device here: a train block says where it runs"}, \
    {"dtype", ARG_STRING, "None", layer " computes in float32 only"}
#define NO_WEIGHT "'_weight' is not supported: 'load' and 'init' of a train block say what a weight begins as"

static const Param params[] = {
    {"num_embeddings", ARG_INT, NULL, NULL},
    {"embedding_dim", ARG_INT, NULL, NULL},
    {"padding_idx", ARG_INT, "None", NULL},
    ROWS,
    {"sparse", ARG_BOOL, "False", ONLY_DENSE},
    {"_weight", ARG_STRING, "None", NO_WEIGHT},
    {"_freeze", ARG_BOOL, "False", "'_freeze' is not supported: the table is learned"},
    TENSOR("Embedding"),
    {0},
};

static const Param bag_params[] = {
    {"num_embeddings", ARG_INT, NULL, NULL},
    {"embedding_dim", ARG_INT, NULL, NULL},
    ROWS,
    {"mode", ARG_STRING, "\"mean\"", NULL},
    {"sparse", ARG_BOOL, "False", ONLY_DENSE},
    {"_weight", ARG_STRING, "None", NO_WEIGHT},
    {"include_last_offset", ARG_BOOL, "False",
     "'include_last_offset' says nothing here: each sample is a bag, offsets there are none"},
    {"padding_idx", ARG_INT, "None", NULL},
    TENSOR("EmbeddingBag"),
    {0},
};

/* The row that padding_idx says, which may count from the end; -1: none. */
static int64_t padding_row(const Layer *layer, int place)
{
    const Arg *arg = &layer->args.at[place];
    if (arg->none)
        return -1;
    return arg->i < 0 ? arg->i + layer->args.at[NUM_EMBEDDINGS].i : arg->i;
}

static bool infer_table(Arena *arena, Diag *diag, Layer *layer, int padding_place)
{
    const Args *args = &layer->args;
    int64_t rows = args->at[NUM_EMBEDDINGS].i, dim = args->at[EMBEDDING_DIM].i;
    int64_t padding = padding_row(layer, padding_place);
    const char *name = layer->kind->name;
    if (!layer_check_positive(diag, layer, NUM_EMBEDDINGS) || !layer_check_positive(diag, layer, EMBEDDING_DIM))
        return false;
    if (!args->at[padding_place].none && (padding < 0 || padding >= rows)) {
        diag_error(diag, args->at[padding_place].span,
                   "%s expects padding_idx from %" PRId64 " to %" PRId64 " but gets %" PRId64, name, -rows, rows - 1,
                   args->at[padding_place].i);
        return false;
    }
    if (layer->inputs.at[0].from) {
        diag_error(diag, layer->name_span,
                   "%s expects whole numbers, which only the model's input can be: it is the first layer", name);
        layer_note_input(arena, diag, layer);
        return false;
    }
    if (layer_in(layer).rank != 1) {
        diag_error(diag, layer->name_span, "%s expects whole numbers in a row, as of model M(20), but receives %s",
                   name, shape_text(arena, layer_in(layer)));
        layer_note_input(arena, diag, layer);
        return false;
    }
    Shape weight = shape_of(2, (int64_t[]){rows, dim});
    if (!layer_check_size(arena, diag, layer, weight, "a weight") ||
        !layer_check_size(arena, diag, layer, layer->out, "an output"))
        return false;
    layer->tokens = rows;
    layer->args.at[padding_place].i = padding;
    if (padding < 0)
        layer_parameter(arena, layer, "weight", weight, INIT_NORMAL, 0, 1);
    else
        layer_parameter(arena, layer, "weight", weight, INIT_NORMAL_PADDED, (double)padding, (double)padding);
    return true;
}

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    layer->out = shape_of(2, (int64_t[]){layer_in(layer).dim[0], layer->args.at[EMBEDDING_DIM].i});
    return infer_table(arena, diag, layer, PADDING_IDX);
}

static bool infer_bag(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *mode = &layer->args.at[MODE];
    if (!strcmp(mode->s, "max")) {
        diag_error(diag, mode->span, "EmbeddingBag's mode 'max' is not supported yet: 'mean' and 'sum' are");
        return false;
    }
    if (strcmp(mode->s, "mean") && strcmp(mode->s, "sum")) {
        diag_error(diag, mode->span, "EmbeddingBag expects mode 'mean' or 'sum' but gets '%s'", mode->s);
        return false;
    }
    layer->out = shape_of(1, &layer->args.at[EMBEDDING_DIM].i);
    return infer_table(arena, diag, layer, BAG_PADDING_IDX);
}

/* Rows side by side, a token a column; then torch's order, T,E. */
static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    const char *name = layer_value_name(builder->graph->arena, layer);
    Shape columns = shape_of(2, (int64_t[]){layer->out.dim[1], layer->out.dim[0]});
    Attributes attr = {.embedding = {.padding = padding_row(layer, PADDING_IDX)}};
    Value *y = graph_value(builder, OP_EMBEDDING, name, x, parameter[0], NULL, columns, attr);
    return swap_dims(builder, arena_printf(builder->graph->arena, "%s_swapped", name), y);
}

static Value *lower_bag(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    Attributes attr = {.embedding = {.bag = true, .mean = !strcmp(layer->args.at[MODE].s, "mean"),
                                     .padding = padding_row(layer, BAG_PADDING_IDX)}};
    return graph_value(builder, OP_EMBEDDING, layer_value_name(builder->graph->arena, layer), x, parameter[0], NULL,
                       layer->out, attr);
}

#define TOKENS                                                                                               \
    "the input is whole numbers from 0 to num_embeddings - 1, checked when the data are read, and the layer " \
    "the model's first"

const LayerKind layer_embedding = {
    "Embedding", "a row of a learned table for each whole number", params, infer, lower,
    {.shape = "T -> T,embedding_dim", .example = "Embedding(1000, 16, padding_idx=0)  # 20 -> 20x16",
     .differs = TOKENS},
    .torch = {.module = "torch.nn.modules.sparse", .parameters = "weight",
              .prints = "num_embeddings embedding_dim padding_idx=?"}};
const LayerKind layer_embedding_bag = {
    "EmbeddingBag", "the mean or the sum of the rows of a learned table", bag_params, infer_bag, lower_bag,
    {.shape = "T -> embedding_dim", .example = "EmbeddingBag(1000, 16, padding_idx=0)  # 20 -> 16",
     .differs = TOKENS "; a sample is a bag, there are no offsets; mode is 'mean' or 'sum'"},
    .torch = {.module = "torch.nn.modules.sparse", .parameters = "weight",
              .prints = "num_embeddings embedding_dim mode=' padding_idx=?"}};
