/* Lists of layers: what several nodes are together, and their text. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "import/onnx.h"

/* ---- Several nodes that are a layer ------------------------------------------------------------------------------ */

static bool is_raw(const ItemList *list, int at, const char *op)
{
    return at < list->count && list->at[at]->kind == ITEM_RAW && !strcmp(list->at[at]->text, op);
}

static bool is_number(const Item *item, double value)
{
    return item->operand && item->operand->floats && item->operand->count == 1 &&
           fabs((double)item->operand->floats[0] - value) < 1e-5;
}

static void remove_items(ItemList *list, int at, int count)
{
    for (int i = at; i + count < list->count; i++)
        list->at[i] = list->at[i + count];
    list->count -= count;
}

/* x times what a single layer makes of it. */
static const char *product_of(const Item *item)
{
    static const char *const products[][2] = {{"Sigmoid()", "SiLU()"}, {"Hardsigmoid()", "Hardswish()"}};
    const ItemList *list = &item->branches[0];
    for (size_t i = 0; i < 2; i++)
        if (list->count == 1 && list->at[0]->kind == ITEM_LAYER && !strcmp(list->at[0]->text, products[i][0]))
            return products[i][1];
    if (list->count == 2 && !strcmp(list->at[0]->text ? list->at[0]->text : "", "Softplus()") &&
        !strcmp(list->at[1]->text ? list->at[1]->text : "", "Tanh()"))
        return "Mish()";
    return NULL;
}

/* x (1 + erf(x / sqrt 2)), of which half is GELU. */
static bool is_normal_share(const ItemList *list)
{
    return list->count == 3 && is_raw(list, 0, "Div") && is_number(list->at[0], sqrt(2)) && is_raw(list, 1, "Erf") &&
           is_raw(list, 2, "Add") && is_number(list->at[2], 1);
}

static void join_product(OnnxReader *r, ItemList *list, int at)
{
    const OnnxNumbers *w = list->at[at]->operand;
    const bool adds = is_raw(list, at + 1, "Add");
    if (!w || !w->floats || w->shape.rank != 2)
        onnx_refuse(r, list->at[at]->node, "a Linear is x times a matrix of the file");
    const OnnxNumbers *bias = adds ? list->at[at + 1]->operand : NULL;
    if (adds && (!bias || !bias->floats || bias->count != w->shape.dim[1]))
        onnx_refuse(r, list->at[at + 1]->node, "a Linear adds a number to each output");
    Item *item = list->at[at];
    item->kind = ITEM_LAYER;
    item->text = arena_printf(r->import->arena, "Linear(_, %" PRId64 "%s)", w->shape.dim[1],
                              adds ? "" : ", bias=False");
    vec_push(r->import->arena, item->numbers, ((ItemNumbers){"weight", w, true}));
    if (adds) {
        vec_push(r->import->arena, item->numbers, ((ItemNumbers){"bias", bias, false}));
        remove_items(list, at + 1, 1);
    }
}

void onnx_join_items(OnnxReader *r, ItemList *list)
{
    for (int i = 0; i < list->count; i++) {
        Item *item = list->at[i];
        if (is_raw(list, i, "MatMul"))
            join_product(r, list, i);
        if (item->kind != ITEM_MULTIPLY)
            continue;
        const char *text = product_of(item);
        if (!text && is_normal_share(&item->branches[0]) && is_raw(list, i + 1, "Mul") &&
            is_number(list->at[i + 1], 0.5)) {
            text = "GELU()";
            remove_items(list, i + 1, 1);
        }
        if (text)
            *item = (Item){.kind = ITEM_LAYER, .node = item->node, .text = text};
    }
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

static const char *write_item(OnnxReader *r, const Item *item, int depth)
{
    static const char *const blocks[] = {
        [ITEM_RESIDUAL] = "Residual", [ITEM_CONCAT] = "Concat", [ITEM_MULTIPLY] = "Multiply"};
    Arena *arena = r->import->arena;
    Text out = text_new(arena);
    text_pad(&out, ' ', 4 * depth);
    if (item->kind == ITEM_RAW)
        onnx_refuse(r, item->node, "with these numbers it is no layer");
    if (item->kind == ITEM_LAYER) {
        text_printf(&out, "%s\n", item->text);
        return out.bytes;
    }
    text_printf(&out, "%s {\n", blocks[item->kind]);
    for (int i = 0; i < item->branch_count; i++) {
        const ItemList *branch = &item->branches[i];
        const char *inside = onnx_write_items(r, branch, depth + (item->kind == ITEM_CONCAT || i ? 2 : 1));
        if (item->kind != ITEM_CONCAT && i == 0) {
            text_add(&out, inside);
        } else if (branch->count > 1) {
            text_pad(&out, ' ', 4 * depth + 4);
            text_printf(&out, "%s{\n%s", item->kind == ITEM_CONCAT ? "" : "shortcut: ", inside);
            text_pad(&out, ' ', 4 * depth + 4);
            text_add(&out, "}\n");
        } else if (branch->count == 1) {
            text_pad(&out, ' ', 4 * depth + 4);
            text_printf(&out, "%s%s", item->kind == ITEM_CONCAT ? "" : "shortcut: ", inside + 4 * (depth + 2));
        } else if (item->kind == ITEM_CONCAT) {
            text_pad(&out, ' ', 4 * depth + 4);
            text_add(&out, "Identity()\n");
        }
    }
    text_pad(&out, ' ', 4 * depth);
    text_add(&out, "}\n");
    return out.bytes;
}

static int lines_of(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

/* How many times the `period` texts from `at` on stand there, one upon the other. */
static int times_at(const char *const *texts, int count, int at, int period)
{
    int times = 1;
    for (; at + (times + 1) * period <= count; times++)
        for (int i = 0; i < period; i++)
            if (strcmp(texts[at + i], texts[at + times * period + i]) != 0)
                return times;
    return times;
}

/* What follows upon itself is written once, where that saves more than the two lines that it takes. */
const char *onnx_write_items(OnnxReader *r, const ItemList *list, int depth)
{
    enum { LONGEST = 64, WORTH = 3 };
    Arena *arena = r->import->arena;
    const char **texts = arena_alloc(arena, (size_t)(list->count + 1) * sizeof *texts);
    Text out = text_new(arena);
    for (int i = 0; i < list->count; i++)
        texts[i] = write_item(r, list->at[i], depth);
    for (int i = 0; i < list->count;) {
        int best = 0, period = 0, times = 1;
        for (int p = 1; p <= LONGEST && i + 2 * p <= list->count; p++) {
            const int found = times_at(texts, list->count, i, p);
            int lines = 0;
            for (int k = 0; k < p; k++)
                lines += lines_of(texts[i + k]);
            if (found > 1 && (found - 1) * lines >= WORTH && (found - 1) * lines > best) {
                best = (found - 1) * lines;
                period = p;
                times = found;
            }
        }
        if (!period) {
            text_add(&out, texts[i++]);
            continue;
        }
        text_pad(&out, ' ', 4 * depth);
        text_printf(&out, "repeat %d {\n", times);
        for (int k = 0; k < period; k++)
            text_add(&out, write_item(r, list->at[i + k], depth + 1));
        text_pad(&out, ' ', 4 * depth);
        text_add(&out, "}\n");
        i += period * times;
    }
    return out.bytes;
}
