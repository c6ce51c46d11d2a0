#include "targets/layer_text.h"

#include <string.h>

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
    for (const char *from = span_text(arena, op->span); *from; from++) {
        text_add_bytes(&text, from, 1);
        if ((from[0] == '*' && from[1] == '/') || (from[0] == '/' && from[1] == '*'))
            text_add(&text, " ");
    }
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

void layer_table(Text *text, const Network *network)
{
    enum { LEAST = 48, MOST = 85 };
    int width = LEAST;
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        const int length = (int)strlen(op_text(text->arena, &(Op){.layer = layer->path, .span = layer->span}));
        width = length > width && length <= MOST ? length : width;
    }
    table_line(text, width, "line", "layer", "output", "parameters");
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        Op op = {.layer = layer->path, .span = layer->span};
        table_line(text, width, arena_printf(text->arena, "%d", op_line(&op)), op_text(text->arena, &op),
                   shape_text(text->arena, layer->out),
                   arena_printf(text->arena, "%lld", (long long)layer_parameters(layer)));
    }
}
