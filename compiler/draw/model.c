/* A model as a drawing. */
#include <string.h>

#include "draw/drawing.h"

static Look look_of(const Part *part)
{
    return !part->layer                   ? LOOK_DATA
           : part->inputs.count > 1       ? LOOK_JOINS
           : part->layer->parameters.count ? LOOK_LEARNS
                                          : LOOK_PLAIN;
}

/* "weight 32x3x5x5, bias 32" */
static void add_parameters(Arena *arena, Drawing *drawing, int node, const Layer *layer)
{
    Text text = text_new(arena);
    bool frozen = layer->parameters.count > 0;
    for (int i = 0; i < layer->parameters.count; i++) {
        const Parameter *parameter = layer->parameters.at[i];
        const char *dot = strrchr(parameter->name, '.');
        frozen = frozen && !parameter_learns(parameter);
        if (parameter->kind == PARAMETER_LEARNED)
            text_printf(&text, "%s%s %s", text.length ? ", " : "", dot ? dot + 1 : parameter->name,
                        shape_text(arena, parameter->shape));
    }
    if (!text.length)
        return;
    drawing_add_text(arena, drawing, node, text.bytes);
    drawing_add_text(arena, drawing, node,
                     arena_printf(arena, "%s parameters%s", text_grouped(arena, layer_parameters(layer)),
                                  frozen ? ", frozen" : ""));
}

/* What a layer is called among its siblings, and how it is called. */
static void add_layer(Arena *arena, Drawing *drawing, int node, const Layer *layer)
{
    const char *call = layer->kind->branches ? "" : span_text(arena, layer->span);
    if (layer->module->name && !layer->kind->branches)
        call = arena_printf(arena, "%s: %s", layer->module->name, call);
    drawing_add_text(arena, drawing, node, call);
    add_parameters(arena, drawing, node, layer);
}

/* Its name, and what the file writes there. */
static const char *box_title(Arena *arena, const Module *module)
{
    const size_t length = strlen(module->text);
    const bool brace = length > 2 && !strcmp(module->text + length - 2, " {"); /* of what joins branches */
    const char *text = arena_copy(arena, module->text, brace ? length - 2 : length);
    return module->name ? arena_printf(arena, "%s: %s", module->name, text) : text;
}

void draw_model(Arena *arena, Drawing *drawing, const Network *network, int box)
{
    const Structure structure = network_structure(arena, network);
    const int first_box = drawing->boxes.count, first = drawing->nodes.count;
    for (int i = 0; i < structure.groups.count; i++) {
        const Group *group = &structure.groups.at[i];
        drawing_add_box(arena, drawing, box_title(arena, group->module),
                        group->parent < 0 ? box : first_box + group->parent);
    }
    for (int i = 0; i < structure.parts.count; i++) {
        const Part *part = &structure.parts.at[i];
        const int node = drawing_add_node(arena, drawing, part->title, look_of(part),
                                          part->group < 0 ? box : first_box + part->group);
        if (part->layer)
            add_layer(arena, drawing, node, part->layer);
        for (int k = 0; k < part->inputs.count; k++) {
            const int from = part->inputs.at[k];
            drawing_add_edge(arena, drawing, first + from, node, shape_text(arena, structure.parts.at[from].shape));
        }
    }
}
