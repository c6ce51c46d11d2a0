/* Import: what `netc import` is given, a whole model of PyTorch's or what print(model) shows, through to the text that
 * netc prints for it; an ONNX file, where FUZZ_KIND says so. A first line `#--input SHAPE` is the command line's. A
 * pickle is tried as the one of a good zip file. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "files.h"
#include "import/import.h"
#include "once.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static const char *name = "model"; /* ONNX files are known by theirs */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *kind = getenv("FUZZ_KIND");
    (void)argc, (void)argv;
    prepare_files();
    if (kind && !strcmp(kind, "onnx"))
        name = "model.onnx";
    return 0;
}

static struct {
    const unsigned char *bytes;
    size_t size;
    const char *shape; /* of the input; NULL: none is said */
} under_way;

static void import_input(void *context)
{
    static unsigned char elements[4096];
    const struct record records[] = {
        {"archive/data.pkl", under_way.bytes, under_way.size},
        {"archive/byteorder", (const unsigned char *)"little", 6},
        {"archive/data/0", elements, sizeof elements},
    };
    const char *text;
    size_t size = under_way.size;
    unsigned char *zip = size && under_way.bytes[0] == 0x80 ? zip_of(records, 3, &size) : NULL;
    (void)context;
    write_scratch(name, zip ? zip : under_way.bytes, size);
    free(zip);
    Arena *arena = arena_new();
    import_model(arena, in_scratch(name), under_way.shape, NULL, &text);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    enum { MOST_MEGABYTES = 512 };
    static const char word[] = "#--input ";
    const size_t length = sizeof word - 1;
    const uint8_t *newline = size > length && !memcmp(input, word, length) ? memchr(input, '\n', size) : NULL;
    size_t first = newline ? (size_t)(newline + 1 - input) : 0;
    char *shape = newline ? strndup((const char *)input + length, first - 1 - length) : NULL;
    unsigned char *copy = malloc(size - first ? size - first : 1); /* of its own, so that reading behind it is seen */
    memcpy(copy, input + first, size - first);
    under_way.bytes = copy;
    under_way.size = size - first;
    under_way.shape = shape;
    once(import_input, NULL, MOST_MEGABYTES);
    free(copy);
    free(shape);
    once_is_new(input, size);
    return 0;
}
