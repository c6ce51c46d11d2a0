#include "targets/layer_text.h"

#include <string.h>

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

void layer_table(Text *text, const Network *network)
{
    text_printf(text, " *  line  %-48s %-14s %10s\n", "layer", "output", "parameters");
    for (int i = 0; i < network->layers.count; i++) {
        const Layer *layer = network->layers.at[i];
        Op op = {.layer = layer->path, .span = layer->span};
        int64_t count = 0;
        for (int p = 0; p < layer->parameters.count; p++)
            count += layer->parameters.at[p]->kind == PARAMETER_LEARNED
                         ? shape_count(layer->parameters.at[p]->shape) : 0;
        text_printf(text, " *  %4d  %-48s %-14s %10lld\n", op_line(&op), op_text(text->arena, &op),
                    shape_text(text->arena, layer->out), (long long)count);
    }
}
