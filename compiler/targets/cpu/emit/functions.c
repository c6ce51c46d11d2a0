/* One static function for kernels alike: its own code for a C compiler, a call of the runtime's kernel for libtcc. */
#include "base/fail.h"
#include "base/set.h"
#include "graph/op.h"
#include "targets/cpu/emit/frame.h"
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

/* "0: Conv2d(3, 32, 5, 1, 2), 1: ReLU()  (line 3)": each layer once. */
static const char *layers_line(Frame *f, const Kernel *kernel)
{
    Text text = text_new(f->arena);
    text_add(&text, layers_text(f, kernel));
    int line = op_line(kernel->ops[0]);
    if (line)
        text_printf(&text, "  (line %d)", line);
    return text.bytes;
}

/* Says which other layout of a layer's weights a kernel makes. */
static void layout_meaning(Text *text, const Kernel *kernel)
{
    const Op *op = kernel->ops[0];
    bool turned = op_is_transposed(op->kind) || op->kind == OP_LINEAR_GRAD_INPUT;
    text_printf(text, "\n * the weights as %s%s", op->backward ? "the gradient of its input reads them"
                                                              : "the layer reads them",
                turned ? ": outputs and inputs swapped, taps turned" : "");
    if (family_info(kernel->family)->derives)
        text_printf(text, "\n * %s", family_info(kernel->family)->derives);
}

/* What the function computes, and where the .net file says so: the layers of all kernels that share it. */
static void banner(Frame *f, const Kernel *kernel)
{
    StringSet told = {0};
    for (int i = kernel->id; i < f->plan->kernels.count; i++) {
        if (f->plan->kernels.at[i]->same != kernel)
            continue;
        const char *line = layers_line(f, f->plan->kernels.at[i]);
        if (string_set_add(f->arena, &told, line))
            text_printf(&f->text, "%s%s", i == kernel->id ? "/* " : "\n * ", line);
    }
    if (kernel->stage == STAGE_DERIVE) {
        layout_meaning(&f->text, kernel);
    } else if (family_info(kernel->family)->says) {
        text_printf(&f->text, "\n * %s", family_info(kernel->family)->says);
    } else {
        for (int i = 0; i < kernel->op_count; i++)
            text_printf(&f->text, "\n * %s", kernel->ops[i]->info->formula);
    }
    text_add(&f->text, " */\n");
}

bool takes_count(const Kernel *kernel)
{
    return kernel->counts_samples && family_info(kernel->family)->counted;
}

/* Where the columns or images of a parameter's gradient are samples, there are as many as the group holds just now. */
static int counted_dim(const Kernel *kernel)
{
    return takes_count(kernel) ? family_info(kernel->family)->counted(kernel) : -1;
}

static void emit_call_of_prebuilt(Frame *f, const Kernel *kernel)
{
    const FamilyInfo *info = family_info(kernel->family);
    int counted = counted_dim(kernel);
    emit_signature(&f->text, kernel->function, family_parameters(f->arena, info), counted >= 0 ? "int count" : NULL);
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
                family_arguments(f->arena, info));
}

static void emit_own_kernel(Frame *f, const Kernel *kernel)
{
    const char *dims[MAX_DIMS];
    for (int d = 0; d < family_info(kernel->family)->dim_count; d++)
        dims[d] = arena_printf(f->arena, "%lld", (long long)kernel->dim[d]);
    int counted = counted_dim(kernel);
    if (counted >= 0)
        dims[counted] = "count";
    emit_function(&f->text, kernel->family, kernel->function, dims, kernel->tile, counted >= 0 ? "int count" : NULL,
                  NULL);
}

void emit_functions(Frame *f)
{
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (family_info(kernel->family)->call || kernel->same != kernel)
            continue;
        banner(f, kernel);
        if (f->form == EMIT_CC)
            emit_own_kernel(f, kernel);
        else
            emit_call_of_prebuilt(f, kernel);
        text_add(&f->text, "\n");
    }
}
