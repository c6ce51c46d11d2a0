/* The text of lists of layers. */
#include <string.h>

#include "import/onnx.h"

const char *onnx_write_item(OnnxReader *r, const Item *item, int depth)
{
    static const char *const blocks[] = {
        [ITEM_RESIDUAL] = "Residual", [ITEM_CONCAT] = "Concat", [ITEM_MULTIPLY] = "Multiply"};
    Arena *arena = r->import->arena;
    Text out = text_new(arena);
    text_pad(&out, ' ', 4 * depth);
    if (item->kind == ITEM_LAYER || item->use) {
        text_printf(&out, "%s\n", item->use ? item->use : item->text);
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
        texts[i] = onnx_write_item(r, list->at[i], depth);
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
            text_add(&out, onnx_write_item(r, list->at[i + k], depth + 1));
        text_pad(&out, ' ', 4 * depth);
        text_add(&out, "}\n");
        i += period * times;
    }
    return out.bytes;
}
