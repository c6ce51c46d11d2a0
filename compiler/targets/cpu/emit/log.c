/* The setting `log`: calls of main, and the tables that they are given. */
#include <string.h>

#include "base/fail.h"
#include "draw/drawing.h"
#include "targets/cpu/emit/frame.h"
#include "model/structure.h"
#include "targets/layer_text.h"

/* ---- Feature maps ------------------------------------------------------------------------------------------------ */

/* The phase that makes what is in `buffer`. */
static int phase_of(const Plan *plan, const Buffer *buffer)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        if (kernel->stage != STAGE_PACK && kernel->operand[kernel->output].buffer == buffer)
            return kernel->phase;
    }
    fail_bug("no kernel makes %s", buffer->name);
}

static void emit_view(Frame *f, const Plan *plan, const ShownLayer *shown)
{
    const Buffer *buffer = plan->buffer_of[shown->value->id];
    const int64_t *dim = shown->value->shape.dim;
    text_add(&f->text, "        {");
    text_add_quoted(&f->text, shown->name);
    text_printf(&f->text, ", %lld, %lld, %lld, %lld, %lld, %lld, %lld, %d, %d},\n", (long long)dim[0],
                (long long)dim[1], (long long)dim[2],
                (long long)(buffer->offset + buffer_inside(buffer) * element_bytes(buffer->element)),
                (long long)buffer->stride, (long long)buffer_row(buffer), (long long)buffer->pitch,
                phase_of(plan, buffer), buffer->space == SPACE_BATCH);
}

static void emit_images(Frame *f, const Train *train)
{
    const Plan *plan = f->plans->evaluation;
    const int count = train->log_layers.count;
    if (count)
        text_add(&f->text, "    /* layer; channels, rows, columns; where it stands, in bytes; floats from sample to"
                           " sample, row to row,\n     * pixel to pixel; phase; in the batch's memory */\n"
                           "    static const struct nc_feature_map views[] = {\n");
    for (int i = 0; i < count; i++)
        emit_view(f, plan, &plan->graph->shown.at[i]);
    text_printf(&f->text, "%s    nc_log_images(run, %d, %s, %d);\n", count ? "    };\n" : "", train->log_images,
                count ? "views" : "0", count);
}

/* ---- The model's graph ------------------------------------------------------------------------------------------- */

/* The nodes so far, and their inputs. */
typedef struct Nodes {
    Frame *f;
    Text rows, edges;
    StringSet names;
    int count, edge_count;
} Nodes;

/* Adds a node, whose inputs have been added since edge `first`. Returns its number. */
static int add_node(Nodes *n, const char *name, const char *op, const char *attributes, int first, int rank,
                    const int64_t *dim, int64_t batch)
{
    const char *own = name;
    for (int number = 1; !string_set_add(n->f->arena, &n->names, own); number++)
        own = arena_printf(n->f->arena, "%s_%d", name, number);
    text_add(&n->rows, "        {");
    text_add_quoted(&n->rows, own);
    text_add(&n->rows, ", ");
    text_add_quoted(&n->rows, op);
    text_add(&n->rows, ", ");
    text_add_quoted(&n->rows, attributes);
    text_printf(&n->rows, ", %d, %d, %d, {", n->edge_count - first, first, rank + (batch > 0));
    if (batch)
        text_printf(&n->rows, "%lld%s", (long long)batch, rank ? ", " : "");
    for (int i = 0; i < rank; i++)
        text_printf(&n->rows, "%s%lld", i ? ", " : "", (long long)dim[i]);
    text_add(&n->rows, "}},\n");
    return n->count++;
}

static void add_edge(Nodes *n, int from)
{
    text_printf(&n->edges, "%s%d", n->edge_count++ ? ", " : "", from);
}

static const Module *child_called(const Module *module, const char *name, size_t length)
{
    for (int i = 0; module && i < module->children.count; i++) {
        const Module *child = module->children.at[i];
        if (strlen(child->name) == length && strncmp(child->name, name, length) == 0)
            return child;
    }
    return NULL;
}

/* "Tudui/Sequential[features]/Conv2d[0]": as torch names scopes, which TensorBoard folds. */
static const char *scope_of(Arena *arena, const Network *network, const Layer *layer)
{
    const Module *module = network->root;
    const char *scope = network->name;
    for (const char *at = layer->path; *at;) {
        const size_t length = strcspn(at, ".");
        module = child_called(module, at, length);
        const char *title = module ? module->title : at[length] ? "Module" : layer->kind->name;
        scope = arena_printf(arena, "%s/%s[%.*s]", scope, title, (int)length, at);
        at += length + (at[length] == '.');
    }
    return scope;
}

/* Edges from what a part takes. made[i]: the node of what part i makes. */
static void add_inputs(Nodes *n, const Part *part, const int *made)
{
    for (int i = 0; i < part->inputs.count; i++)
        add_edge(n, made[part->inputs.at[i]]);
}

/* The input or the output. */
static int add_end_node(Nodes *n, const Part *part, const int *made, int64_t batch)
{
    const int first = n->edge_count;
    add_inputs(n, part, made);
    return add_node(n, arena_printf(n->f->arena, "%s/%s", part->title, part->title), "IO Node", "", first,
                    part->shape.rank, part->shape.dim, batch);
}

/* The parameters of a layer, and the layer itself. */
static int add_layer_nodes(Nodes *n, const Part *part, const int *made, int64_t batch)
{
    Arena *arena = n->f->arena;
    const Layer *layer = part->layer;
    const char *scope = scope_of(arena, n->f->network, layer);
    int *parameter = arena_alloc(arena, (size_t)(layer->parameters.count + 1) * sizeof *parameter);
    for (int i = 0; i < layer->parameters.count; i++) {
        const Parameter *p = layer->parameters.at[i];
        const char *dot = strrchr(p->name, '.');
        parameter[i] = add_node(n, arena_printf(arena, "%s/%s", scope, dot ? dot + 1 : p->name), "Parameter", "",
                                n->edge_count, p->shape.rank, p->shape.dim, 0);
    }
    const int first = n->edge_count;
    add_inputs(n, part, made);
    for (int i = 0; i < layer->parameters.count; i++)
        add_edge(n, parameter[i]);
    const Op op = {.layer = layer->path, .span = layer->span};
    const char *call = op_text(arena, &op);
    return add_node(n, arena_printf(arena, "%s/forward", scope), part->title, call, first, part->shape.rank,
                    part->shape.dim, batch);
}

static void emit_graph(Frame *f, const Train *train)
{
    const Structure structure = network_structure(f->arena, f->network);
    const int64_t batch = train->data.batch_size;
    Nodes n = {.f = f, .rows = text_new(f->arena), .edges = text_new(f->arena)};
    int *made = arena_alloc(f->arena, (size_t)structure.parts.count * sizeof *made);
    for (int i = 0; i < structure.parts.count; i++) {
        const Part *part = &structure.parts.at[i];
        made[i] = (part->layer ? add_layer_nodes : add_end_node)(&n, part, made, batch);
    }
    text_printf(&f->text, "    static const int edges[] = {%s};\n"
                          "    static const struct nc_node nodes[] = {\n%s    };\n", n.edges.bytes, n.rows.bytes);
    text_printf(&f->text, "    nc_log_graph(run, nodes, %d, edges);\n", n.count);
}

/* ---- What is shown to people ------------------------------------------------------------------------------------- */

/* An array of the lines of a text. Returns how many. */
static int emit_lines(Frame *f, const char *name, const char *text)
{
    int count = 0;
    text_printf(&f->text, "    static const char *const %s[] = {\n", name);
    for (const char *at = text; *at; count++) {
        const size_t length = strcspn(at, "\n");
        text_add(&f->text, "        ");
        text_add_quoted(&f->text, arena_copy(f->arena, at, length));
        text_add(&f->text, ",\n");
        at += length + (at[length] == '\n');
    }
    text_add(&f->text, "    };\n");
    return count;
}

static void emit_shown(Frame *f)
{
    Drawing drawing = {.title = f->network->name};
    Text svg = text_new(f->arena);
    draw_model(f->arena, &drawing, f->network, -1);
    drawing_print_svg(&svg, &drawing);
    const int text = emit_lines(f, "text", f->program->source->text), lines = emit_lines(f, "drawing", svg.bytes);
    text_printf(&f->text, "    nc_shown(run, text, %d, drawing, %d);\n", text, lines);
}

void emit_log(Frame *f)
{
    const Train *train = f->program->train;
    if (!train->logs)
        return;
    text_add(&f->text, "    nc_log(run, ");
    if (train->log)
        text_add_quoted(&f->text, train->log);
    text_printf(&f->text, "%s, %d);\n", train->log ? "" : "0", train->log_every);
    if (train->log_graph || train->report)
        emit_shown(f);
    if (train->log_graph)
        emit_graph(f, train);
    if (train->log_images)
        emit_images(f, train);
    if (train->log_histograms)
        text_add(&f->text, "    nc_log_histograms(run);\n");
    if (train->report) {
        text_add(&f->text, "    nc_report(run, ");
        text_add_quoted(&f->text, train->report);
        text_add(&f->text, ");\n");
    }
}
