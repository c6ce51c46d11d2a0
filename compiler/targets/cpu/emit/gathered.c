/* What processes that share a batch have to tell each other behind a phase. Each takes some of the shards, and all of
 * the parts: so of what shards leave in the memory of the batch, parts read what other processes have made. */
#include "base/fail.h"
#include "targets/cpu/buffers.h"
#include "targets/cpu/emit/frame.h"
#include "targets/cpu/families/family.h"

/* Whether shards write the buffer in a phase. */
static bool shards_make(const Plan *plan, const Phase *phase, const Buffer *buffer)
{
    for (int i = phase->first; i <= phase->last && !phase->parts; i++) {
        const Kernel *kernel = plan->kernels.at[i];
        for (const Role *role = kernel->roles; *role; role++) {
            if (kernel->operand[*role].buffer == buffer && kernel_makes(kernel, *role))
                return true;
        }
    }
    return false;
}

/* Whether parts read the buffer behind a phase, or add to it; *forward: some do so in the forward pass. */
static bool parts_read(const Plan *plan, int behind, const Buffer *buffer, bool *forward)
{
    bool read = false;
    *forward = false;
    for (int i = behind + 1; i < plan->phases.count; i++) {
        const Phase *phase = &plan->phases.at[i];
        for (int k = phase->first; k <= phase->last && phase->parts; k++) {
            const Kernel *kernel = plan->kernels.at[k];
            for (const Role *role = kernel->roles; *role; role++) {
                if (kernel->operand[*role].buffer != buffer)
                    continue;
                read = true;
                *forward = *forward || kernel->stage == STAGE_FORWARD;
            }
        }
    }
    return read;
}

static int gathered_rows(const Plan *plan, Text *rows)
{
    int count = 0;
    for (int p = 0; p < plan->phases.count; p++) {
        for (int i = 0; i < plan->buffers.count; i++) {
            const Buffer *buffer = plan->buffers.at[i];
            bool forward;
            if (buffer->space != SPACE_BATCH || !shards_make(plan, &plan->phases.at[p], buffer) ||
                !parts_read(plan, p, buffer, &forward))
                continue;
            if (!buffer->per_sample)
                fail_bug("shards make %s, which is about the batch", buffer->name);
            text_printf(rows, "    {.phase = %d, .forward = %d, .offset = %lld, .bytes = %lld}, /* %s */\n", p, forward,
                        (long long)buffer->offset, (long long)(buffer->stride * element_bytes(buffer->element)),
                        buffer->name);
            count++;
        }
    }
    return count;
}

static void emit_table(Frame *f, const Plan *plan, const char *prefix)
{
    Text rows = text_new(f->arena);
    if (gathered_rows(plan, &rows))
        text_printf(&f->text, "static const struct nc_gathered %sgathered[] = {\n%s};\n\n", prefix, rows.bytes);
}

void emit_gathered(Frame *f)
{
    text_add(&f->text, "/* What processes that share a batch exchange behind phases: where it begins in the memory of"
                       " the batch, and the\n * bytes of a sample. */\n");
    if (f->plans->training)
        emit_table(f, f->plans->training, "");
    if (f->plans->evaluation)
        emit_table(f, f->plans->evaluation, "evaluation_");
}

void emit_gathered_fields(Frame *f, const Plan *plan)
{
    Text rows = text_new(f->arena);
    const int count = f->shared ? gathered_rows(plan, &rows) : 0;
    const char *prefix = f->plans->training && plan == f->plans->evaluation ? "evaluation_" : "";
    if (count)
        text_printf(&f->text, "    .gathered = %sgathered, .gathered_count = %d,\n", prefix, count);
}
