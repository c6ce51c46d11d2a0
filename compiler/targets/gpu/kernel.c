/* Kernels: their text, which operations share, and their launches. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "targets/formulas.h"
#include "targets/gpu/gpu.h"

void gpu_constant(Gpu *g, const char *name, int64_t value)
{
    if (g->constant_count == GPU_CONSTANTS)
        fail_bug("a kernel has too many constants");
    g->constants[g->constant_count++] = (GpuConstant){name, arena_printf(g->arena, "%" PRId64, value), false};
}

void gpu_real(Gpu *g, const char *name, double value)
{
    if (g->constant_count == GPU_CONSTANTS)
        fail_bug("a kernel has too many constants");
    g->constants[g->constant_count++] = (GpuConstant){name, gpu_float(g->arena, value), true};
}

void gpu_extra(Gpu *g, const char *name, const char *type, GpuOperand operand)
{
    if (g->extra_count == GPU_EXTRA)
        fail_bug("a kernel takes too much");
    g->extra[g->extra_count++] = (GpuExtra){name, type, operand};
}

GpuGrid gpu_each(int64_t elements)
{
    return (GpuGrid){GPU_GROUP, 1, elements, GPU_GROUP};
}

GpuGrid gpu_all(int64_t elements)
{
    return (GpuGrid){.group = GPU_GROUP, .groups = (elements + GPU_GROUP - 1) / GPU_GROUP};
}

GpuGrid gpu_groups_each(int64_t groups, int group)
{
    return (GpuGrid){group, 1, groups, 1};
}

GpuGrid gpu_groups(int64_t groups, int group)
{
    return (GpuGrid){.group = group, .groups = groups};
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

const char *gpu_float(Arena *arena, double number)
{
    const float value = (float)number;
    if (isinf(value))
        return value > 0 ? "INFINITY" : "-INFINITY";
    const char *text = text_float(arena, value);
    return strpbrk(text, ".e") ? text : arena_printf(arena, "%s.0f", text);
}

const char *gpu_formula(Arena *arena, const char *formula)
{
    Text text = text_new(arena);
    for (const char *at = formula; *at;) {
        const bool inside = at > formula && (isalnum((unsigned char)at[-1]) || at[-1] == '_' || at[-1] == '$');
        if (!strncmp(at, "(real)", 6)) {
            text_add(&text, "(float)");
            at += 6;
        } else if (isdigit((unsigned char)*at) && !inside) {
            const size_t digits = strspn(at, "0123456789.");
            const size_t power = at[digits] == 'e' ? 1 + strspn(at + digits + 1, "-0123456789") : 0;
            const bool dot = memchr(at, '.', digits) || power;
            text_add_bytes(&text, at, digits + power);
            text_add(&text, dot ? "f" : ".0f");
            at += digits + power;
        } else {
            const size_t word = isalpha((unsigned char)*at) || *at == '$' ? 1 + strspn(at + 1,
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") : 1;
            text_add_bytes(&text, at, word);
            at += word;
        }
    }
    return text.bytes;
}

/* ---- The text of a kernel ---------------------------------------------------------------------------------------- */

static const char *type_of(const Op *op, const Value *value, bool output)
{
    const Role role = output ? op->info->out[value->output].role : ROLE_NONE;
    if (value->producer->kind == OP_DROPOUT && value->output == 1)
        return "const uchar";
    if (value->producer->kind == OP_TARGET)
        return value->type == TYPE_I64 ? "const int" : "const float";
    const bool ints = value->type != TYPE_F32 || role == ROLE_ARG;
    return output ? (ints ? "int" : "float") : ints ? "const int" : "const float";
}

static void take(Text *list, GpuLaunch *launch, const char *type, const char *name, GpuOperand operand)
{
    if (launch->operand_count == NC_MAX_OPERANDS)
        fail_bug("a kernel has too many operands");
    const bool reads = !strncmp(type, "const ", 6);
    text_printf(list, "GLOBAL %s *%s%s, ", type, reads ? "restrict " : "", name);
    launch->operand[launch->operand_count++] = operand;
}

/* What a norm keeps is an input that some kernels change. */
static const char *kept_type(Role role, const char *type)
{
    return role == ROLE_COUNT ? "whole" : role == ROLE_MEAN || role == ROLE_VAR ? "float" : type;
}

static const char *parameters_of(Gpu *g, const Op *op, const char *body, GpuLaunch *launch)
{
    Text list = text_new(g->arena);
    for (int i = 0; op && i < MAX_INPUTS; i++) {
        const Role role = op->info->in[i].role;
        if (op->in[i] && text_has_word(body, port_name(role)))
            take(&list, launch, kept_type(role, type_of(op, op->in[i], false)), port_name(role),
                 gpu_operand_of(g, op->in[i]));
    }
    for (int i = 0; op && i < MAX_OUTPUTS; i++)
        if (op->out[i] && text_has_word(body, port_name(op->info->out[i].role)))
            take(&list, launch, type_of(op, op->out[i], true), port_name(op->info->out[i].role),
                 gpu_operand_of(g, op->out[i]));
    for (int i = 0; i < g->extra_count; i++)
        if (text_has_word(body, g->extra[i].name))
            take(&list, launch, g->extra[i].type, g->extra[i].name, g->extra[i].operand);
    text_add(&list, "int count");
    return list.bytes;
}

/* The constants that the body uses. */
static const char *declarations(Gpu *g, const char *body)
{
    Text whole = text_new(g->arena), real = text_new(g->arena);
    for (int i = 0; i < g->constant_count; i++) {
        const GpuConstant *constant = &g->constants[i];
        Text *list = constant->real ? &real : &whole;
        if (text_has_word(body, constant->name))
            text_printf(list, "%s%s = %s", list->length ? ", " : "", constant->name, constant->text);
    }
    return arena_printf(g->arena, "%s%s%s%s%s%s", whole.length ? "enum { " : "", whole.bytes,
                        whole.length ? " };\n" : "", real.length ? "const float " : "", real.bytes,
                        real.length ? ";\n" : "");
}

static const char *unique(Gpu *g, const char *name)
{
    const char *tried = name;
    for (int again = 2; !string_set_add(g->arena, &g->names, tried); again++)
        tried = arena_printf(g->arena, "%s_%d", name, again);
    return tried;
}

/* The name of the kernel that has this text behind its name: one that is there, or it is printed. */
static const char *function_of(Gpu *g, const char *name, const char *about, const char *parameters, const char *body)
{
    const char *text = arena_printf(g->arena, "(%s)\n%s", parameters, body);
    for (int i = 0; i < g->functions.count; i++)
        if (!strcmp(g->functions.at[i].text, text))
            return g->functions.at[i].name;
    const GpuFunction function = {unique(g, name), text};
    vec_push(g->arena, g->functions, function);
    gpu_set(g, "kernel_name", "%s", function.name);
    gpu_set(g, "parameters", "%s", parameters);
    template_print(&g->t, arena_printf(g->arena, "/* %s */\nKERNEL $kernel_name($parameters)\n", about));
    text_add(&g->t.text, body);
    return function.name;
}

void gpu_kernel(Gpu *g, const Op *op, const char *suffix, const char *about, GpuGrid grid, const char *lines)
{
    const char *plain = template_filled(&g->t, lines);
    const char *body = template_filled(&g->t, arena_printf(g->arena, "{\n%s%s}\n\n", declarations(g, plain), lines));
    const char *base = op ? op_identifier(g->arena, op) : "update";
    const char *name = arena_printf(g->arena, "%s%s%s", base, *suffix ? "_" : "", suffix);
    GpuLaunch launch = {.grid = grid, .op = op};
    const char *parameters = parameters_of(g, op, body, &launch);
    launch.kernel = function_of(g, name, about, parameters, body);
    vec_push(g->arena, *g->launches, launch);
    g->constant_count = g->extra_count = 0;
    template_forget(&g->t);
}

void gpu_sum_of_samples(Gpu *g, const Op *op, const char *about, int64_t elements, const char *what, const char *to)
{
    gpu_constant(g, "S", elements);
    gpu_set(g, "what", "%s", what);
    gpu_set(g, "to", "%s", to);
    gpu_kernel(g, op, "", about, gpu_all(elements),
               "int i = global_id();\n"
               "if (i < S) {\n"
               "float sum = 0;\n"
               "for (int n = 0; n < count; n++)\n"
               "sum += $what;\n"
               "$to[i] = sum;\n"
               "}\n");
}

/* ---- What kernels use -------------------------------------------------------------------------------------------- */

/* A function that others may use. */
static const struct {
    const char *use, *text;
} helpers[] = {
    {"least(", "FUNCTION int least(int a, int b)\n{\nreturn a < b ? a : b;\n}\n\n"},
    {"most(", "FUNCTION int most(int a, int b)\n{\nreturn a > b ? a : b;\n}\n\n"},
    {"softplus(", "/* log(1 + exp(x)) */\n"
                  "FUNCTION float softplus(float x)\n{\nreturn fmax(x, 0.0f) + log1p(exp(-fabs(x)));\n}\n\n"},
    {"between(", "/* tensor.lerp_(to, weight): from whichever end is nearer. */\n"
                 "FUNCTION float between(float from, float to, float weight)\n"
                 "{\n"
                 "return fabs(weight) < 0.5f ? fma(weight, to - from, from) : fma(weight - 1, to - from, to);\n"
                 "}\n\n"},
    {"reflected(", "/* A place beside `size` elements, reflected at the first one and the last one. */\n"
                   "FUNCTION int reflected(int at, int size)\n"
                   "{\nreturn at < 0 ? -at : at < size ? at : 2 * (size - 1) - at;\n}\n\n"},
    {"replicated(", "/* The nearest one of `size` elements. */\n"
                    "FUNCTION int replicated(int at, int size)\n"
                    "{\nreturn at < 0 ? 0 : at < size ? at : size - 1;\n}\n\n"},
    {"around(", "/* A place beside `size` elements in a circle. */\n"
                "FUNCTION int around(int at, int size)\n"
                "{\nreturn at < 0 ? at + size : at < size ? at : at - size;\n}\n\n"},
    {"sum_of_group(", "/* The sum of x over the work items of a group, always in the same order. */\n"
                      "FUNCTION float sum_of_group(float x, SHARED_AT float *part, int group)\n"
                      "{\n"
                      "int id = local_id();\n"
                      "part[id] = x;\n"
                      "BARRIER;\n"
                      "for (int reach = group / 2; reach > 0; reach /= 2) {\n"
                      "if (id < reach)\n"
                      "part[id] += part[id + reach];\n"
                      "BARRIER;\n"
                      "}\n"
                      "float sum = part[0];\n"
                      "BARRIER;\n"
                      "return sum;\n"
                      "}\n\n"},
    {"largest_of_group(", "/* The largest x of the work items of a group. */\n"
                          "FUNCTION float largest_of_group(float x, SHARED_AT float *part, int group)\n"
                          "{\n"
                          "int id = local_id();\n"
                          "part[id] = x;\n"
                          "BARRIER;\n"
                          "for (int reach = group / 2; reach > 0; reach /= 2) {\n"
                          "if (id < reach)\n"
                          "part[id] = fmax(part[id], part[id + reach]);\n"
                          "BARRIER;\n"
                          "}\n"
                          "float largest = part[0];\n"
                          "BARRIER;\n"
                          "return largest;\n"
                          "}\n\n"},
};

const char *gpu_text(Gpu *g)
{
    const char *needed = g->t.text.bytes;
    for (int i = (int)(sizeof helpers / sizeof *helpers) - 1; i >= 0; i--)
        if (strstr(needed, helpers[i].use))
            needed = arena_printf(g->arena, "%s%s", template_filled(&g->t, helpers[i].text), needed);
    return needed;
}
