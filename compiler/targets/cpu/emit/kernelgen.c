/* kernelgen: prints the runtime's kernels when netc is built.
 *     kernelgen header | table | calls     runtime/kernels.h, kernel_table.h, the calls through the table
 *     kernelgen 16 | 8 | 4                 the kernels of one vector width */
#include <stdio.h>
#include <string.h>

#include "targets/cpu/emit/kernels.h"
#include "targets/cpu/emit/prebuilt.h"

int main(int argc, char **argv)
{
    Arena *arena = arena_new();
    Text out = text_new(arena);
    const char *what = argc == 2 ? argv[1] : "";
    if (!strcmp(what, "header"))
        emit_prebuilt_header(&out, arena);
    else if (!strcmp(what, "table"))
        emit_kernel_table(&out, arena);
    else if (!strcmp(what, "calls"))
        emit_kernel_calls(&out, arena);
    else if (!strcmp(what, "16"))
        emit_prebuilt_kernels(&out, arena, WIDTH_16);
    else if (!strcmp(what, "8"))
        emit_prebuilt_kernels(&out, arena, WIDTH_8);
    else if (!strcmp(what, "4"))
        emit_prebuilt_kernels(&out, arena, WIDTH_4);
    else
        return fputs("usage: kernelgen header | table | calls | 16 | 8 | 4\n", stderr), 2;
    const int failed = fwrite(out.bytes, 1, out.length, stdout) != out.length || fflush(stdout);
    arena_free(arena);
    return failed ? perror("kernelgen"), 1 : 0;
}
