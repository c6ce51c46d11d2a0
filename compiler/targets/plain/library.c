/* A library's forward pass: LibraryCore. Values lie in one memory, where two share a place that are never alive at the
 * same time. A value takes the place of the one it is made of where it is that one in another shape, and where its
 * kernel allows it (PlainKernel.in_place). */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "netc.h"
#include "targets/pack.h"
#include "targets/plain/plain.h"

enum { LINE_FLOATS = PACK_LINE / sizeof(float) };

/* A value and those that take its place. */
typedef struct Home {
    const Value *value; /* the first one */
    int first, last;    /* operations between which one of them is alive */
    int64_t offset;     /* bytes in the arena */
} Home;

typedef struct Homes {
    Home *of;           /* [values] by the first one's id */
    const Value **root; /* [values] that first one */
    int *last_use;      /* [values] the operation that reads it last; its own where none does */
} Homes;

static void find_uses(const Plain *p, Homes *h)
{
    const Graph *graph = p->graph;
    for (int i = 0; i < graph->values.count; i++)
        h->last_use[i] = graph->values.at[i]->producer->id;
    for (int i = 0; i < graph->ops.count; i++)
        for (int k = 0; k < MAX_INPUTS; k++)
            if (graph->ops.at[i]->in[k])
                h->last_use[graph->ops.at[i]->in[k]->id] = i;
    h->last_use[graph->output->id] = graph->ops.count;
}

/* Whether what an operation makes can stand where its first input does. The input of the model is the caller's. */
static bool stays(const Plain *p, const Homes *h, const Op *op)
{
    const Value *x = op->in[0], *root = x ? h->root[x->id] : NULL;
    if (op->kind == OP_RESHAPE)
        return root != p->graph->input || op->out[0] != p->graph->output;
    return root && root != p->graph->input && root->producer->kind != OP_PARAMETER && plain_kernels[op->kind] &&
           plain_kernels[op->kind]->in_place && h->of[root->id].last == op->id;
}

static void find_homes(const Plain *p, Homes *h)
{
    const Graph *graph = p->graph;
    find_uses(p, h);
    for (int i = 0; i < graph->values.count; i++) {
        const Value *value = graph->values.at[i];
        const Op *op = value->producer;
        const Value *root = h->root[i] = stays(p, h, op) && value->output == 0 ? h->root[op->in[0]->id] : value;
        Home *home = &h->of[root->id];
        if (root == value)
            *home = (Home){value, op->id, h->last_use[i], 0};
        else if (h->last_use[i] > home->last)
            home->last = h->last_use[i];
    }
}

/* Whether a value needs memory of the library's own: not the parameters, the input and the output, which the caller
 * has, and not what nothing reads. */
static bool needs_memory(const Plain *p, const Homes *h, const Value *value)
{
    return h->root[value->id] == value && plain_kernels[value->producer->kind] &&
           h->of[value->id].last > value->producer->id && h->root[p->graph->output->id] != value;
}

static int64_t place(Plain *p, Homes *h)
{
    VEC(PackBlock) blocks = {0};
    VEC(Home *) homes = {0};
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (!needs_memory(p, h, value))
            continue;
        Home *home = &h->of[i];
        const int64_t bytes = shape_count(value->shape) * (int64_t)sizeof(float);
        vec_push(p->arena, homes, home);
        vec_push(p->arena, blocks, ((PackBlock){home->first, home->last, bytes, 0}));
    }
    const int64_t end = pack_blocks(p->arena, blocks.at, blocks.count, 0);
    for (int i = 0; i < blocks.count; i++)
        homes.at[i]->offset = blocks.at[i].offset;
    return end;
}

/* ---- Parameters -------------------------------------------------------------------------------------------------- */

/* Where the elements of a parameter lie: at `offset`, in torch's order. */
static void lay_out(struct nc_parameter *to, const Parameter *parameter, int64_t offset)
{
    const Shape shape = parameter->shape;
    int64_t stride = shape_count(shape);
    *to = (struct nc_parameter){.name = parameter->name, .rank = shape.rank, .offset = offset,
                                .floats = shape_count(shape), .axis_count = shape.rank};
    for (int d = 0; d < shape.rank; d++) {
        stride /= shape.dim[d];
        to->shape[d] = shape.dim[d];
        to->axes[d] = (struct nc_axis){shape.dim[d], stride};
    }
}

static const Value *value_of(const Plain *p, const Parameter *parameter)
{
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (value->producer->kind == OP_PARAMETER && value->parameter == parameter)
            return value;
    }
    return NULL;
}

/* A block of those that the pass reads; files have the others too, and these have no place. */
static void lay_out_block(Plain *p, const Network *network, LibraryCore *core)
{
    struct nc_parameter *parameters = arena_alloc(p->arena, (size_t)(network->parameters.count + 1) *
                                                            sizeof *parameters);
    for (int i = 0; i < network->parameters.count; i++) {
        const Parameter *parameter = network->parameters.at[i];
        lay_out(&parameters[i], parameter, core->block);
        parameters[i].kind = parameter->kind == PARAMETER_COUNT ? NC_COUNT
                             : parameter->kind == PARAMETER_KEPT ? NC_KEPT
                                                                 : NC_LEARNED;
        if (!value_of(p, parameter) || parameter->kind == PARAMETER_COUNT)
            parameters[i].floats = 0;
        core->block += (parameters[i].floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    }
    core->parameters = parameters;
    core->parameter_count = network->parameters.count;
}

/* ---- The text ---------------------------------------------------------------------------------------------------- */

static void declare_parameters(Plain *p, const LibraryCore *core, const Network *network)
{
    for (int i = 0; i < network->parameters.count; i++) {
        const Value *value = value_of(p, network->parameters.at[i]);
        if (value && core->parameters[i].floats)
            text_printf(&p->t.text, "    const real *const %s = w + %lld;\n", p->member[value->id],
                        core->parameters[i].offset);
    }
}

/* What variables are called: the model's input and its output as the arguments are. */
static void name_places(Plain *p, const Homes *h)
{
    const Value *output = h->root[p->graph->output->id];
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *root = h->root[i];
        if (root == p->graph->input || root == output)
            p->member[i] = root == output && output != p->graph->input ? "y" : "x";
        else
            p->member[i] = p->member[root->id];
    }
}

static void declare_values(Plain *p, const Homes *h)
{
    for (int i = 0; i < p->graph->values.count; i++)
        if (needs_memory(p, h, p->graph->values.at[i]))
            text_printf(&p->t.text, "    real *const %s = a + %" PRId64 ";\n", p->member[i],
                        h->of[i].offset / (int64_t)sizeof(float));
}

/* A reshape that stays where it is is no call. */
static void drop_views(Plain *p, const Homes *h)
{
    for (int i = 0; i < p->graph->ops.count; i++) {
        const Op *op = p->graph->ops.at[i];
        if (op->kind == OP_RESHAPE && h->root[op->out[0]->id] != op->out[0])
            p->function[i] = NULL;
    }
}

/* The text with the type of its sums by a name. */
static const char *with_wide(Plain *p, const char *text)
{
    static const char *const word = "double";
    Text named = text_new(p->arena);
    for (const char *at, *from = text; (at = strstr(text, word)); text = at + strlen(word)) {
        const bool whole = (at == from || !isalnum((unsigned char)at[-1])) && !isalnum((unsigned char)at[strlen(word)]);
        text_add_bytes(&named, text, (size_t)(at - text));
        text_add(&named, whole ? "wide" : word);
    }
    text_add(&named, text);
    return named.bytes;
}

void plain_lower_library(Plain *p, Lowering *lowering)
{
    const size_t values = (size_t)p->graph->values.count;
    const Network *network = p->program->networks.at[0];
    LibraryCore *core = &lowering->library;
    Homes h = {arena_alloc(p->arena, values * sizeof *h.of), arena_alloc(p->arena, values * sizeof *h.root),
               arena_alloc(p->arena, values * sizeof *h.last_use)};
    static const char *const taken[] = {"x", "y", "a", "w"};
    for (int i = 0; i < 4; i++)
        string_set_add(p->arena, &p->members, taken[i]);
    plain_name_values(p);
    find_homes(p, &h);
    core->arena = place(p, &h);
    lay_out_block(p, network, core);
    name_places(p, &h);
    drop_views(p, &h);
    plain_print_kernels(p, false);
    const char *calls = plain_calls(p, false);
    text_printf(&p->t.text, "/* The model's outputs y of a sample x. a: memory for what the layers make, w: the"
                          " parameters. */\n"
                          "static void forward(const %s *x, real *y, real *a, const real *w)\n{\n",
                plain_type(p->graph->input));
    declare_parameters(p, core, network);
    declare_values(p, &h);
    if (!core->block)
        text_add(&p->t.text, "    (void)w;\n");
    if (!core->arena)
        text_add(&p->t.text, "    (void)a;\n");
    plain_forget(p);
    p->t.indent = 1;
    plain_print(p, calls);
    p->t.indent = 0;
    if (h.root[p->graph->output->id] == p->graph->input)
        text_printf(&p->t.text, "    memcpy(y, x, %" PRId64 " * sizeof *y);\n", shape_count(p->graph->output->shape));
    text_add(&p->t.text, "}\n");
    const char *body = p->t.text.bytes;
    p->t.text = text_new(p->arena);
    plain_print_helpers(p, body);
    lowering->text = arena_printf(p->arena, "typedef float real;\n\n"
                                            "/* What sums are made in. Of a processor that has no double, -DWIDE=float"
                                            " asks less. */\n"
                                            "#ifndef WIDE\n#define WIDE double\n#endif\n"
                                            "typedef WIDE wide;\n\n%s", with_wide(p, p->t.text.bytes));
}
