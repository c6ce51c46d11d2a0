/* variant.c: where a trainer begins: it holds the processor against what the program was compiled for, and chooses
 * among its variants. Compiled with the runtime for any processor of its kind. */
#include <stdio.h>
#include <string.h>

#include "system/printable.h"
#include "system/processor.h"
#define NC_VARIANTS_ONLY
#include "variant.h"

#pragma weak nc_variant_w4
#pragma weak nc_variant_w8
#pragma weak nc_variant_w16

/* How many features that the variant needs the processor lacks; the first ones' names in `text`. */
static int missing(const struct nc_variant *variant, char *text, size_t capacity)
{
    enum { MOST = 4 };
    int count = 0;
    *text = 0;
    for (int i = 0; nc_feature_name(i); i++) {
        if (!variant->needs[i] || nc_feature_there(i))
            continue;
        const size_t length = strlen(text);
        if (count++ <= MOST)
            snprintf(text + length, capacity - length, "%s%s", length ? ", " : "",
                     count > MOST ? "..." : nc_feature_name(i));
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
