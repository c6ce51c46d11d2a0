/* Where the buffers of a plan are, in C: macros and variables that point to a buffer's first instance. */
#include "targets/cpu/emit/buffers.h"

#include "targets/cpu/emit/repeats.h"

enum { WIDTH = 120 };

bool buffer_has_rows(const Buffer *buffer)
{
    int64_t rows = buffer->before[0] + buffer->rows + buffer->after[0];
    return rows > 1 && (!buffer->per_sample || rows * buffer_row(buffer) == buffer->stride);
}

static const char *element_type(const Buffer *buffer)
{
    static const char *const types[] = {
        [ELEMENT_FLOAT] = "float", [ELEMENT_BYTE] = "unsigned char", [ELEMENT_SHORT] = "unsigned short"};
    return types[buffer->element];
}

/* "36 * 3": columns by channels; "64". */
static const char *row_extent(Frame *f, const Buffer *buffer)
{
    int64_t cols = buffer->before[1] + buffer->cols + buffer->after[1];
    if (cols > 1 && buffer->pitch > 1)
        return arena_printf(f->arena, "%lld * %lld", (long long)cols, (long long)buffer->pitch);
    return arena_printf(f->arena, "%lld", (long long)buffer_row(buffer));
}

/* "16x32x32, 1 zeros around": what an instance holds. */
static const char *buffer_comment(Frame *f, const Buffer *buffer)
{
    Text text = text_new(f->arena);
    if (buffer->rows * buffer->cols > 1)
        text_printf(&text, "%lldx%lldx%lld", (long long)buffer->channels, (long long)buffer->rows,
                    (long long)buffer->cols);
    else
        text_printf(&text, "%lld", (long long)buffer->channels);
    const int64_t *b = buffer->before, *a = buffer->after;
    if (b[0] == b[1] && b[0] == a[0] && b[0] == a[1]) {
        if (b[0])
            text_printf(&text, ", %lld zeros around", (long long)b[0]);
        return text.bytes;
    }
    const int64_t zeros[] = {b[0], a[0], b[1], a[1]};
    static const char *const sides[] = {"above", "below", "left", "right"};
    const char *between = ", zeros: ";
    for (int i = 0; i < 4; i++) {
        if (zeros[i]) {
            text_printf(&text, "%s%lld %s", between, (long long)zeros[i], sides[i]);
            between = ", ";
        }
    }
    return text.bytes;
}

const char *buffer_name(Frame *f, const Buffer *buffer)
{
    bool second = f->plans->training && f->plan->graph->evaluates;
    return arena_printf(f->arena, "%s%s", second ? "test_" : "", buffer->name);
}

/* "float (*)[20][20 * 32]": what points to the first instance. */
static const char *pointer_type(Frame *f, const Buffer *buffer)
{
    const char *element = element_type(buffer), *row = row_extent(f, buffer);
    int64_t rows = buffer->before[0] + buffer->rows + buffer->after[0];
    if (buffer_has_rows(buffer) && buffer->per_sample)
        return arena_printf(f->arena, "%s (*)[%lld][%s]", element, (long long)rows, row);
    if (buffer_has_rows(buffer))
        return arena_printf(f->arena, "%s (*)[%s]", element, row);
    if (buffer->per_sample)
        return arena_printf(f->arena, "%s (*)[%lld]", element, (long long)buffer->stride);
    return arena_printf(f->arena, "%s *", element);
}

/* "mb->workspace + 1024": where a buffer starts, `offset` being its place in its memory. The instances are the
 * microbatch's samples, or the batch's where a function is about all of them: then mb->first is 0. */
static const char *buffer_start(Frame *f, const Buffer *buffer, const char *offset)
{
    const char *start = arena_printf(f->arena, "mb->%s + %s",
                                     buffer->space == SPACE_WORKSPACE ? "workspace" : "batch", offset);
    if (buffer->space != SPACE_BATCH || !buffer->per_sample)
        return start;
    return arena_printf(f->arena, "%s + mb->first * %lldL", start,
                        (long long)(buffer->stride * element_bytes(buffer->element)));
}

const char *offset_text(Frame *f, const Buffer *buffer)
{
    return arena_printf(f->arena, "%lld", (long long)buffer->offset);
}

/* `text`, and behind it what the buffer holds where the line has room for that. */
static const char *with_comment(Frame *f, const char *text, const Buffer *buffer, int indent)
{
    const char *comment = arena_printf(f->arena, " /* %s */", buffer_comment(f, buffer));
    return arena_printf(f->arena, "%s%s", text,
                        (size_t)indent + strlen(text) + strlen(comment) <= WIDTH ? comment : "");
}

/* "#define conv2d_0(mb) ((float (*)[20][20 * 32])(mb->workspace + 1024))", and what it holds. */
static void define_buffer(Frame *f, const Buffer *buffer)
{
    const char *head = arena_printf(f->arena, "#define %s(mb)", buffer_name(f, buffer));
    const char *body = arena_printf(f->arena, "((%s)(%s))", pointer_type(f, buffer),
                                    buffer_start(f, buffer, offset_text(f, buffer)));
    if (strlen(head) + 1 + strlen(body) <= WIDTH)
        text_printf(&f->text, "%s\n", with_comment(f, arena_printf(f->arena, "%s %s", head, body), buffer, 0));
    else
        text_printf(&f->text, "%s \\\n    %s\n", head, with_comment(f, body, buffer, 4));
}

const char *buffer_variable(Frame *f, const Buffer *buffer, bool flat, const char *name, const char *offset)
{
    if (flat)
        return arena_printf(f->arena, "%s *%s = (void *)(mb->batch + %s);", element_type(buffer), name, offset);
    const char *type = pointer_type(f, buffer), *place = strstr(type, "(*)");
    const char *declared = place ? arena_printf(f->arena, "%.*s(*%s)%s", (int)(place - type), type, name,
                                                place + strlen("(*)"))
                                 : arena_printf(f->arena, "%s%s", type, name);
    const char *start = arena_printf(f->arena, "(void *)(%s);", buffer_start(f, buffer, offset));
    if (strlen(declared) + strlen(start) + strlen("     = ") <= WIDTH)
        return with_comment(f, arena_printf(f->arena, "%s = %s", declared, start), buffer, 4);
    return arena_printf(f->arena, "%s =\n        %s", declared, with_comment(f, start, buffer, 8));
}

void define_buffers(Frame *f)
{
    bool *defined = arena_alloc(f->arena, (size_t)f->plan->buffers.count * sizeof *defined);
    bool any = false;
    for (int i = 0; i < f->plan->kernels.count; i++) {
        const Kernel *kernel = f->plan->kernels.at[i];
        if (kernel->phase >= 0 && repeats(f, &f->plan->phases.at[kernel->phase]))
            continue;
        for (const Role *role = kernel->roles; *role; role++) {
            const Buffer *buffer = kernel->operand[*role].buffer;
            if (!buffer || !buffer_is_activation(buffer) || defined[buffer->id])
                continue;
            if (!any)
                text_printf(&f->text, "/* What the layers give%s, and where: in the thread's workspace, or in the"
                                      " batch's memory. */\n", f->plan->graph->evaluates ? " in evaluation" : "");
            any = defined[buffer->id] = true;
            define_buffer(f, buffer);
        }
    }
    if (any)
        text_add(&f->text, "\n");
}
