/* variant.c: where a trainer begins: it holds the processor against what the program was compiled for, and chooses
 * among its variants. Compiled with the runtime for any processor of its kind. */
#include <stdio.h>
#include <string.h>

#if defined __x86_64__
#include <cpuid.h>
#elif defined __aarch64__
#include <sys/auxv.h>
#endif

#include "system/printable.h"
#define NC_VARIANTS_ONLY
#include "variant.h"

#pragma weak nc_variant_w4
#pragma weak nc_variant_w8
#pragma weak nc_variant_w16

#if defined __x86_64__

struct feature {
    const char *name;
    unsigned leaf, part;
    int place, bit; /* of the register, and in it */
    unsigned saved; /* bits of XCR0 */
};

static unsigned saved_registers(void)
{
    enum { OSXSAVE = 1 << 27 };
    unsigned words[4], low = 0, high = 0;
    if (__get_cpuid(1, &words[0], &words[1], &words[2], &words[3]) && (words[2] & OSXSAVE) != 0)
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

static int has(const struct feature *f)
{
    unsigned words[4];
    if (!__get_cpuid_count(f->leaf, f->part, &words[0], &words[1], &words[2], &words[3]))
        return 0;
    return (words[f->place] >> f->bit & 1) != 0 && (saved_registers() & f->saved) == f->saved;
}

#else

struct feature {
    const char *name;
    int word, bit;
};

static int has(const struct feature *f)
{
#if defined __aarch64__
    return (getauxval(f->word ? AT_HWCAP2 : AT_HWCAP) >> f->bit & 1) != 0;
#else
    (void)f;
    return 1;
#endif
}

#endif

#define FEATURE(name, macro, ...) {#name, __VA_ARGS__},
static const struct feature features[] = {NC_FEATURES(FEATURE){0}}; /* the last one has no name */

/* How many features that the variant needs the processor lacks; the first ones' names in `text`. */
static int missing(const struct nc_variant *variant, char *text, size_t capacity)
{
    enum { MOST = 4 };
    int count = 0;
    *text = 0;
    for (int i = 0; features[i].name; i++) {
        if (!variant->needs[i] || has(&features[i]))
            continue;
        const size_t length = strlen(text);
        if (count++ <= MOST)
            snprintf(text + length, capacity - length, "%s%s", length ? ", " : "",
                     count > MOST ? "..." : features[i].name);
    }
    return count;
}

int main(int argc, char **argv)
{
    const struct nc_variant *const variants[] = {&nc_variant_w16, &nc_variant_w8, &nc_variant_w4};
    char lacks[160] = "";
    for (int i = 0; i < 3; i++)
        if (variants[i] && missing(variants[i], lacks, sizeof lacks) == 0)
            return variants[i]->program(argc, argv);
    const char *slash = argc ? strrchr(argv[0], '/') : NULL;
    nc_print_to(stderr, "%s: error: it was compiled for another processor: this one lacks %s\n"
                        "  hint: 'netc build --march any' makes a trainer for every processor of this architecture, "
                        "and --march NAME for one of them\n", slash ? slash + 1 : argc ? argv[0] : "trainer", lacks);
    return 1;
}
