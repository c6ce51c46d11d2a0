#include "system/processor.h"

#include <stddef.h>

#if defined __x86_64__
#include <cpuid.h>
#elif defined __aarch64__
#include <sys/auxv.h>
#endif

#define NC_VARIANTS_ONLY
#include "variant.h"

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

/* The last answer is kept for the features that follow: in a virtual machine each cpuid is a way out of it. */
static int has(const struct feature *f)
{
    static unsigned leaf = ~0u, part, words[4], saved;
    if (leaf == ~0u)
        saved = saved_registers();
    if (leaf != f->leaf || part != f->part) {
        leaf = f->leaf;
        part = f->part;
        if (!__get_cpuid_count(leaf, part, &words[0], &words[1], &words[2], &words[3]))
            words[0] = words[1] = words[2] = words[3] = 0;
    }
    return (words[f->place] >> f->bit & 1) != 0 && (saved & f->saved) == f->saved;
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

const char *nc_feature_name(int number)
{
    return features[number].name;
}

int nc_feature_there(int number)
{
    return has(&features[number]);
}
