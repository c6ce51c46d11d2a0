/* Chooses the prebuilt kernels by the processor's features. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "kernel_table.h"

/* The tests' kernels of 16 lanes are taken apart by the compiler (vector.h): AVX2 is enough for them. */
#ifdef NC_LANES
#define HAS_WIDE 1
#else
#define HAS_WIDE __builtin_cpu_supports("avx512f")
#endif

/* Chosen at the first use; every thread that comes first chooses the same. */
static _Atomic(const struct nc_kernel_table *) chosen;

/* The kernels for vectors of `lanes` floats, or of the widest for 0; NULL where the processor can't run them. */
static const struct nc_kernel_table *table_of(int lanes)
{
#if defined __x86_64__
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if ((lanes == 0 || lanes == 16) && avx2 && HAS_WIDE)
        return &nc_kernels_w16;
    if ((lanes == 0 || lanes == 8) && avx2)
        return &nc_kernels_w8;
#endif
    return lanes == 0 || lanes == 4 ? &nc_kernels_w4 : NULL;
}

const struct nc_kernel_table *nc_kernels(void)
{
    const struct nc_kernel_table *table = atomic_load_explicit(&chosen, memory_order_relaxed);
    if (!table) {
        table = table_of(0);
        atomic_store_explicit(&chosen, table, memory_order_relaxed);
    }
    return table;
}

int nc_kernels_force(int lanes)
{
    const struct nc_kernel_table *table = table_of(lanes);
    if (table)
        atomic_store_explicit(&chosen, table, memory_order_relaxed);
    return table != NULL;
}

void nc_no_tile(const char *family, int tile)
{
    fprintf(stderr, "netc: bug: no kernel %s was built with tile %d\n", family, tile);
    abort();
}
