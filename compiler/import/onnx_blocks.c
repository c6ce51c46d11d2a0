/* The layers of a graph, one behind the other, and the blocks in which values meet. */
#include <inttypes.h>
#include <string.h>

#include "import/onnx.h"

enum { DEEPEST = 64 };

/* The node that makes a node's input i; -1: the input of the model. -2: that is no value. */
static int maker_of(const OnnxReader *r, const Onnx__Node *node, size_t i)
{
    const OnnxValue *value = onnx_input(r, node, i);
    return !value || value->numbers ? -2 : value->maker;
}

static int meet(const OnnxReader *r, int a, int b)
{
    while (a != b) {
        const int da = a < 0 ? 0 : r->depth[a], db = b < 0 ? 0 : r->depth[b];
        if (da >= db)
            a = r->dominator[a];
        if (db >= da && da != db)
            b = r->dominator[b];
    }
    return a;
}

/* In the order of the file, in which each node stands behind those that it reads. */
static void find_dominators(OnnxReader *r)
{
    for (int i = 0; i < r->nodes; i++) {
        const Onnx__Node *node = r->graph->node[i];
        int common = -2;
        for (size_t k = 0; r->needed[i] && k < node->n_input; k++) {
            const int maker = maker_of(r, node, k);
            if (maker > -2)
                common = common == -2 ? maker : meet(r, common, maker);
        }
        r->dominator[i] = common;
        r->depth[i] = common < 0 ? 1 : r->depth[common] + 1;
    }
}

static void reverse(ItemList *list, int first)
{
    for (int a = first, b = list->count - 1; a < b; a++, b--) {
        Item *item = list->at[a];
        list->at[a] = list->at[b];
        list->at[b] = item;
    }
}

static ItemList chain(OnnxReader *r, int from, int stop, int depth);

/* A Concat of the inputs from `first` to `end`, whose ways all go through the output of node `stop`. Exporters put a
 * Concat within a Concat into one: neighbours whose ways go together further than that are such a one. */
static Item *concat(OnnxReader *r, const Onnx__Node *node, size_t first, size_t end, int stop, int depth)
{
    Item *item = arena_make(r->import->arena, Item);
    *item = (Item){.kind = ITEM_CONCAT, .node = node};
    for (size_t i = first, next; i < end; i = next) {
        int common = maker_of(r, node, i);
        for (next = i + 1; next < end; next++) {
            const int further = meet(r, common, maker_of(r, node, next));
            if (further == stop)
                break;
            common = further;
        }
        if (item->branch_count == 64)
            onnx_refuse(r, node, "at most 64 branches meet in a block");
        ItemList *branch = &item->branches[item->branch_count++];
        *branch = chain(r, common, stop, depth);
        if (next > i + 1)
            vec_push(r->import->arena, *branch, concat(r, node, i, next, common, depth + 1));
    }
    return item;
}

/* The block of a node in which values meet. */
static Item *block(OnnxReader *r, int number, int depth)
{
    const Onnx__Node *node = r->graph->node[number];
    const bool add = !strcmp(node->op_type, "Add") || !strcmp(node->op_type, "Sum");
    if (!add && strcmp(node->op_type, "Mul") != 0 && strcmp(node->op_type, "Concat") != 0)
        onnx_refuse(r, node, "no layer takes several values so");
    for (size_t i = 0; i < node->n_input; i++)
        if (maker_of(r, node, i) == -2)
            onnx_refuse(r, node, "one of what meets here is numbers of the file");
    if (!strcmp(node->op_type, "Concat")) {
        if (onnx_place(onnx_input(r, node, 0), onnx_int_of(node, "axis", 1)) != 1)
            onnx_refuse(r, node, "Concat is of channels, but here of axis %" PRId64, onnx_int_of(node, "axis", 1));
        return concat(r, node, 0, node->n_input, r->dominator[number], depth);
    }
    if (node->n_input != 2)
        onnx_refuse(r, node, "a block adds two values, or multiplies them");
    Item *item = arena_make(r->import->arena, Item);
    *item = (Item){.kind = add ? ITEM_RESIDUAL : ITEM_MULTIPLY, .node = node, .branch_count = 2};
    for (size_t i = 0; i < 2; i++)
        item->branches[i] = chain(r, maker_of(r, node, i), r->dominator[number], depth);
    ItemList *first = &item->branches[0], *second = &item->branches[1];
    if (first->count == 0) { /* the input as it is comes second */
        const ItemList layers = *second;
        *second = *first;
        *first = layers;
    }
    if (first->count == 0)
        onnx_refuse(r, node, "it takes a value twice");
    if (item->kind == ITEM_MULTIPLY && second->count > 0)
        onnx_refuse(r, node, "Multiply is of what layers make of a value and of that value itself");
    return item;
}

/* What is made, from the output of node `stop` on, up to that of node `from`. */
static ItemList chain(OnnxReader *r, int from, int stop, int depth)
{
    ItemList list = {0};
    if (depth > DEEPEST)
        onnx_refuse(r, r->graph->node[from < 0 ? 0 : from], "it is in blocks within blocks, more than %d deep",
                    DEEPEST);
    for (int at = from; at != stop; at = r->dominator[at]) {
        if (at < 0)
            onnx_refuse(r, r->graph->node[from], "its branches go across each other, which blocks can't say");
        const Onnx__Node *node = r->graph->node[at];
        int values = 0;
        for (size_t i = 0; i < node->n_input; i++)
            values += maker_of(r, node, i) > -2;
        if (r->used[at])
            onnx_refuse(r, node, "what it makes goes into branches that go across each other, which blocks can't say");
        r->used[at] = true;
        const int first = list.count;
        if (values == 1)
            onnx_add_node(r, node, &list);
        else
            vec_push(r->import->arena, list, block(r, at, depth + 1));
        if (list.count > first)
            list.at[list.count - 1]->makes = r->made[at];
        reverse(&list, first);
    }
    reverse(&list, 0);
    return list;
}

ItemList onnx_layers(OnnxReader *r, int last)
{
    find_dominators(r);
    return chain(r, last, -1, 0);
}
