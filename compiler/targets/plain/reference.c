/* A pass forward and backward as a reference for other programs: struct nc_reference (runtime/netc.h). */
#include <inttypes.h>

#include "targets/plain/plain.h"

static void print_value(Plain *p, const Value *value)
{
    const bool gradient = value->parameter && value->producer->kind != OP_PARAMETER;
    const char *name = value->parameter ? value->parameter->name : value->identifier;
    text_add(&p->t.text, "    {");
    text_add_quoted(&p->t.text, gradient ? arena_printf(p->arena, "d_%s", name) : name);
    text_printf(&p->t.text, ", &a.%s, %" PRId64 ", %d, %d},\n", p->member[value->id], shape_count(value->shape),
                value->batched, value->type != TYPE_F32);
}

/* Its number in the table. */
static int number_of(const Plain *p, const Value *value)
{
    int number = 0;
    for (int i = 0; i < value->id; i++)
        number += plain_is_member(p->graph->values.at[i]);
    return number;
}

const char *plain_behind(Plain *p, const Op *op)
{
    Text text = text_new(p->arena);
    for (int i = 0; i < MAX_OUTPUTS; i++)
        if (op->out[i] && op->out[i]->batched && op->out[i]->type == TYPE_F32 && plain_is_member(op->out[i]))
            text_printf(&text, "behind(%d);\n", number_of(p, op->out[i]));
    return text.bytes;
}

void plain_print_reference(Plain *p)
{
    plain_rule(p, "The reference");
    const bool mean = p->graph->loss->producer->attr.loss->reduction != REDUCE_SUM;
    const bool trains = text_has_word(p->forward_arguments, "training");
    text_printf(&p->t.text, "#undef double\n\n"
                          "static double pass(int count)\n"
                          "{\n"
                          "    real divisor = 0;\n"
                          "%s"
                          "    const double loss = forward(%s);\n"
                          "    backward(%s);\n"
                          "    return %s;\n"
                          "}\n\n"
                          "static const struct nc_reference_value values[] = {\n",
                trains ? "    const int training = 1;\n" : "", p->forward_arguments, p->backward_arguments,
                mean ? "divisor == 0 ? 0 : loss / divisor" : "loss");
    int count = 0;
    for (int i = 0; i < p->graph->values.count; i++) {
        if (!plain_is_member(p->graph->values.at[i]))
            continue;
        print_value(p, p->graph->values.at[i]);
        count++;
    }
    text_printf(&p->t.text, "};\n\n"
                          "extern const struct nc_reference reference;\n"
                          "const struct nc_reference reference = {\n"
                          "    sizeof(real) == sizeof(double), values, %d, &drawn, &behind, pass,\n"
                          "};\n", count);
}
