/* Kinds of files: one program, whose environment says in FUZZ_KIND which kind it tries. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "once.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static const struct kind *chosen;

static void choose(const struct kind *kinds, const char *name)
{
    for (; kinds->name; kinds++)
        if (!strcmp(kinds->name, name))
            chosen = kinds;
}

static void try_input(void *context)
{
    chosen->function(context);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *name = getenv("FUZZ_KIND");
    (void)argc, (void)argv;
    prepare_files();
    choose(array_kinds, name ? name : "");
    choose(picture_kinds, name ? name : "");
    choose(store_kinds, name ? name : "");
    if (!chosen) {
        fprintf(stderr, "FUZZ_KIND names no kind of file\n");
        exit(2);
    }
    if (chosen->prepare)
        chosen->prepare();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    if (!size)
        return 0;
    unsigned char *copy = malloc(size > 1 ? size - 1 : 1);
    memcpy(copy, input + 1, size - 1);
    struct input under_way = {input[0], copy, size - 1};
    forget_offers();
    once(try_input, &under_way, chosen->megabytes);
    free(copy);
    once_is_new(input, size);
    return 0;
}
