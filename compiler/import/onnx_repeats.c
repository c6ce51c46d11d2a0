/* What is written several times but for its numbers becomes a block with parameters.
 *
 * The text of a Residual, a Concat or a Multiply without its numbers is its pattern. Of items with one pattern, the
 * numbers that differ are the block's parameters; two that always are the same are one parameter. Outer items come
 * first; within those that become no block, their branches are looked through. */
#include <ctype.h>
#include <string.h>

#include "import/onnx.h"

enum { MOST_NUMBERS = 256, MOST_PARAMETERS = 8, MOST_ITEMS = 1000 };

/* An item, its text, and where the numbers of it stand. */
typedef struct Written {
    Item *item;
    const char *text, *pattern;
    int count, first[MOST_NUMBERS], length[MOST_NUMBERS];
} Written;

typedef VEC(Written *) WrittenList;

/* Digits that are no part of a name: not the 2 of Conv2d. */
static int number_at(const char *text, int at)
{
    int end = at;
    if (!isdigit((unsigned char)text[at]) ||
        (at > 0 && (isalnum((unsigned char)text[at - 1]) || text[at - 1] == '_' || text[at - 1] == '.')))
        return 0;
    while (isdigit((unsigned char)text[end]) || text[end] == '.')
        end++;
    if (text[end] == 'e' && (text[end + 1] == '-' || text[end + 1] == '+'))
        for (end += 2; isdigit((unsigned char)text[end]); end++)
            ;
    return end - at;
}

static Written *write_pattern(OnnxReader *r, Item *item)
{
    Written *written = arena_make(r->import->arena, Written);
    Text pattern = text_new(r->import->arena);
    written->item = item;
    written->text = onnx_write_item(r, item, 1);
    for (int at = 0; written->text[at];) {
        const int length = number_at(written->text, at);
        if (!length) {
            text_add_bytes(&pattern, written->text + at++, 1);
            continue;
        }
        if (written->count == MOST_NUMBERS)
            return NULL;
        written->first[written->count] = at;
        written->length[written->count++] = length;
        text_add(&pattern, "#");
        at += length;
    }
    written->pattern = pattern.bytes;
    return written;
}

static bool same_number(const Written *a, int i, const Written *b, int k)
{
    return a->length[i] == b->length[k] && !memcmp(a->text + a->first[i], b->text + b->first[k], (size_t)a->length[i]);
}

/* Which parameter each number is; -1: it is the same in all. Gives how many there are. */
static int find_parameters(Written *const *group, int count, int *parameter)
{
    int found = 0, holder[MOST_NUMBERS];
    for (int i = 0; i < group[0]->count; i++) {
        bool differs = false;
        for (int k = 1; k < count && !differs; k++)
            differs = !same_number(group[0], i, group[k], i);
        parameter[i] = -1;
        for (int p = 0; p < found && differs && parameter[i] < 0; p++) {
            int k = 0;
            while (k < count && same_number(group[k], holder[p], group[k], i))
                k++;
            parameter[i] = k == count ? p : -1;
        }
        if (differs && parameter[i] < 0) {
            holder[found] = i;
            parameter[i] = found++;
        }
    }
    return found;
}

/* What a number is called, from where it stands: as its argument, or by the layer that has it in second place. */
static const char *name_at(OnnxReader *r, const char *text, int at)
{
    int end = at, start;
    if (at > 0 && text[at - 1] == '(' && at > 1 && text[at - 2] == '=')
        end = at - 1;
    for (start = end - 1; start > 0 && (isalpha((unsigned char)text[start - 1]) || text[start - 1] == '_');)
        start--;
    if (text[end - 1] == '=')
        return arena_printf(r->import->arena, "%.*s", end - 1 - start, text + start);
    if (at >= 10 && !strncmp(text + at - 10, "Linear(_, ", 10))
        return "features";
    if (at >= 3 && !strncmp(text + at - 3, "_, ", 3))
        return "channels";
    return "size";
}

/* Writes the block of a group, and what uses it. */
static void write_block(OnnxReader *r, Written *const *group, int count, const int *parameter, int parameters,
                        int number, Text *blocks)
{
    Arena *arena = r->import->arena;
    const Written *first = group[0];
    const char *names[MOST_PARAMETERS];
    for (int p = 0; p < parameters; p++) {
        int hole = 0, same = 1;
        while (parameter[hole] != p)
            hole++;
        const char *name = name_at(r, first->text, first->first[hole]);
        for (int q = 0; q < p; q++)
            same += !strncmp(names[q], name, strlen(name)) && !isalpha((unsigned char)names[q][strlen(name)]);
        names[p] = same > 1 ? arena_printf(arena, "%s%d", name, same) : name;
    }
    text_printf(blocks, "block Block%d(", number);
    for (int p = 0; p < parameters; p++)
        text_printf(blocks, "%s%s", p ? ", " : "", names[p]);
    text_add(blocks, ") {\n");
    int at = 0;
    for (int i = 0; i < first->count; i++) {
        if (parameter[i] < 0)
            continue;
        text_add_bytes(blocks, first->text + at, (size_t)(first->first[i] - at));
        text_add(blocks, names[parameter[i]]);
        at = first->first[i] + first->length[i];
    }
    text_printf(blocks, "%s}\n\n", first->text + at);
    for (int k = 0; k < count; k++) {
        Text use = text_new(arena);
        text_printf(&use, "Block%d(", number);
        for (int p = 0; p < parameters; p++) {
            int hole = 0;
            while (parameter[hole] != p)
                hole++;
            text_printf(&use, "%s%.*s", p ? ", " : "", group[k]->length[hole],
                        group[k]->text + group[k]->first[hole]);
        }
        text_add(&use, ")");
        group[k]->item->use = use.bytes;
    }
}

static void collect(OnnxReader *r, const ItemList *list, WrittenList *found)
{
    for (int i = 0; i < list->count; i++) {
        Written *written = list->at[i]->kind == ITEM_LAYER ? NULL : write_pattern(r, list->at[i]);
        if (written)
            vec_push(r->import->arena, *found, written);
    }
}

/* Makes a block of those from `first` on that are written like that one. */
static bool make_block(OnnxReader *r, const WrittenList *level, int first, int number, Text *blocks)
{
    WrittenList group = {0};
    int parameter[MOST_NUMBERS];
    for (int k = first; k < level->count; k++)
        if (!level->at[k]->item->use && !strcmp(level->at[k]->pattern, level->at[first]->pattern))
            vec_push(r->import->arena, group, level->at[k]);
    const int parameters = group.count > 1 ? find_parameters(group.at, group.count, parameter) : 0;
    if (parameters == 0 || parameters > MOST_PARAMETERS)
        return false;
    write_block(r, group.at, group.count, parameter, parameters, number, blocks);
    return true;
}

void onnx_find_blocks(OnnxReader *r, const ItemList *list, Text *blocks)
{
    int number = 1;
    WrittenList level = {0};
    collect(r, list, &level);
    while (level.count && level.count <= MOST_ITEMS) {
        WrittenList next = {0};
        for (int i = 0; i < level.count; i++)
            if (!level.at[i]->item->use && make_block(r, &level, i, number, blocks))
                number++;
        for (int i = 0; i < level.count; i++)
            for (int k = 0; k < level.at[i]->item->branch_count && !level.at[i]->item->use; k++)
                collect(r, &level.at[i]->item->branches[k], &next);
        level = next;
    }
}
