/* ONNX files, for import, step by step:
 *     onnx_values.c    the names of a file, and the numbers that it holds
 *     onnx_fold.c      numbers that nodes make of numbers, and of shapes
 *     onnx_shapes.c    the shape of every value
 *     onnx_rewrite.c   several nodes that are one operator
 *     onnx_blocks.c    layers one behind the other, and the blocks in which values meet
 *     onnx_nodes.c     the layers that a node is; onnx_windows.c those of convolutions, pools and what changes extents
 *     onnx_text.c      the text that these make; onnx_repeats.c the blocks with parameters in it
 *     onnx_weights.c   the parameters
 *
 * A .net file has layers one behind the other, and blocks in which branches meet. So where two values meet in a node,
 * that becomes a block: its branches begin at the last value that all ways to them go through. */
#ifndef NETC_IMPORT_ONNX_H
#define NETC_IMPORT_ONNX_H

#include "import/import.h"
#include "model/model.h"
#include "onnx.pb-c.h"

/* The size of the batch, where a shape or numbers made of one have it: the file may leave it open. */
#define ONNX_BATCH INT64_MIN

/* Numbers that are known: those of a tensor of the file, or what nodes make of such. */
typedef struct OnnxNumbers {
    Shape shape;
    int64_t count;
    const float *floats; /* one of these two */
    const int64_t *ints;
} OnnxNumbers;

/* What a name stands for: numbers, or a value that the model computes of its input.
 *
 * netc has channels first, and other programs may have them last. A value is then the same elements in another order:
 * dimension i of it is dimension from[i] of the value that the file means, both counted with the batch. So a Transpose
 * of an image is no layer. A row that was made of such an image has its elements in netc's order; `row_of` is the
 * image. */
typedef struct OnnxValue {
    const char *name;
    int maker;                  /* the number of the node that makes it; -1: none */
    const Onnx__Tensor *tensor; /* of the file */
    const OnnxNumbers *numbers; /* NULL: a value, */
    Shape shape;                /* of this shape, as the file means it, with ONNX_BATCH in front */
    int from[MAX_RANK];
    const struct OnnxValue *row_of; /* or NULL */
} OnnxValue;

typedef enum ItemKind { ITEM_LAYER, ITEM_RESIDUAL, ITEM_CONCAT, ITEM_MULTIPLY } ItemKind;

struct Item;
typedef VEC(struct Item *) ItemList;

/* A parameter of a layer, by its last name, and the numbers that it begins with. */
typedef struct ItemNumbers {
    const char *name;
    const OnnxNumbers *numbers;
    bool transposed;
    const OnnxValue *row_of; /* its columns are those of a row in the file's order; as of OnnxValue */
} ItemNumbers;

/* What a node becomes. */
typedef struct Item {
    ItemKind kind;
    const Onnx__Node *node;
    const char *text;           /* of a layer: its call */
    const char *use;            /* of a block that is written elsewhere: "Block1(64)"; or NULL */
    const Layer *layer;         /* what netc makes of the text */
    const OnnxValue *makes;     /* the value that this is the last layer of; or NULL */
    VEC(ItemNumbers) numbers;
    ItemList branches[64];      /* of a block; RESIDUAL: what it adds, and the shortcut */
    int branch_count;
} Item;

/* A file that is being read. */
typedef struct OnnxReader {
    Import *import;
    Onnx__Graph *graph;
    int64_t opset;
    int nodes;
    OnnxValue *values;    /* in order of their names */
    int value_count;
    OnnxValue **made;     /* [nodes] the first output of each */
    OnnxValue *input;
    bool *needed, *used;  /* [nodes] */
    int *dominator;       /* [nodes] the node whose output all ways from the input go through; -1: the input itself */
    int *depth;           /* [nodes] */
    int input_type;       /* of its elements */
    int64_t batch;        /* 0: any */
    int64_t budget;       /* how many numbers may still be made of others */
} OnnxReader;

/* Whether the file at `path` is one. */
bool import_is_onnx(const char *path);

/* The text of the file, and in `items` what it is made of. */
const char *import_onnx_text(Import *import, ItemList *items);

/* Holds what netc makes of the text to the file: each item gets its layer, whose output must have the shape of what the
 * node makes. */
void import_onnx_match(const Import *import, const Network *network, const ItemList *items);

/* Writes what the parameters begin with to the file import->weights, under the names that they have in `network`; items
 * are matched. */
void import_onnx_weights(const Import *import, const Network *network, const ItemList *items);

/* Ends the program: this node is nothing that a .net file says. */
_Noreturn void onnx_refuse(const OnnxReader *r, const Onnx__Node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- Values (onnx_values.c) -------------------------------------------------------------------------------------- */

/* Fills in the names of the graph's tensors, nodes and of its input. */
void onnx_name_values(OnnxReader *r, const char *input);

/* What a name stands for; NULL: nothing has it. */
OnnxValue *onnx_find(const OnnxReader *r, const char *name);

/* What a node reads as its input i. NULL: nothing, the input is absent. Ends the program where nothing makes it. */
OnnxValue *onnx_input(const OnnxReader *r, const Onnx__Node *node, size_t i);

/* The numbers of a tensor. Ends the program where they are damaged, or where the file that has them is outside of the
 * folder. */
const OnnxNumbers *onnx_read_numbers(const OnnxReader *r, const Onnx__Tensor *tensor);

/* New numbers, to be filled in: floats, or whole numbers. Ends the program where there are too many. */
OnnxNumbers *onnx_new_numbers(OnnxReader *r, const Onnx__Node *node, Shape shape, bool floats);

/* Marks the nodes that values are made of, from the node `last` on. */
void onnx_find_needed(OnnxReader *r, int last);

/* ---- Attributes and operands (onnx_values.c) --------------------------------------------------------------------- */

const Onnx__Attribute *onnx_attribute(const Onnx__Node *node, const char *name);
int64_t onnx_int_of(const Onnx__Node *node, const char *name, int64_t otherwise);
double onnx_float_of(const Onnx__Node *node, const char *name, double otherwise);
bool onnx_is_string(const Onnx__Node *node, const char *name, const char *value);

/* The number `i` of a list, or `otherwise` where there is none. */
int64_t onnx_at_of(const Onnx__Node *node, const char *name, size_t i, int64_t otherwise);

/* Known numbers that a node must have; NULL: the input is optional, and not there. */
const OnnxNumbers *onnx_operand(const OnnxReader *r, const Onnx__Node *node, size_t i, bool optional);
const OnnxNumbers *onnx_floats_of(const OnnxReader *r, const Onnx__Node *node, size_t i, bool optional);

/* A list of whole numbers: an attribute of old opsets, or an input of new ones. NULL: none. */
const int64_t *onnx_ints_of(const OnnxReader *r, const Onnx__Node *node, size_t i, const char *name, int64_t *count);
double onnx_scalar(const OnnxReader *r, const Onnx__Node *node, size_t i, const char *name, double otherwise);

/* An axis that may count from the end, of so many. */
int onnx_axis(const OnnxReader *r, const Onnx__Node *node, int64_t axis, int rank);

/* The place of the element behind the one at `place`, whose index is set to the next one's; a step in dimension d goes
 * step[d] places on. Behind the last one all begins anew. */
int64_t onnx_next_place(const Shape *shape, const int64_t *step, int64_t *index, int64_t place);

/* ---- Shapes ------------------------------------------------------------------------------------------------------ */

/* Makes numbers of what a node makes, where that is known: of numbers, or of a shape. False: it is a value. */
bool onnx_fold(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);

/* Finds the numbers or the shape of all that is needed, in the order of the file. */
void onnx_find_shapes(OnnxReader *r);

/* How an operator's output is shaped and ordered (onnx_shapes.c). */
typedef void (*OnnxShapeRule)(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_same(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_plain(OnnxReader *r, const Onnx__Node *node, OnnxValue *out); /* in the file's order */
void onnx_shape_broadcast(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_concat(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_conv(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_pool(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_global(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_reduce(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_gemm(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_matmul(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_flatten(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_reshape(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_squeeze(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_unsqueeze(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_transpose(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_pad(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_slice(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_embedding(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);
void onnx_shape_resize(OnnxReader *r, const Onnx__Node *node, OnnxValue *out);

/* The dimension of netc's value, with the batch, that is the dimension `axis` of the value, which may count from its
 * end; -1: there is none. */
int onnx_place(const OnnxValue *value, int64_t axis);

/* The shape of a sample as netc has it. */
Shape onnx_sample(const OnnxValue *value);

/* Whether netc has the dimensions of a value in the file's order. */
bool onnx_is_plain(const OnnxValue *value);

/* What a window does along the dimensions behind the channels. */
typedef struct OnnxWindow {
    int axes;
    int64_t kernel[2], stride[2], dilation[2], begin[2], end[2]; /* of a sequence both places are alike */
    int64_t more[2], out[2]; /* output_padding; the extents of what it makes */
    bool ceil_mode;
} OnnxWindow;

OnnxWindow onnx_window_of(const OnnxReader *r, const Onnx__Node *node);

/* ---- Several nodes that are one (onnx_rewrite.c) ----------------------------------------------------------------- */

/* The operators of nodes that stand for several. Their names are none of ONNX's, whose begin with a capital. */
#define ONNX_LINEAR "linear"           /* x w b: x times the matrix w, plus the row b */
#define ONNX_LOG_SIGMOID "logsigmoid"
#define ONNX_TANHSHRINK "tanhshrink"
#define ONNX_TWO_CLASSES "twoclasses"  /* x w b: what a sigmoid makes of a Linear, behind 1 minus that */
#define ONNX_AFFINE_PREFIX "affine"    /* and the arithmetic, as in affineMul: x with a number, or one a channel */

/* The nodes that are needed for the node `last` are marked anew. */
void onnx_rewrite(OnnxReader *r, int last);

/* ---- Layers ------------------------------------------------------------------------------------------------------ */

/* What an operator is here; NULL: there is no such. */
typedef struct OnnxOperator {
    const char *name;
    OnnxShapeRule shape;
    void (*add)(OnnxReader *r, const Onnx__Node *node, ItemList *list); /* NULL: as `text` says; without one: only with
                                                                         * others, as onnx_rewrite.c has them */
    const char *text; /* of a layer without arguments, or with `argument`, which has a default there and here; "" where
                       * the node changes nothing */
    const char *argument;
    double otherwise;
} OnnxOperator;

const OnnxOperator *onnx_operator(const Onnx__Node *node);
const OnnxOperator *onnx_operator_called(const char *name);

/* Adds what a node with one input makes, to a list. */
void onnx_add_node(OnnxReader *r, const Onnx__Node *node, ItemList *list);

/* What the rows of several files add (onnx_windows.c). */
void onnx_add_conv(OnnxReader *r, const Onnx__Node *node, ItemList *list);
void onnx_add_pool(OnnxReader *r, const Onnx__Node *node, ItemList *list);
void onnx_add_global(OnnxReader *r, const Onnx__Node *node, ItemList *list);
void onnx_add_reduce(OnnxReader *r, const Onnx__Node *node, ItemList *list);
void onnx_add_pad(OnnxReader *r, const Onnx__Node *node, ItemList *list);
void onnx_add_slice(OnnxReader *r, const Onnx__Node *node, ItemList *list);
void onnx_add_resize(OnnxReader *r, const Onnx__Node *node, ItemList *list);

/* Their parts: a layer at the end of a list, and the numbers that a parameter of it begins with (NULL: it has none). */
Item *onnx_add_layer(OnnxReader *r, const Onnx__Node *node, ItemList *list, const char *text);
void onnx_begin_with(OnnxReader *r, Item *item, const char *name, const OnnxNumbers *numbers);
const char *onnx_print(OnnxReader *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A float as someone may have written it. */
const char *onnx_write_number(OnnxReader *r, double value);

/* Ends the program where netc has the dimensions of a node's input in another order than the file. */
void onnx_expect_plain(const OnnxReader *r, const Onnx__Node *node);

/* The layers of the model, of which the node `last` is the last one (onnx_blocks.c). */
ItemList onnx_layers(OnnxReader *r, int last);

/* The text of an item, and of a list, with what follows upon itself as `repeat` (onnx_text.c). */
const char *onnx_write_item(OnnxReader *r, const Item *item, int depth);
const char *onnx_write_items(OnnxReader *r, const ItemList *list, int depth);

/* Adds the text of blocks with parameters, and sets Item.use where they are used (onnx_repeats.c). */
void onnx_find_blocks(OnnxReader *r, const ItemList *list, Text *blocks);

#endif
