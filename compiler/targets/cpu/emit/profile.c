/* --profile: a lap behind every kernel's call, and the table of what the laps are of. */
#include "targets/cpu/emit/frame.h"

/* In a function that phases share they know the first kernel's number by nc_phase.kernel. */
void emit_lap(Frame *f, const Kernel *kernel, const char *indent)
{
    if (!f->laps)
        return;
    if (f->places)
        text_printf(&f->text, "%snc_lap(mb->kernel + %d);\n", indent,
                    kernel->id - f->plan->phases.at[kernel->phase].first);
    else
        text_printf(&f->text, "%snc_lap(%d);\n", indent, f->plan->first_kernel + kernel->id);
}

static const char *pass_name(const Kernel *kernel)
{
    static const char *const names[] = {
        [STAGE_FORWARD] = "forward", [STAGE_LOSS] = "loss", [STAGE_BACKWARD] = "backward", [STAGE_PACK] = "update"};
    return kernel->op->info == &op_input ? "input" : names[kernel->stage];
}

static void emit_rows(Frame *f, const Plan *plan)
{
    for (int i = 0; i < plan->kernels.count; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        const FamilyInfo *info = family_info(kernel->family);
        text_printf(&f->text, "    {.name = \"%s\", .layers = ", kernel->name);
        text_add_quoted(&f->text, layers_text(f->arena, kernel));
        text_printf(&f->text, ",\n     .line = %d, .pass = \"%s\", .family = \"%s\", .flops = %.17g},\n",
                    op_line(kernel->ops[0]), pass_name(kernel),
                    info->call ? "call" : info->name, kernel->flops);
    }
}

void emit_profile_table(Frame *f)
{
    text_add(&f->text, "/* What nc_lap counts. */\nstatic const struct nc_kernel_row kernels[] = {\n");
    emit_rows(f, f->plans->training);
    if (f->plans->evaluation)
        emit_rows(f, f->plans->evaluation);
    text_add(&f->text, "};\n\n");
}
