/* ONNX files, for import: the graph as it is read (onnx.c), the layers that its nodes are (onnx_nodes.c),
 * and the text that these make (onnx_text.c).
 *
 * A .net file has layers one behind the other, and blocks in which branches meet. So where two values meet in a node,
 * that becomes a block: its branches begin at the last value that all ways to them go through. */
#ifndef NETC_IMPORT_ONNX_H
#define NETC_IMPORT_ONNX_H

#include "import/import.h"
#include "model/model.h"
#include "onnx.pb-c.h"

/* Numbers that the file holds. */
typedef struct OnnxNumbers {
    const Onnx__Tensor *tensor;
    Shape shape;
    int64_t count;
    const float *floats; /* one of these two */
    const int64_t *ints;
} OnnxNumbers;

typedef enum ItemKind { ITEM_LAYER, ITEM_RAW, ITEM_RESIDUAL, ITEM_CONCAT, ITEM_MULTIPLY } ItemKind;

struct Item;
typedef VEC(struct Item *) ItemList;

/* A parameter of a layer, by its last name, and the numbers that it begins with. */
typedef struct ItemNumbers {
    const char *name;
    const OnnxNumbers *numbers;
    bool transposed;
} ItemNumbers;

/* What a node, or several, become. */
typedef struct Item {
    ItemKind kind;
    const Onnx__Node *node;
    const char *text;           /* of a layer: its call */
    const Layer *layer;         /* what netc makes of the text */
    int64_t elements;           /* what a sample must have behind it; 0: nothing is known */
    const OnnxNumbers *operand; /* RAW, a node that is a layer only with others: what it has beside its input */
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
    const char **outputs; /* [nodes] the first output of each, and in order of names: */
    int *by_name;
    int *tensors_by_name; /* of the graph's initializers */
    bool *needed, *used;  /* [nodes] */
    int *dominator;       /* [nodes] the node whose output all ways from the input go through; -1: the input itself */
    int *depth, *rank;    /* [nodes] of the output: dimensions with the batch */
    const char *input;    /* its name */
    int input_type; /* of its elements */
    int64_t batch;  /* 0: any */
    int input_rank;
    Shape sample;
} OnnxReader;

/* Whether the file at `path` is one. */
bool import_is_onnx(const char *path);

/* The text of the file, and in `items` what it is made of. */
const char *import_onnx_text(Import *import, ItemList *items);

/* Holds what netc makes of the text to the file: each item gets its layer. Ends the program where a reshape means other
 * elements. */
void import_onnx_match(const Import *import, const Network *network, const ItemList *items);

/* Writes what the parameters begin with to the file import->weights, under the names that they have in `network`; items
 * are matched (onnx_weights.c). */
void import_onnx_weights(const Import *import, const Network *network, const ItemList *items);

/* Ends the program: this node is nothing that a .net file says. */
_Noreturn void onnx_refuse(const OnnxReader *r, const Onnx__Node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The numbers of this name: an initializer, or what a Constant makes; NULL: it is another value. Ends the program where
 * they are damaged, or where the file that has them is outside of the folder. */
const OnnxNumbers *onnx_numbers(OnnxReader *r, const char *name);

/* The number of the node that makes a value; -1: the input. Ends the program where nothing makes it. */
int onnx_maker(const OnnxReader *r, const Onnx__Node *reader, const char *name);
int onnx_rank(const OnnxReader *r, const char *name);

/* Adds what a node with one input makes, to a list (onnx_nodes.c). */
void onnx_add_node(OnnxReader *r, const Onnx__Node *node, ItemList *list);

/* The dimensions, with the batch, of what a node makes of an input with `in` dimensions. */
int onnx_rank_of(OnnxReader *r, const Onnx__Node *node, int in);

/* Makes layers of nodes that are one together: a MatMul and an Add, x times its Sigmoid (onnx_text.c). */
void onnx_join_items(OnnxReader *r, ItemList *list);

/* The text of a list, with what follows upon itself as `repeat`. */
const char *onnx_write_items(OnnxReader *r, const ItemList *list, int depth);

#endif
