#include "summary.h"

#include <inttypes.h>
#include <string.h>

#include "system/cells.h"
#include "graph/op.h"
#include "model/structure.h"

/* `text` as far to the right as its path is deep. */
static const char *indented(Arena *arena, const char *path, const char *text)
{
    Text out = text_new(arena);
    for (; (path = strchr(path, '.')); path++)
        text_add(&out, "  ");
    text_add(&out, text);
    return out.bytes;
}

enum { COLUMNS = 7 };

typedef struct Row {
    const char *cell[COLUMNS];
} Row;
typedef VEC(Row) Table;

/* Text columns to the left, numbers (from column 2) to the right; no blanks at a line's end. */
static void print_table(Text *out, const Table *table)
{
    int width[COLUMNS] = {0};
    for (int i = 0; i < table->count; i++)
        for (int k = 0; k < COLUMNS; k++)
            if (nc_text_cells(table->at[i].cell[k]) > width[k])
                width[k] = nc_text_cells(table->at[i].cell[k]);
    for (int i = 0; i < table->count; i++) {
        for (int k = 0; k < COLUMNS; k++) {
            const char *cell = table->at[i].cell[k];
            int padding = width[k] - nc_text_cells(cell);
            text_pad(out, ' ', k < 2 ? 0 : padding);
            text_add(out, cell);
            if (k + 1 < COLUMNS)
                text_pad(out, ' ', (k < 2 ? padding : 0) + 2);
        }
        while (out->bytes[out->length - 1] == ' ')
            out->bytes[--out->length] = 0;
        text_add(out, "\n");
    }
}

/* The window of a convolution or a pool: "3x3"; "" of other layers. */
static const char *kernel_text(Arena *arena, const Graph *graph, const Layer *layer)
{
    for (int i = 0; i < graph->ops.count; i++) {
        const Op *op = graph->ops.at[i];
        const Window *window = op->kind == OP_AVG_POOL2D ? &op->attr.average.window
                               : op->kind == OP_CONV2D || op->kind == OP_CONV_TRANSPOSE2D || op->kind == OP_MAX_POOL2D
                                   ? &op->attr.window
                                   : NULL;
        if (window && !op->backward && !window->adaptive && !strcmp(op->layer, layer->path))
            return layer->out.rank == 2 ? arena_printf(arena, "%d", window->kernel[1])
                                        : arena_printf(arena, "%dx%d", window->kernel[0], window->kernel[1]);
    }
    return "";
}

/* A layer; of one in which branches meet the brace behind them. */
static Row layer_row(Arena *arena, const Graph *graph, const Layer *layer, int64_t parameters, int64_t work)
{
    const char *call = layer->kind->branches ? "}" : span_text(arena, layer->span);
    return (Row){{layer->module->name ? layer->path : "", indented(arena, layer->path, call),
                  shape_text(arena, layer_in(layer)), shape_text(arena, layer->out),
                  graph ? kernel_text(arena, graph, layer) : "", parameters ? text_grouped(arena, parameters) : "",
                  work ? text_grouped(arena, work) : ""}};
}

static void print_network(Text *out, Arena *arena, const Network *network, const Graph *graph)
{
    Table table = {0};
    const Structure structure = network_structure(arena, network);
    int64_t parameters = 0, work = 0, frozen = 0;
    for (int i = 0; i < network->parameters.count; i++) {
        const Parameter *parameter = network->parameters.at[i];
        frozen += parameter->kind == PARAMETER_LEARNED && parameter->frozen ? shape_count(parameter->shape) : 0;
    }
    vec_push(arena, table, ((Row){{"path", "layer", "input", "output", graph ? "kernel" : "", "parameters",
                                  graph ? "mult-adds" : ""}}));
    vec_push(arena, table, ((Row){{"", "input", "", shape_text(arena, network->input), "", "", ""}}));
    for (int i = 0, group = 0; i < structure.parts.count; i++) {
        const Layer *layer = structure.parts.at[i].layer;
        for (; group < structure.groups.count && structure.groups.at[group].first <= i; group++) {
            const Module *g = structure.groups.at[group].module;
            vec_push(arena, table, ((Row){{g->name ? g->path : "", indented(arena, g->path, g->text), "", "", "", "",
                                           ""}}));
        }
        if (!layer)
            continue;
        int64_t own = layer_parameters(layer);
        int64_t adds = graph ? graph_multiply_adds(graph, layer->path) : 0;
        parameters += own;
        work += adds;
        vec_push(arena, table, layer_row(arena, graph, layer, own, adds));
    }
    vec_push(arena, table,
             ((Row){{"", "total", "", "", "", text_grouped(arena, parameters),
                     graph ? text_grouped(arena, work) : ""}}));
    text_printf(out, "model %s\n", network->name);
    print_table(out, &table);
    if (frozen)
        text_printf(out, "of these parameters %s learn, and %s are frozen\n", text_grouped(arena, parameters - frozen),
                    text_grouped(arena, frozen));
}

/* What the values would take if the layers ran one after the other over the whole batch. */
static void print_eager(Text *out, const Compilation *c)
{
    const int64_t batch = c->program->train->data.batch_size;
    text_printf(out, "    layer after layer PyTorch keeps %s for the backward pass\n",
                text_grouped(c->arena, eager_bytes(c->arena, c->graph, batch)));
}

void summary_print(Text *out, const Compilation *c)
{
    const Program *program = c->program;
    /* The graph is of the network that is trained, or of the only one. */
    const Network *lowered = program->train                 ? program->train->network
                             : program->networks.count == 1 ? program->networks.at[0]
                                                            : NULL;
    for (int i = 0; i < program->networks.count; i++) {
        const Network *network = program->networks.at[i];
        text_add(out, i ? "\n" : "");
        print_network(out, c->arena, network, network == lowered ? c->graph : NULL);
    }
    if (program->train && c->lowering.plans && c->request->target->print_memory) {
        c->request->target->print_memory(out, &c->lowering);
        print_eager(out, c);
    }
}
