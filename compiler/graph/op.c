/* What is asked of operations: their rows, by kind, and their values, by role. */
#include "graph/op.h"

#include <ctype.h>

#include "base/character.h"

const OpInfo *op_info(OpKind kind)
{
    static const OpInfo *const rows[] = {
#define ENTER_OP(NAME, name) [OP_##NAME] = &op_##name,
        OPS(ENTER_OP)
#undef ENTER_OP
    };
    return rows[kind];
}

const char *op_name(OpKind kind)
{
    return op_info(kind)->name;
}

bool op_is_elementwise(OpKind kind)
{
    return op_info(kind)->elementwise;
}

bool op_is_transposed(OpKind kind)
{
    return op_info(kind)->transposed;
}

static int count_ports(const OpPort *ports)
{
    int count = 0;
    while (ports[count].role != ROLE_NONE)
        count++;
    return count;
}

int op_input_count(OpKind kind)
{
    return count_ports(op_info(kind)->in);
}

int op_output_count(OpKind kind)
{
    return count_ports(op_info(kind)->out);
}

static Value *with_role(const OpPort *ports, Value *const *values, Role role)
{
    for (int i = 0; ports[i].role != ROLE_NONE; i++) {
        if (ports[i].role == role)
            return values[i];
    }
    return NULL;
}

Value *op_in(const Op *op, Role role)
{
    return with_role(op->info->in, op->in, role);
}

Value *op_out(const Op *op, Role role)
{
    return with_role(op->info->out, op->out, role);
}

const char *op_identifier(Arena *arena, const Op *op)
{
    if (!op->backward && op->out[0])
        return op->out[0]->name;
    const char *layer = op->info->backward_name.layer, *suffix = op->info->backward_name.suffix;
    if (suffix) {
        layer = layer ? layer : activation_name(op->attr.activation.kind);
        return arena_printf(arena, "%s_%s%s", layer, character_identifier(arena, op->layer), suffix);
    }
    char *kind = arena_printf(arena, "%s", op->info->name);
    for (char *c = kind; *c; c++)
        *c = (char)tolower((unsigned char)*c);
    return kind;
}

Value *gradient_value(Builder *builder, OpKind kind, const Value *of, Value *a, Value *b, Attributes attr)
{
    const char *name = arena_printf(builder->graph->arena, "d_%s", of->name);
    return graph_value(builder, kind, name, a, b, NULL, of->shape, attr);
}

bool op_reads(const Op *op, const Value *value)
{
    for (int k = 0; k < op_input_count(op->kind); k++) {
        if (op->in[k] == value)
            return true;
    }
    return false;
}
