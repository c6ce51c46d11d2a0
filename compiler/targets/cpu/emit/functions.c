/* One static function for kernels alike: its own code for a C compiler, a call of the runtime's kernel for libtcc. */
#include "base/fail.h"
#include "base/set.h"
#include "graph/op.h"
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/emit/kernels.h"

const char *layers_text(Frame *f, const Kernel *kernel)
{
    Text text = text_new(f->arena);
    for (int i = 0; i < kernel->op_count; i++) {
        if (i == 0 || strcmp(kernel->ops[i]->layer, kernel->ops[i - 1]->layer))
            text_printf(&text, "%s%s", i ? ", " : "", op_text(f->arena, kernel->ops[i]));
    }
    return text.bytes;
}

/* What the layers of a kernel are: "Conv2d(3, 32, 5, 1, 2), ReLU()  (line 3)". */
static const char *kinds_text(Frame *f, const Kernel *kernel)
{
    Text text = text_new(f->arena);
    for (int i = 0; i < kernel->op_count; i++) {
        if (i && !strcmp(kernel->ops[i]->layer, kernel->ops[i - 1]->layer))
            continue;
        const char *layer = op_text(f->arena, kernel->ops[i]), *kind = strstr(layer, ": ");
        text_printf(&text, "%s%s", i ? ", " : "", kind ? kind + strlen(": ") : layer);
    }
    const int line = op_line(kernel->ops[0]);
    if (line)
        text_printf(&text, "  (line %d)", line);
    return text.bytes;
}

/* The layers of the kernels that share a function, those alike together: "0, 2: Conv2d(3, 32, 5, 1, 2)  (line 3)". */
static void tell_layers(Frame *f, StringSet *told, Text *text, const Kernel *shared)
{
    for (int i = shared->id; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->same != shared)
            continue;
        const char *kinds = kinds_text(f, kernel);
        if (!string_set_add(f->arena, told, kinds))
            continue;
        StringSet names = {0};
        const char *between = text->length ? "\n" : "";
        for (int k = i; k < f->plan->kernels.count; k++) {
            const Kernel *other = f->plan->kernels.at[k];
            const char *name = other->ops[0]->layer;
            if (other->same != shared || !*name || strcmp(kinds_text(f, other), kinds) ||
                !string_set_add(f->arena, &names, name))
                continue;
            text_printf(text, "%s%s", between, name);
            between = ", ";
        }
        text_printf(text, "%s%s", *between == ',' ? ": " : between, kinds);
    }
}

/* A line of a comment more, where it is not in it yet. */
static void tell(Frame *f, StringSet *told, Text *text, const char *line)
{
    if (line && string_set_add(f->arena, told, line))
        text_printf(text, "%s%s", text->length ? "\n" : "", line);
}

/* Which other layout of a layer's weights a kernel makes. */
static void layout_meaning(Frame *f, StringSet *told, Text *text, const Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool transposed = op_is_transposed(op->kind) || op->kind == OP_LINEAR_GRAD_INPUT;
    tell(f, told, text, arena_printf(f->arena, "the weights as %s%s",
                                     op->backward ? "the gradient of its input reads them" : "the layer reads them",
                                     transposed ? ": outputs and inputs swapped, taps reversed" : ""));
    tell(f, told, text, family_info(kernel->family)->packs);
}

/* What a kernel computes. */
static void meaning(Frame *f, StringSet *told, Text *text, const Kernel *kernel)
{
    if (kernel->stage == STAGE_PACK) {
        layout_meaning(f, told, text, kernel);
    } else if (family_info(kernel->family)->says) {
        tell(f, told, text, family_info(kernel->family)->says);
    } else {
        for (int i = 0; i < kernel->op_count; i++)
            tell(f, told, text, kernel->ops[i]->info->formula);
    }
}

/* What a body computes for some kernel or other, and that it is for several sizes. */
static void meanings(Frame *f, const Body *body)
{
    StringSet told = {0};
    Text text = text_new(f->arena);
    for (int i = 0; i < body->of.count; i++)
        meaning(f, &told, &text, body->of.at[i]->kernel);
    add_comment(f, text.bytes);
}

/* Where the .net file says so: the layers of all kernels that share the function; and what it computes, where no body
 * that it calls tells. */
static void banner(Frame *f, const Kernel *kernel)
{
    StringSet told = {0};
    Text text = text_new(f->arena);
    tell_layers(f, &told, &text, kernel);
    if (!kernel->printed->body)
        meaning(f, &told, &text, kernel);
    add_comment(f, text.bytes);
}

static void emit_own_signature(Frame *f, const Kernel *kernel)
{
    const Function *function = kernel->printed;
    emit_signature(&f->text, kernel->function,
                   parameter_list(f->arena, family_info(kernel->family), function->reads, function->name),
                   takes_count(kernel) ? "int count" : NULL);
}

/* "x, w, 0, y": what a function hands on of its parameters. */
static const char *handed_on(Frame *f, const Function *function, const bool *taken)
{
    const FamilyInfo *info = family_info(function->kernel->family);
    Text text = text_new(f->arena);
    for (int i = 0; info->parameters[i].type; i++) {
        if (!taken || taken[i])
            text_printf(&text, "%s%s", text.length ? ", " : "", function->reads[i] ? function->name[i] : "0");
    }
    return text.bytes;
}

static void emit_call_of_prebuilt(Frame *f, const Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    int counted = counted_dim(kernel);
    emit_own_signature(f, kernel);
    text_printf(&f->text, "    %sconst struct nc_%s_dims dims = {\n       ", counted >= 0 ? "" : "static ", info->name);
    if (info->tiles) {
        text_add(&f->text, " .tile = {");
        for (int w = 0; w < WIDTH_COUNT; w++) {
            Tile tile = kernel->tile[w];
            text_printf(&f->text, "%s%d", w ? ", " : "", tile.rows * 100 + tile.cols * 10 + tile.vecs);
        }
        text_add(&f->text, "},");
    }
    int on_line = info->tiles ? 2 : 0;
    for (int d = 0; d < info->dim_count; d++) {
        if (on_line == 5) {
            text_add(&f->text, "\n       ");
            on_line = 0;
        }
        on_line++;
        if (d == counted)
            text_printf(&f->text, " .%s = count,", info->dims[d]);
        else
            text_printf(&f->text, " .%s = %lld,", info->dims[d], (long long)kernel->dim[d]);
    }
    text_printf(&f->text, "\n    };\n    nc_%s(%s, &dims);\n}\n", info->name,
                handed_on(f, kernel->printed, NULL));
}

/* "any_conv", "any_conv_2" */
static const char *numbered(Frame *f, const Body *body, const char *before, const char *behind)
{
    const char *name = arena_printf(f->arena, "%s%s%s", before, family_info(body->family)->name, behind);
    return body->number > 1 ? arena_printf(f->arena, "%s_%d", name, body->number) : name;
}

/* The body that kernels share, and the struct of what they differ in: nothing, where their own functions differ in
 * names or operands alone. */
static void emit_body(Frame *f, Body *body)
{
    const FamilyInfo *info = family_info(body->family);
    Text sizes = text_new(f->arena);
    for (int d = 0; d < info->dim_count; d++) {
        if (body->named[d])
            text_printf(&sizes, "%s%s", sizes.length ? ", " : "long ", info->dims[d]);
    }
    const char *tag = numbered(f, body, "", "_size");
    meanings(f, body);
    const char *line = arena_printf(f->arena, "struct %s { %s; };\n", tag, sizes.bytes);
    if (strlen(line) > 121)
        line = arena_printf(f->arena, "struct %s {\n    %s;\n};\n", tag, sizes.bytes);
    if (sizes.length)
        text_add(&f->text, line);
    const bool counts = takes_count(body->of.at[0]->kernel);
    const char *more = sizes.length ? arena_printf(f->arena, "%sconst struct %s size", counts ? "int count, " : "", tag)
                       : counts     ? "int count"
                                    : NULL;
    emit_head(&f->text, "NC_INLINE void ", numbered(f, body, "any_", ""),
              parameter_list(f->arena, info, body->reads, body->name), more);
    add_code(f, body->text);
    text_add(&f->text, "}\n\n");
    body->printed = true;
}

static bool has_sizes(const Body *body)
{
    for (int d = 0; d < family_info(body->family)->dim_count; d++) {
        if (body->named[d])
            return true;
    }
    return false;
}

/* The call of the body with the kernel's sizes. */
static void emit_call_of_body(Frame *f, const Function *function)
{
    const Body *body = function->body;
    const FamilyInfo *info = family_info(body->family);
    Text call = text_new(f->arena);
    const char *between = "";
    const bool sizes = has_sizes(body);
    text_printf(&call, "%s(%s%s", numbered(f, body, "any_", ""), handed_on(f, function, body->reads),
                takes_count(function->kernel) ? ", count" : "");
    if (sizes)
        text_printf(&call, ", (struct %s){", numbered(f, body, "", "_size"));
    for (int d = 0; d < info->dim_count; d++) {
        if (!body->named[d] || !function->kernel->dim[d])
            continue; /* what is not named is 0 */
        text_printf(&call, "%s.%s = %lld", between, info->dims[d], (long long)function->kernel->dim[d]);
        between = ", ";
    }
    text_add(&call, !sizes ? ");\n" : *between ? "});\n" : "0});\n");
    add_call(f, call.bytes, "    ");
}

static void emit_own_kernel(Frame *f, const Kernel *kernel)
{
    const Function *function = kernel->printed;
    emit_own_signature(f, kernel);
    if (function->body)
        emit_call_of_body(f, function);
    else
        add_code(f, function->own);
    text_add(&f->text, "}\n");
}

void emit_functions(Frame *f)
{
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (family_info(kernel->family)->call || kernel->same != kernel)
            continue;
        if (kernel->printed->body && !kernel->printed->body->printed)
            emit_body(f, kernel->printed->body);
        banner(f, kernel);
        if (f->form != EMIT_PLAIN)
            emit_own_kernel(f, kernel);
        else
            emit_call_of_prebuilt(f, kernel);
        text_add(&f->text, "\n");
    }
}
