/* A library's text: LibraryCore. One that trains has the operations of a step in front of those of the forward pass, in
 * one graph, so that both have their functions once. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "netc.h"
#include "targets/formulas.h"
#include "targets/plain/homes.h"

/* ---- Parameters -------------------------------------------------------------------------------------------------- */

/* Where the elements of a parameter lie: at `offset`, in torch's order. A count takes two floats, as the runtime loads
 * it. */
static void lay_out(struct nc_parameter *to, const Parameter *parameter, int64_t offset)
{
    const Shape shape = parameter->shape;
    const bool count = parameter->kind == PARAMETER_COUNT;
    int64_t stride = shape_count(shape);
    *to = (struct nc_parameter){.name = parameter->name, .rank = shape.rank, .offset = offset,
                                .floats = count ? 2 : shape_count(shape), .axis_count = shape.rank,
                                .kind = count                               ? NC_COUNT
                                        : parameter->kind == PARAMETER_KEPT ? NC_KEPT
                                                                            : NC_LEARNED};
    for (int d = 0; d < shape.rank; d++) {
        stride /= shape.dim[d];
        to->shape[d] = shape.dim[d];
        to->axes[d] = (struct nc_axis){shape.dim[d], stride};
    }
}

static bool is_used(const Plain *p, const Parameter *parameter)
{
    for (int i = 0; i < p->graph->values.count; i++) {
        const Value *value = p->graph->values.at[i];
        if (value->producer->kind == OP_PARAMETER && value->parameter == parameter)
            return true;
    }
    return false;
}

/* A block of those that the library reads; files have the others too, and these have no place. */
static void lay_out_block(Plain *p, LibraryCore *core)
{
    const Network *network = p->network;
    struct nc_parameter *parameters = arena_alloc(p->arena, (size_t)(network->parameters.count + 1) *
                                                            sizeof *parameters);
    for (int i = 0; i < network->parameters.count; i++) {
        const Parameter *parameter = network->parameters.at[i];
        lay_out(&parameters[i], parameter, core->block);
        if (!is_used(p, parameter))
            parameters[i].floats = 0;
        core->block += (parameters[i].floats + LINE_FLOATS - 1) / LINE_FLOATS * LINE_FLOATS;
    }
    core->parameters = parameters;
    core->parameter_count = network->parameters.count;
    p->core = core;
}

long long plain_parameter_place(const Plain *p, const Parameter *parameter)
{
    int i = 0;
    while (p->network->parameters.at[i] != parameter)
        i++;
    return p->core->parameters[i].offset;
}

/* ---- The text ---------------------------------------------------------------------------------------------------- */

const char *plain_with_wide(Plain *p, const char *text)
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

const char *plain_library_text(Plain *p, const char *text)
{
    return arena_printf(p->arena, "typedef float real;\n\n"
                                  "/* What sums are made in. Of a processor that has no double, -DWIDE=float asks"
                                  " less. */\n"
                                  "#ifndef WIDE\n#define WIDE double\n#endif\n"
                                  "typedef WIDE wide;\n\n%s", text);
}

/* ---- A library that is observed ---------------------------------------------------------------------------------- */

const char *plain_observed(Plain *p, const Op *op)
{
    const Value *y = op->out[0];
    if (!y->batched || y->type != TYPE_F32)
        return "";
    return arena_printf(p->arena, "if (observe != NULL)\nobserve(%d, %s, %" PRId64 ");\n", y->id, p->member[y->id],
                        shape_count(y->shape));
}

/* What activations make of a number: activation_3(), of operation 3. */
static void print_activations(Plain *p)
{
    text_add(&p->t.text, "void (*observe)(int value, const real *x, long long count);\n\n");
    for (int i = 0; i < p->graph->ops.count; i++) {
        const Op *op = p->graph->ops.at[i];
        if (op->kind != OP_ACTIVATION)
            continue;
        plain_forget(p);
        plain_set(p, "op", "%d", i);
        plain_set(p, "a", "%s", plain_number(p, op->attr.activation.a));
        plain_set(p, "b", "%s", plain_number(p, op->attr.activation.b));
        plain_set(p, "formula", "%s", activation_formulas[op->attr.activation.kind].y);
        plain_print(p, "double activation_$op(double t)\n"
                       "{\n"
                       "const double a = $a, b = $b;\n"
                       "(void)a, (void)b;\n"
                       "return $formula;\n"
                       "}\n\n");
    }
}

static void print_forward(Plain *p, const Homes *h)
{
    const Value *output = p->graph->output;
    const char *calls = plain_calls(p, p->trained, p->graph->ops.count, false);
    text_printf(&p->t.text, "/* The model's outputs y of a sample x. a: memory for what the layers make, w: the"
                            " parameters. */\n"
                            "static void forward(const %s *x, real *y, real *a, const real *w)\n{\n",
                plain_type(p->graph->input));
    homes_declare(p, h, p->trained, p->graph->ops.count, calls);
    if (!p->core->block)
        text_add(&p->t.text, "    (void)w;\n");
    if (!p->core->arena)
        text_add(&p->t.text, "    (void)a;\n");
    plain_forget(p);
    p->t.indent = 1;
    plain_print(p, calls);
    p->t.indent = 0;
    if (h->root[output->id]->producer->kind == OP_INPUT)
        text_printf(&p->t.text, "    memcpy(y, x, %" PRId64 " * sizeof *y);\n", shape_count(output->shape));
    text_add(&p->t.text, "}\n");
}

/* What is printed, with sums of the type `wide`; it begins anew behind it. */
static const char *take_text(Plain *p)
{
    const char *text = plain_with_wide(p, p->t.text.bytes);
    p->t.text = text_new(p->arena);
    return text;
}

void plain_lower_library(Plain *p, Lowering *lowering)
{
    LibraryCore *core = &lowering->library;
    const int ops = p->graph->ops.count;
    plain_name_values(p);
    lay_out_block(p, core);
    Homes homes = homes_find(p);
    core->arena = homes_place(p, &homes, p->trained, ops);
    plain_print_kernels(p, false);
    if (p->observed)
        print_activations(p);
    if (p->trained) {
        plain_print_kernels(p, true);
        plain_print_pass(p, &homes, &lowering->learning);
    }
    print_forward(p, &homes);
    const char *text = take_text(p);
    if (p->trained) {
        plain_print_learning(p, &homes, &lowering->learning);
        text = arena_printf(p->arena, "%s\n%s", text, p->t.text.bytes);
        p->t.text = text_new(p->arena);
    }
    plain_print_helpers(p, plain_helpers, text);
    lowering->text = plain_library_text(p, p->t.text.bytes);
}
