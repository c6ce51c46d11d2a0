/* A kernel function around the body that its family's emitter prints. */
#include "targets/cpu/emit/kernels.h"

#include "base/fail.h"
#include "targets/cpu/families/kernel_text.h"

void emit_function(Text *out, Family family, const char *name, const char *const *dims, const Tile *tile,
                   const char *more, const char *source)
{
    const FamilyInfo *info = family_info(family);
    KernelText k = {
        .arena = out->arena, .text = text_new(out->arena), .info = info, .dim = dims, .tile = tile, .indent = 1,
    };
    k.block[k.depth++] = (Block){.printed = true};
    info->print(&k);
    if (k.depth != 1)
        fail_bug("kernel %s left %d blocks open", info->name, k.depth - 1);

    text_printf(out, "static void %s(%s%s%s)\n{\n", name, family_parameters(out->arena, info), more ? ", " : "",
                more ? more : "");
    int on_line = 0;
    for (int d = 0; source && d < info->dim_count; d++) {
        if (!k.used[d])
            continue;
        text_add(out, on_line == 0 ? "    const long " : ", ");
        text_printf(out, "%s = %s%s", info->dims[d], source, info->dims[d]);
        if (++on_line == 4) {
            text_add(out, ";\n");
            on_line = 0;
        }
    }
    if (on_line)
        text_add(out, ";\n");
    text_add(out, k.text.bytes);
    text_add(out, "}\n");
}

void emit_kernel(Text *out, Family family, const char *name, const char *const *dims, const Tile tile[WIDTH_COUNT])
{
    emit_function(out, family, name, dims, tile, NULL, NULL);
}

void emit_kernel_sized(Text *out, Family family, const char *name, const int64_t *dims, const Tile tile[WIDTH_COUNT])
{
    const char *numbers[MAX_DIMS];
    for (int d = 0; d < family_info(family)->dim_count; d++)
        numbers[d] = arena_printf(out->arena, "%lld", (long long)dims[d]);
    emit_kernel(out, family, name, numbers, tile);
}
