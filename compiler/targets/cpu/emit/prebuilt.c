/* The runtime's prebuilt kernels: the same emitters with names for numbers, and the plain C around them. */
#include "targets/cpu/emit/prebuilt.h"

#include "targets/cpu/emit/kernels.h"
#include "targets/cpu/families/finish.h"

static const char *struct_name(Arena *arena, Family family)
{
    return arena_printf(arena, "struct nc_%s_dims", family_info(family)->name);
}

static int tile_code(Tile t)
{
    return 100 * t.rows + 10 * t.cols + t.vecs;
}

/* nc_conv_w8(...): the kernel for the tile that the dimensions name. */
static void emit_tile_switch(Text *out, Arena *arena, Family family, Width width)
{
    const FamilyInfo *info = family_info(family);
    const char *arguments = family_arguments(arena, family_info(family));
    int count;
    const Tile *tile = tiles_of(family, width, &count);
    text_printf(out, "\nstatic void %s(%s, const %s *dims)\n{\n", info->name, family_parameters(arena, info),
                struct_name(arena, family));
    text_printf(out, "    switch (dims->tile[%d]) {\n", (int)width);
    for (int i = 0; i < count; i++) {
        const int code = tile_code(tile[i]);
        text_printf(out, "    case %d:\n        %s_%d(%s, dims);\n        break;\n", code, info->name, code, arguments);
    }
    text_printf(out, "    default:\n        nc_no_tile(\"%s\", dims->tile[%d]);\n    }\n}\n", info->name, (int)width);
}

void emit_prebuilt_kernels(Text *out, Arena *arena, Width width)
{
    const int lanes = 16 >> width;
    text_printf(out, "/* The kernels for vectors of %d floats, printed by kernelgen.c. */\n", lanes);
    text_add(out, "#include \"kernels.h\"\n#include \"kernel_table.h\"\n"
                  "#include \"activations.h\"\n#include \"vector.h\"\n#include \"winograd.h\"\n\n");
    text_printf(out, "#if VL != %d\n#error \"this file is compiled for vectors of %d floats\"\n#endif\n", lanes, lanes);
    emit_activated(out);
    for (Family family = 0; family < FAMILY_KERNELS; family++) {
        const FamilyInfo *info = family_info(family);
        const char *more = arena_printf(arena, "const %s *dims", struct_name(arena, family));
        const Tile *tiles = NULL;
        int count = 1;
        if (info->tiles)
            tiles = tiles_of(family, width, &count);
        for (int i = 0; i < count; i++) {
            const char *name = info->name;
            Tile same[WIDTH_COUNT] = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}};
            if (tiles) {
                name = arena_printf(arena, "%s_%d", info->name, tile_code(tiles[i]));
                same[0] = same[1] = same[2] = tiles[i];
            }
            /* One function a tile, or gcc would share registers among all of them. */
            text_add(out, tiles ? "\n__attribute__((noinline))\n" : "\n");
            emit_function(out, family, name, info->dims, same, more, "dims->");
        }
        if (tiles)
            emit_tile_switch(out, arena, family, width);
    }
    text_printf(out, "\nconst struct nc_kernel_table nc_kernels_w%d = {\n    .lanes = %d,\n", lanes, lanes);
    for (Family family = 0; family < FAMILY_KERNELS; family++)
        text_printf(out, "    .%s = %s,\n", family_info(family)->name, family_info(family)->name);
    text_add(out, "};\n");
}

void emit_prebuilt_header(Text *out, Arena *arena)
{
    text_add(out, "/* The prebuilt kernels: each takes what its formula names, and the dimensions. Printed by\n"
                  " * compiler/targets/cpu/emit/kernelgen.c; the formulas stand in compiler/targets/cpu/families/.\n"
                  " * Tiles are rows * 100 + cols * 10 + vecs for vectors of 16, 8 and 4 floats. */\n"
                  "#ifndef NC_KERNELS_H\n#define NC_KERNELS_H\n");
    for (Family family = 0; family < FAMILY_KERNELS; family++) {
        const FamilyInfo *info = family_info(family);
        text_printf(out, "\n%s {\n", struct_name(arena, family));
        if (info->tiles)
            text_add(out, "    short tile[3];\n");
        for (int d = 0; d < info->dim_count; d++) {
            if (d % 8 == 0)
                text_printf(out, "%s    long long %s", d ? ";\n" : "", info->dims[d]);
            else
                text_printf(out, ", %s", info->dims[d]);
        }
        text_printf(out, ";\n};\nvoid nc_%s(%s,\n        const %s *dims);\n", info->name,
                    family_parameters(arena, info), struct_name(arena, family));
    }
    text_add(out, "\n#endif\n");
}

void emit_kernel_table(Text *out, Arena *arena)
{
    text_add(out, "/* One function per kernel family, for one vector width. Printed by kernelgen.c. */\n"
                  "#ifndef NC_KERNEL_TABLE_H\n#define NC_KERNEL_TABLE_H\n\n#include \"kernels.h\"\n\n"
                  "struct nc_kernel_table {\n    int lanes; /* floats in a vector */\n");
    for (Family family = 0; family < FAMILY_KERNELS; family++)
        text_printf(out, "    void (*%s)(%s,\n            const %s *dims);\n", family_info(family)->name,
                    family_parameters(arena, family_info(family)), struct_name(arena, family));
    text_add(out, "};\n\nextern const struct nc_kernel_table nc_kernels_w16, nc_kernels_w8, nc_kernels_w4;\n\n"
                  "/* The table in use: the widest that the processor can run, unless nc_kernels_force chose. */\n"
                  "const struct nc_kernel_table *nc_kernels(void);\n\n"
                  "/* Uses vectors of `lanes` floats from now on; 0: the widest. Gives 0 where the processor has\n"
                  " * none such. */\n"
                  "int nc_kernels_force(int lanes);\n\n"
                  "/* Ends the program: a schedule asks for a tile that no kernel was built with. */\n"
                  "_Noreturn void nc_no_tile(const char *family, int tile);\n\n#endif\n");
}

void emit_kernel_calls(Text *out, Arena *arena)
{
    text_add(out, "/* nc_<family>(...) of kernels.h, for the vector width in use. By kernelgen.c. */\n"
                  "#include \"kernel_table.h\"\n");
    for (Family family = 0; family < FAMILY_KERNELS; family++) {
        const FamilyInfo *info = family_info(family);
        text_printf(out, "\nvoid nc_%s(%s,\n        const %s *dims)\n{\n    nc_kernels()->%s(%s, dims);\n}\n",
                    info->name, family_parameters(arena, info), struct_name(arena, family), info->name,
                    family_arguments(arena, family_info(family)));
    }
}
