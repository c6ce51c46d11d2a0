#include "targets/layer_text.h"

#include <string.h>

#include "graph/op.h"
#include "model/structure.h"

int op_line(const Op *op)
{
    int line = 0, column = 0;
    if (op->span.source)
        source_position(op->span.source, op->span.start, &line, &column);
    return line;
}

const char *op_text(Arena *arena, const Op *op)
{
    if (!op->span.source || !op->layer[0])
        return op->kind == OP_INPUT ? "the input" : "the loss";
    Text text = text_new(arena);
    text_printf(&text, "%s: ", op->layer);
    const char *from = op->span.source->text + op->span.start, *to = op->span.source->text + op->span.end;
    for (; from < to; from++) {
        bool space = *from == ' ' || *from == '\t' || *from == '\n';
        bool comment_end = from[0] == '*' && from + 1 < to && from[1] == '/';
        if (!space)
            text_add_bytes(&text, from, 1);
        else if (text.bytes[text.length - 1] != ' ')
            text_add(&text, " ");
        if (comment_end || (from[0] == '/' && from + 1 < to && from[1] == '*'))
            text_add(&text, " ");
    }
    return text.bytes;
}

static bool has_input(const Op *op, const char *role, size_t length)
{
    for (int i = 0; op->info->in[i].role; i++) {
        const char *name = role_name(op->info->in[i].role);
        if (strlen(name) == length && !strncmp(name, role, length))
            return op->in[i] != NULL;
    }
    return false;
}

const char *op_formula(Arena *arena, const Op *op)
{
    Text text = text_new(arena);
    const char *at = op->info->formula;
    for (const char *open; (open = strchr(at, '{')); ) {
        const size_t role = strcspn(open + 1, "|");
        const char *optional = open + 1 + role + 1;
        const size_t length = strcspn(optional, "}");
        text_add_bytes(&text, at, (size_t)(open - at));
        if (has_input(op, open + 1, role))
            text_add_bytes(&text, optional, length);
        at = optional + length + 1;
    }
    text_add(&text, at);
    return text.bytes;
}

/* A line of the table, no wider than a comment may be: what is too long for its column has a line of its own. */
static void table_line(Text *text, int width, const char *line, const char *layer, const char *output,
                       const char *count)
{
    text_printf(text, " *  %4s  %-*s", line, width, layer);
    if ((int)strlen(layer) > width)
        text_printf(text, "\n *        %-*s", width, "");
    text_printf(text, " %-11s %10s\n", output, count);
}

/* A row of the table. */
typedef struct Row {
    const char *line, *layer, *output, *count;
    const char *like; /* all but the layer's path: rows alike in it are of repeated blocks */
} Row;

static Row row_of(Arena *arena, const Layer *layer)
{
    Op op = {.layer = layer->path, .span = layer->span};
    Row row = {.line = arena_printf(arena, "%d", op_line(&op)), .layer = op_text(arena, &op),
               .output = shape_text(arena, layer->out),
               .count = arena_printf(arena, "%lld", (long long)layer_parameters(layer))};
    const char *kind = strstr(row.layer, ": ");
    row.like = arena_printf(arena, "%s %s %s %s", row.line, kind ? kind : row.layer, row.output, row.count);
    return row;
}

/* How often the `length` rows from `at` on are repeated behind them. */
static int repetitions(const Row *row, int at, int length, int end)
{
    int same = 0;
    while (at + length + same < end && !strcmp(row[at + same].like, row[at + length + same].like))
        same++;
    return same / length;
}

/* The length of the block that begins at `at` and whose repetitions are the most rows, in *rows; 0: there is none. */
static int repeated_block(const Row *row, int at, int end, int *rows)
{
    enum { LONGEST = 64, ENOUGH = 3 };
    int best = 0;
    *rows = 0;
    for (int length = 1; length <= LONGEST && at + 2 * length <= end; length++) {
        const int repeated = length * repetitions(row, at, length, end);
        if (repeated >= ENOUGH && repeated > *rows)
            best = length, *rows = repeated;
    }
    return best;
}

void layer_table(Text *text, const Network *network)
{
    enum { LEAST = 48, MOST = 85 };
    const int count = network->layers.count;
    Row *row = arena_alloc(text->arena, (size_t)(count + 1) * sizeof *row);
    int width = LEAST;
    for (int i = 0; i < count; i++) {
        row[i] = row_of(text->arena, network->layers.at[i]);
        const int length = (int)strlen(row[i].layer);
        width = length > width && length <= MOST ? length : width;
    }
    table_line(text, width, "line", "layer", "output", "parameters");
    for (int i = 0, told = 0, repeated = 0; i < count; i++) {
        if (told == 0)
            told = repeated_block(row, i, count, &repeated);
        table_line(text, width, row[i].line, row[i].layer, row[i].output, row[i].count);
        if (told == 0 || --told > 0)
            continue;
        text_printf(text, " *        the same again: %s to %s\n", network->layers.at[i + 1]->path,
                    network->layers.at[i + repeated]->path);
        i += repeated;
    }
}
