/* Kernels: their text, which operations share, and their launches. */
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "targets/formulas.h"
#include "targets/gpu/gpu.h"

enum { WIDEST_COMMENT = 108 };

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
    return text_float_literal(arena, value);
}

/* The word at `at`, or the number that the activation has for it. */
static void add_word(Text *text, const char *at, size_t length, const Activation *activation)
{
    if (activation && length == 1 && (*at == 'a' || *at == 'b'))
        text_add(text, gpu_float(text->arena, *at == 'a' ? activation->a : activation->b));
    else
        text_add_bytes(text, at, length);
}

const char *gpu_formula(Arena *arena, const char *formula, const Activation *activation)
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
            add_word(&text, at, word, activation);
            at += word;
        }
    }
    return text.bytes;
}

/* ---- The text of a kernel ---------------------------------------------------------------------------------------- */

/* The type of what a kernel's operand in this role points to. What a norm keeps is read and changed. */
static const char *type_of(const GraphKernel *kernel, Role role, const Value *value)
{
    const Op *producer = value->producer;
    const bool ints = value->type != TYPE_F32 || role == ROLE_ARG;
    if (role == ROLE_COUNT)
        return "whole";
    if (producer->kind == OP_DROPOUT && value->output == 1)
        return "const uchar";
    if (producer->kind == OP_TARGET)
        return value->type == TYPE_I64 ? "const int" : "const float";
    for (int i = 0; i < kernel->op_count; i++)
        if (kernel->ops[i] == producer)
            return ints ? "int" : "float";
    return role == ROLE_MEAN || role == ROLE_VAR ? "float" : ints ? "const int" : "const float";
}

static bool same_place(const GpuOperand *a, const GpuOperand *b)
{
    return a->block == b->block && a->buffer == b->buffer && a->offset == b->offset;
}

static void take(GpuTaken *taken, const char *type, const char *name, GpuOperand operand)
{
    if (taken->count == NC_MAX_OPERANDS)
        fail_bug("a kernel has too many operands");
    taken->at[taken->count].type = type;
    taken->at[taken->count].name = name;
    taken->at[taken->count++].operand = operand;
}

/* ---- Values that are stored nowhere ------------------------------------------------------------------------------ */

/* The lines with each `port[place]` as `call place)`. */
static const char *with_calls(Arena *arena, const char *lines, const char *port, const char *call)
{
    const size_t length = strlen(port);
    Text text = text_new(arena);
    for (const char *at = lines; *at;) {
        const bool begins = at == lines || (!isalnum((unsigned char)at[-1]) && at[-1] != '_');
        if (!begins || strncmp(at, port, length) || at[length] != '[') {
            text_add_bytes(&text, at++, 1);
            continue;
        }
        const char *end = at += length + 1;
        for (int open = 1; open; end++)
            open += *end == '[' ? 1 : *end == ']' ? -1 : 0;
        text_printf(&text, "%s%.*s)", call, (int)(end - 1 - at), at);
        at = end;
    }
    return text.bytes;
}

/* What a kernel of these lines calls a pointer that a function takes for its `port`. */
static const char *name_of(Arena *arena, GpuTaken *taken, const char *lines, const char *port, const char *type,
                           const char *name, GpuOperand operand)
{
    for (int i = 0; i < taken->count; i++)
        if (same_place(&taken->at[i].operand, &operand) && !strcmp(taken->at[i].type, type))
            return taken->at[i].name;
    bool used = strcmp(name, port) && text_has_word(lines, name);
    for (int i = 0; i < taken->count; i++)
        used = used || !strcmp(taken->at[i].name, name);
    const char *own = used ? arena_printf(arena, "%s_%s", port, name) : name;
    take(taken, type, own, operand);
    return own;
}

/* The function that gives the elements of what `maker` makes, and what it takes. */
static const char *function_for(Gpu *g, const GraphKernel *maker, GpuTaken *takes)
{
    const Gpu before = *g;
    g->kernel = maker;
    g->takes = takes;
    g->extra_count = g->constant_count = 0;
    template_forget(&g->t);
    gpu_kernels[maker->op->kind](g, maker->op);
    const char *function = g->function;
    g->kernel = before.kernel;
    g->takes = before.takes;
    return function;
}

/* Takes what the lines use of the kernel's values and of what is extra. Gives the lines as they are then: with calls in
 * place of values that are stored nowhere. */
static const char *take_all(Gpu *g, GpuTaken *taken, const char *lines)
{
    const GraphKernel *kernel = g->kernel;
    const char *result = lines;
    GpuExtra extra[GPU_EXTRA];
    const int extra_count = g->extra_count;
    memcpy(extra, g->extra, sizeof extra);
    for (Role role = ROLE_NONE + 1; kernel && role < ROLE_END; role++) {
        const Value *value = kernel->value[role];
        const char *port = port_name(role);
        if (!value || role == ROLE_LOSS || !text_has_word(lines, port))
            continue;
        const GraphKernel *maker = gpu_read_through(g, value);
        if (!maker || maker == kernel) {
            take(taken, type_of(kernel, role, value), port, gpu_operand_of(g, value));
            continue;
        }
        GpuTaken takes = {.count = 0};
        Text call = text_new(g->arena);
        text_printf(&call, "%s(", function_for(g, maker, &takes));
        for (int i = 0; i < takes.count; i++)
            text_printf(&call, "%s, ", name_of(g->arena, taken, lines, port, takes.at[i].type, takes.at[i].name,
                                               takes.at[i].operand));
        result = with_calls(g->arena, result, port, call.bytes);
    }
    for (int i = 0; i < extra_count; i++)
        if (text_has_word(lines, extra[i].name))
            take(taken, extra[i].type, extra[i].name, extra[i].operand);
    return result;
}

/* "GLOBAL const float *restrict x, GLOBAL float *y, int count" */
static const char *parameters_of(Gpu *g, const GpuTaken *taken, const char *last)
{
    Text list = text_new(g->arena);
    for (int i = 0; i < taken->count; i++)
        text_printf(&list, "GLOBAL %s *%s%s, ", taken->at[i].type,
                    strncmp(taken->at[i].type, "const ", 6) ? "" : "restrict ", taken->at[i].name);
    text_add(&list, last);
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

static bool is_of_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* How many bytes at `at` do nothing since the constant `name` is 1, or is 0: " * SH" and " / SH", or "PIXELS * " where
 * a term begins; " + PH" and " - PH" where the term ends with it. */
static size_t idle_length(const char *lines, const char *at, const char *name, bool one)
{
    const size_t length = strlen(name);
    const char *end = at + 3 + length;
    if (at[0] == ' ' && at[1] && strchr(one ? "*/" : "+-", at[1]) && at[2] == ' ' && !strncmp(at + 3, name, length) &&
        !is_of_word(*end))
        return one || *end != ' ' || !end[1] || !strchr("*/%", end[1]) ? 3 + length : 0;
    if (!one || at < lines + 2 || strncmp(at, name, length) || strncmp(at + length, " * ", 3))
        return 0;
    return at[-1] == '(' || at[-1] == '[' || (at[-1] == ' ' && strchr("=,+-", at[-2])) ? length + 3 : 0;
}

/* The lines without factors that are 1 and terms that are 0. */
static const char *without_idle(Gpu *g, const char *lines)
{
    for (int i = 0; i < g->constant_count; i++) {
        const GpuConstant *constant = &g->constants[i];
        const bool one = !strcmp(constant->text, "1");
        if (constant->real || (!one && strcmp(constant->text, "0")))
            continue;
        Text text = text_new(g->arena);
        for (const char *at = lines; *at;) {
            const size_t idle = idle_length(lines, at, constant->name, one);
            if (idle == 0)
                text_add_bytes(&text, at, 1);
            at += idle > 0 ? idle : 1;
        }
        lines = text.bytes;
    }
    return lines;
}

static const char *unique(Gpu *g, const char *name)
{
    const char *tried = name;
    for (int again = 2; !string_set_add(g->arena, &g->names, tried); again++)
        tried = arena_printf(g->arena, "%s_%d", name, again);
    return tried;
}

/* A comment, in as many lines as it takes. */
static const char *comment(Arena *arena, const char *about)
{
    Text text = text_new(arena);
    const char *before = "/* ";
    for (size_t rest = strlen(about); rest > WIDEST_COMMENT; rest = strlen(about)) {
        size_t length = WIDEST_COMMENT;
        while (about[length] != ' ')
            length--;
        text_printf(&text, "%s%.*s\n", before, (int)length, about);
        about += length + 1;
        before = " * ";
    }
    text_printf(&text, "%s%s */\n", before, about);
    return text.bytes;
}

/* The name of the function that has this text around its name: one that is there, or it is printed. */
static const char *function_of(Gpu *g, const char *name, const char *about, const char *head, const char *parameters,
                               const char *body)
{
    const char *text = arena_printf(g->arena, "%s(%s)\n%s", head, parameters, body);
    for (int i = 0; i < g->functions.count; i++)
        if (!strcmp(g->functions.at[i].text, text))
            return g->functions.at[i].name;
    const GpuFunction function = {unique(g, name), text};
    vec_push(g->arena, g->functions, function);
    template_print(&g->t, arena_printf(g->arena, "%s%s %s(%s)\n", comment(g->arena, about), head, function.name,
                                       parameters));
    text_add(&g->t.text, body);
    return function.name;
}

static const char *body_of(Gpu *g, const char *declared, const char *lines)
{
    return template_filled(&g->t, arena_printf(g->arena, "{\n%s%s}\n\n", declared, lines));
}

static const char *name_for(Gpu *g, const Op *op, const char *suffix)
{
    const char *base = !op ? "" : g->kernel && op == g->kernel->op ? g->kernel->name : op_identifier(g->arena, op);
    return arena_printf(g->arena, "%s%s%s", base, *base && *suffix ? "_" : "", suffix);
}

void gpu_kernel(Gpu *g, const Op *op, const char *suffix, const char *about, GpuGrid grid, const char *lines)
{
    const char *plain = without_idle(g, template_lines(&g->t, lines)), *declared = declarations(g, plain);
    GpuLaunch launch = {.grid = grid, .op = op};
    GpuTaken taken = {.count = 0};
    plain = take_all(g, &taken, plain);
    for (int i = 0; i < taken.count; i++)
        launch.operand[launch.operand_count++] = taken.at[i].operand;
    launch.kernel = function_of(g, name_for(g, op, suffix), about, "KERNEL", parameters_of(g, &taken, "int count"),
                                body_of(g, declared, plain));
    vec_push(g->arena, *g->launches, launch);
    g->constant_count = g->extra_count = 0;
    template_forget(&g->t);
}

/* The function that gives element i. */
static void print_function(Gpu *g, const Op *op, const char *about, const char *lines)
{
    gpu_set(g, "to", "return");
    const char *plain = without_idle(g, template_lines(&g->t, lines)), *declared = declarations(g, plain);
    plain = take_all(g, g->takes, plain);
    g->function = function_of(g, name_for(g, op, ""), about, "FUNCTION float", parameters_of(g, g->takes, "int i"),
                              body_of(g, declared, plain));
    g->constant_count = g->extra_count = 0;
    template_forget(&g->t);
}

void gpu_elements(Gpu *g, const Op *op, const Value *value, const char *about, const char *lines)
{
    const int64_t elements = shape_count(value->shape);
    gpu_constant(g, "S", elements);
    gpu_constant(g, "P", shape_count(shape_places(value->shape)));
    if (g->takes) {
        print_function(g, op, about, lines);
        return;
    }
    gpu_set(g, "to", "%s[i] =", port_name(op->info->out[0].role));
    gpu_set(g, "all", "%s", value->batched ? "count * S" : "S");
    gpu_set(g, "lines", "%s", lines);
    gpu_kernel(g, op, "", about, value->batched ? gpu_each(elements) : gpu_all(elements),
               "int i = global_id();\n"
               "if (i >= $all)\n"
               "return;\n"
               "$lines\n");
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
