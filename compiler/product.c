#include "product.h"

#include <string.h>

#include "quantized.h"
#include "system/printable.h"

enum { TRAINER = 1, LIBRARY = 2, PAGE = 4, ARCHIVE = 8 };

/* Options that not all products have a use for. */
static const struct {
    const char *name;
    int of;
    const char *needs;
} rules[] = {
    {"embed", LIBRARY, "--library"},
    {"plain", LIBRARY, "--library"},
    {"train", LIBRARY, "--library"},
    {"archive", LIBRARY, "--library"},
    {"int8", LIBRARY, "--library"},
    {"load", LIBRARY | PAGE, "--library or --web"},
    {"prefix", LIBRARY | PAGE, "--library or --web"},
    {"output", TRAINER | LIBRARY, "a trainer or --library"},
    {"march", TRAINER | ARCHIVE, "a trainer or --archive"},
    {"static", TRAINER, "a trainer"},
    {"mpi", TRAINER, "a trainer"},
    {"device", TRAINER, "a trainer"},
    {"keep-c", TRAINER, "a trainer"},
    {"profile", TRAINER, "a trainer"},
    {"dump", TRAINER, "a trainer"},
    {"web", PAGE, "a page, and --library for another product"},
};

static bool is_given(const Options *options, const char *name)
{
    for (int i = 0; i < options->given.count; i++)
        if (!strcmp(options->given.at[i], name))
            return true;
    return false;
}

bool product_check(Options *options)
{
    const int product = options->library ? LIBRARY | (options->archive ? ARCHIVE : 0) : options->web ? PAGE : TRAINER;
    if (options->command != COMMAND_BUILD)
        return true;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!(rules[i].of & product) && is_given(options, rules[i].name)) {
            nc_print_to(stderr, "netc build: --%s is for %s\n", rules[i].name, rules[i].needs);
            return false;
        }
    if (options->archive && !strcmp(options->march, "any")) {
        nc_print_to(stderr, "netc build: an archive is for one processor: name it with --march\n");
        return false;
    }
    if (options->train && !options->plain) {
        nc_print_to(stderr, "netc build: a library that trains has no vectors so far: say --plain too\n");
        return false;
    }
    options->wasm_compiler = is_given(options, "cc") ? options->compiler : "clang"; /* which knows WebAssembly */
    if (options->data && !options->int8) {
        nc_print_to(stderr, "netc build: --data is for --int8\n");
        return false;
    }
    return !options->library || (library_check_name(options->library) && quantized_check_options(options));
}
