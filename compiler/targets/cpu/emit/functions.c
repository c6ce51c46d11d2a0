/* One static function for kernels alike: its own code for a C compiler, a call of the runtime's kernel for libtcc. */
#include "base/fail.h"
#include "base/set.h"
#include "graph/op.h"
#include "targets/cpu/emit/bodies.h"
#include "targets/cpu/emit/kernels.h"

const char *layers_text(Arena *arena, const Kernel *kernel)
{
    Text text = text_new(arena);
    for (int i = 0; i < kernel->op_count; i++) {
        if (i == 0 || strcmp(kernel->ops[i]->layer, kernel->ops[i - 1]->layer))
            text_printf(&text, "%s%s", i ? ", " : "", op_text(arena, kernel->ops[i]));
    }
    return text.bytes;
}

/* "0: Conv2d(3, 32, 5, 1, 2), ReLU()  (line 3)": the layer that a kernel begins with, and what is fused into it. */
static const char *layer_text(Frame *f, const Kernel *kernel)
{
    Text text = text_new(f->arena);
    for (int i = 0; i < kernel->op_count; i++) {
        if (i && !strcmp(kernel->ops[i]->layer, kernel->ops[i - 1]->layer))
            continue;
        const char *layer = op_text(f->arena, kernel->ops[i]), *kind = strstr(layer, ": ");
        text_printf(&text, "%s%s", i ? ", " : "", i && kind ? kind + strlen(": ") : layer);
    }
    const int line = op_line(kernel->ops[0]);
    if (line)
        text_printf(&text, "  (line %d)", line);
    return text.bytes;
}

/* The layers of the kernels that share a function, and the lines that they stand in: "0, 2 (line 3)". */
static void tell_layers(Frame *f, Text *text, const Kernel *shared)
{
    StringSet lines = {0};
    for (int i = shared->id; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        const int line = op_line(kernel->ops[0]);
        StringSet names = {0};
        if (kernel->same != shared || !string_set_add(f->arena, &lines, arena_printf(f->arena, "%d", line)))
            continue;
        text_add(text, text->length ? ", " : "");
        const char *between = "";
        for (int k = i; k < f->plan->kernels.count; k++) {
            const Kernel *other = f->plan->kernels.at[k];
            if (other->same != shared || op_line(other->ops[0]) != line ||
                !string_set_add(f->arena, &names, other->ops[0]->layer))
                continue;
            text_printf(text, "%s%s", between, other->ops[0]->layer);
            between = ", ";
        }
        text_printf(text, " (line %d)", line);
    }
}

/* Whether the kernels that share a function are of one layer, which then can be told of in full. */
static bool is_of_one_layer(const Frame *f, const Kernel *shared)
{
    bool one = true;
    for (int i = shared->id; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        one = one && (kernel->same != shared || !strcmp(kernel->ops[0]->layer, shared->ops[0]->layer));
    }
    return one;
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
            tell(f, told, text, op_formula(f->arena, kernel->ops[i]));
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
    if (is_of_one_layer(f, kernel))
        tell(f, &told, &text, layer_text(f, kernel));
    else
        tell_layers(f, &text, kernel);
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
                handed_on(f->arena, kernel->printed, NULL));
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
    const char *tag = body_name(f->arena, body, "", "_size");
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
    emit_head(&f->text, "NC_INLINE void ", body_name(f->arena, body, "any_", ""),
              parameter_list(f->arena, info, body->reads, body->name), more);
    add_code(f, body->text);
    text_add(&f->text, "}\n\n");
    body->printed = true;
}

/* ".rows = 16, .cols = 16": the sizes of a kernel; "0": all are 0; NULL: its body has none. */
static const char *sizes_text(Frame *f, const Function *function)
{
    const FamilyInfo *info = family_info(function->body->family);
    Text text = text_new(f->arena);
    bool any = false;
    for (int d = 0; d < info->dim_count; d++) {
        any = any || function->body->named[d];
        if (function->body->named[d] && function->kernel->dim[d]) /* what is not named is 0 */
            text_printf(&text, "%s.%s = %lld", text.length ? ", " : "", info->dims[d],
                        (long long)function->kernel->dim[d]);
    }
    return text.length ? text.bytes : any ? "0" : NULL;
}

/* The call of the body; sizes NULL: it has none. */
static const char *call_of_body(Frame *f, const Function *function, const char *sizes)
{
    const Body *body = function->body;
    const char *tag = body_name(f->arena, body, "", "_size");
    return arena_printf(f->arena, "%s(%s%s%s);", body_name(f->arena, body, "any_", ""),
                        handed_on(f->arena, function, body->reads), takes_count(function->kernel) ? ", count" : "",
                        sizes ? arena_printf(f->arena, ", (struct %s){%s}", tag, sizes) : "");
}

/* What defines functions by their sizes. */
static void define_macro(Frame *f, const Function *function)
{
    const char *parameters =
        parameter_list(f->arena, family_info(function->kernel->family), function->reads, function->name);
    const char *macro = arena_printf(f->arena, "#define %s(name, ...)", function->macro);
    const char *head = arena_printf(f->arena, "static void name(%s%s)", parameters,
                                    takes_count(function->kernel) ? ", int count" : "");
    const bool fits = strlen(macro) + strlen(head) + strlen("  \\") <= 120;
    text_printf(&f->text, "%s%s%s \\\n    { %s }\n\n", macro, fits ? " " : " \\\n    ", head,
                call_of_body(f, function, "__VA_ARGS__"));
}

static void emit_own_kernel(Frame *f, const Kernel *kernel)
{
    const Function *function = kernel->printed;
    if (function->macro) {
        add_call(f, arena_printf(f->arena, "%s(%s, %s)\n", function->macro, kernel->function,
                                 sizes_text(f, function)), "");
        return;
    }
    emit_own_signature(f, kernel);
    if (function->body)
        add_call(f, arena_printf(f->arena, "%s\n", call_of_body(f, function, sizes_text(f, function))), "    ");
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
        if (f->form == EMIT_LIBRARY && kernel->stage == STAGE_PACK)
            continue; /* that is done before (LibraryCore.model) */
        if (kernel->printed->body && !kernel->printed->body->printed)
            emit_body(f, kernel->printed->body);
        if (kernel->printed->macro && kernel->printed->first)
            define_macro(f, kernel->printed);
        banner(f, kernel);
        if (f->form != EMIT_PLAIN)
            emit_own_kernel(f, kernel);
        else
            emit_call_of_prebuilt(f, kernel);
        text_add(&f->text, "\n");
    }
}
