/* The C of a trainer's tables: the kernels' text, where everything lies, and the launches. */
#include <inttypes.h>
#include <string.h>

#include "targets/gpu/gpu.h"

static const char *const blocks[NC_ON_ALL] = {
    [NC_ON_VALUES] = "NC_ON_VALUES",       [NC_ON_WEIGHTS] = "NC_ON_WEIGHTS",   [NC_ON_GRADIENTS] = "NC_ON_GRADIENTS",
    [NC_ON_WHOLE] = "NC_ON_WHOLE",         [NC_ON_STATE] = "NC_ON_STATE",       [NC_ON_STATE + 1] = "NC_ON_STATE + 1",
    [NC_ON_STATE + 2] = "NC_ON_STATE + 2", [NC_ON_SAMPLES] = "NC_ON_SAMPLES",   [NC_ON_TARGETS] = "NC_ON_TARGETS",
    [NC_ON_MASKS] = "NC_ON_MASKS",         [NC_ON_PIXELS] = "NC_ON_PIXELS",     [NC_ON_NUMBERS] = "NC_ON_NUMBERS",
    [NC_ON_PARTS] = "NC_ON_PARTS",         [NC_ON_SQUARES] = "NC_ON_SQUARES",   [NC_ON_RESULTS] = "NC_ON_RESULTS",
    [NC_ON_DATA] = "NC_ON_DATA",           [NC_ON_ANSWERS] = "NC_ON_ANSWERS",   [NC_ON_ORDER] = "NC_ON_ORDER",
};

static void print_text(Text *out, const char *about, const char *name, const char *text)
{
    text_printf(out, "/* %s */\nstatic const char *const %s[] = {\n", about, name);
    while (*text) {
        const size_t length = strcspn(text, "\n");
        text_add(out, "    \"");
        for (size_t i = 0; i < length; i++)
            text_printf(out, text[i] == '\t' ? "\\t" : text[i] == '"' || text[i] == '\\' ? "\\%c" : "%c", text[i]);
        text_add(out, "\",\n");
        text += length + (text[length] == '\n');
    }
    text_add(out, "};\n\n");
}

static int count_lines(const char *text)
{
    int lines = 0;
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void print_numbers(Text *out, const char *name, const int64_t *numbers, int count)
{
    text_printf(out, "static const long long %s[] = {", name);
    for (int i = 0; i < count; i++)
        text_printf(out, "%s%" PRId64, i == 0 ? "" : i % 12 ? ", " : ",\n    ", numbers[i]);
    text_add(out, count ? "};\n" : "0};\n");
}

static void print_operand(Text *out, const GpuOperand *operand)
{
    text_printf(out, "{%s, %" PRId64 "}", blocks[operand->block],
                operand->offset + (operand->buffer ? operand->buffer->offset : 0));
}

static const char *const whens[] = {
    [NC_ALWAYS] = "NC_ALWAYS", [NC_ACCUMULATING] = "NC_ACCUMULATING", [NC_CLIPPING] = "NC_CLIPPING",
};

static void print_launches(Text *out, const char *name, const GpuLaunches *launches)
{
    text_printf(out, "\nstatic const struct nc_launch %s[] = {\n", name);
    for (int i = 0; i < launches->count; i++) {
        const GpuLaunch *launch = &launches->at[i];
        text_printf(out, "    {\"%s\", %d, %" PRId64 ", %" PRId64 ", %" PRId64 ", %s, %d, {", launch->kernel,
                    launch->grid.group, launch->grid.groups, launch->grid.each, launch->grid.unit, whens[launch->when],
                    launch->operand_count);
        for (int k = 0; k < launch->operand_count; k++) {
            text_add(out, k == 0 ? "" : k % 4 ? ", " : ",\n        ");
            print_operand(out, &launch->operand[k]);
        }
        text_add(out, "}},\n");
    }
    text_add(out, launches->count ? "};\n" : "    {0},\n};\n");
}

/* Tensor cores that round factors so came with compute_80; the oldest that a recent nvcc knows is compute_75. */
static const char *ptx_of(const Gpu *g, MakePtx *ptx, const char *text)
{
    return ptx ? ptx(g->arena, text, g->program->train->tf32 ? "compute_80" : "compute_75") : NULL;
}

const char *gpu_tables(Gpu *g, MakePtx *make_ptx)
{
    Text out = text_new(g->arena);
    const char *text = arena_printf(g->arena, "%s\n%s", gpu_dialect, gpu_text(g));
    const char *ptx = ptx_of(g, make_ptx, text);
    print_text(&out, "The kernels, in what the macros at their beginning make of C.", "device_text", text);
    if (ptx)
        print_text(&out, "What nvcc has made of them.", "device_ptx", ptx);
    text_add(&out, "/* Where each parameter begins on the device, and the masks of each dropout layer. */\n");
    print_numbers(&out, "device_places", g->places.at, g->places.count);
    print_numbers(&out, "device_masks", g->masks.at, g->masks.count);
    text_add(&out, "\n/* Kernel, work items of a group, how many groups and what that grows with, when, operands. */");
    print_launches(&out, "device_gather", &g->gather);
    print_launches(&out, "device_train", &g->train);
    print_launches(&out, "device_update", &g->update);
    print_launches(&out, "device_test", &g->test);
    text_printf(&out, "\nstatic const struct nc_device device = {\n"
                      "    .text = device_text, .lines = %d, .places = device_places, .block = %" PRId64 ",\n"
                      "    .values = %" PRId64 ", .capacity = %d, .masks = device_masks, .mask_bytes = %" PRId64 ",\n"
                      "    .gather = device_gather, .gather_count = %d,\n"
                      "    .train = device_train, .train_count = %d, .update = device_update, .update_count = %d,\n"
                      "    .test = device_test, .test_count = %d, .output = ",
                count_lines(text), g->block, g->values, g->capacity, g->mask_bytes, g->gather.count,
                g->train.count, g->update.count,
                g->test.count);
    print_operand(&out, &g->output);
    text_printf(&out, ",\n    .loss = %s, .tf32 = %d,\n", g->program->train->loss->runtime, g->program->train->tf32);
    if (ptx)
        text_printf(&out, "    .ptx = device_ptx, .ptx_lines = %d,\n", count_lines(ptx));
    text_add(&out, "};\n\n");
    return out.bytes;
}
