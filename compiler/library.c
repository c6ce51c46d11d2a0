#include "library.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "graph/graph.h"
#include "loaded.h"
#include "quantized.h"
#include "system/draft.h"
#include "system/printable.h"

enum { MOST_EMBEDDED = 1 << 24 }; /* floats: compilers take some hundred bytes of memory for each */

bool library_check_name(const char *name)
{
    static const char *const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
    const size_t first = strspn(name, letters), length = strlen(name);
    if (first > 0 && length <= 60) {
        size_t i = first;
        while (i < length && (strchr(letters, name[i]) || (name[i] >= '0' && name[i] <= '9')))
            i++;
        if (i == length)
            return true;
    }
    nc_print_to(stderr, "netc build: --library expects a name that C's names can begin with, letters, digits and _, "
                        "but has '%s'; -o says the folder that the files go to\n", name);
    return false;
}

/* ---- What is recorded -------------------------------------------------------------------------------------------- */

bool library_load(Arena *arena, const Library *library, const Options *options, const char *optimize,
                  LoadedLibrary *loaded)
{
    const CcRequest request = {.text = library_source(arena, library, true), .compiler = options->compiler,
                               .march = "native", .optimize = optimize, .verbose = options->verbose};
    int64_t bytes;
    loaded->object = object_load(arena, &request);
    if (!loaded->object)
        return false;
    *(void **)&loaded->predict = dlsym(loaded->object, arena_printf(arena, "%s_predict", library->name));
    if (!loaded->predict)
        fail_bug("a library has no functions");
    loaded->arena = arena_alloc(arena, (size_t)library->core->arena + sizeof(float));
    loaded->weights = library_weights_file(arena, library, &bytes);
    loaded->y = arena_alloc(arena, (size_t)shape_count(library->network->output) * sizeof *loaded->y);
    return true;
}

void library_answer(const LoadedLibrary *loaded, const void *x)
{
    if (loaded->predict(x, loaded->y, loaded->arena, loaded->weights))
        fail_bug("a library refuses a sample");
}

typedef void Sample(void *x);
typedef int Begin(void *state, unsigned seed, void *arena);

/* Has the library draw the parameters that it begins with. */
static void draw(Arena *arena, Library *library, LoadedLibrary *loaded)
{
    Begin *begin = (Begin *)dlsym(loaded->object, arena_printf(arena, "%s_init", library->name));
    const size_t bytes = (size_t)library->core->block * sizeof *library->drawn;
    int64_t file;
    library_weights_file(arena, library, &file);
    char *state = arena_alloc(arena, (size_t)(file + library->training->state));
    if (!begin || begin(state, (unsigned)library->program->train->seed,
                        arena_alloc(arena, (size_t)library->training->arena)))
        fail_bug("a library does not begin");
    memcpy(library->drawn, state + (size_t)file - bytes, bytes);
    loaded->weights = library_weights_file(arena, library, &file);
}

/* Multiplications and additions that take no longer without optimizing than a compiler does with it. */
static const double little_arithmetic = 1e8;

/* Compiles the library and takes the sample of its self-test through it: for one pass -O2 would not be worth its time.
 */
static bool record(Arena *arena, Library *library, const Options *options)
{
    LoadedLibrary loaded;
    const char *optimize = library->multiply_adds < little_arithmetic ? "-O0" : "-O1";
    if (!library_load(arena, library, options, optimize, &loaded))
        return false;
    if (library->drawn)
        draw(arena, library, &loaded);
    Sample *sample = (Sample *)dlsym(loaded.object, arena_printf(arena, "%s_sample", library->name));
    if (!sample)
        fail_bug("a library makes up no sample");
    const int64_t outputs = shape_count(library->network->output);
    void *x = arena_alloc(arena, (size_t)shape_count(library->network->input) * sizeof(float));
    sample(x);
    library_answer(&loaded, x);
    library->recorded_step = (outputs + MOST_RECORDED - 1) / MOST_RECORDED;
    float *recorded = arena_alloc(arena, MOST_RECORDED * sizeof *recorded);
    for (int64_t i = 0; i < outputs; i += library->recorded_step)
        recorded[library->recorded_count++] = loaded.y[i];
    library->recorded = recorded;
    return true;
}

/* ---- The whole --------------------------------------------------------------------------------------------------- */

static bool write_bytes(const char *path, const void *bytes, size_t size)
{
    struct nc_draft draft;
    int error = nc_draft_open(&draft, path, 0);
    if (!error) {
        fwrite(bytes, 1, size, draft.file);
        error = nc_draft_finish(&draft, 0);
    }
    nc_draft_drop(&draft);
    if (error)
        nc_print_to(stderr, "netc: cannot write '%s': %s\n", strncmp(path, "./", 2) ? path : path + 2, strerror(error));
    return !error;
}

/* NAME.c, or what the compiler makes of it: libNAME.a. */
static bool write_source(Arena *arena, const Library *library, const Options *options)
{
    const char *folder = options->output ? options->output : ".", *source = library_source(arena, library, false);
    const CcRequest request = {.text = source, .compiler = options->compiler, .march = options->march,
                               .verbose = options->verbose, .archive = folder,
                               .output = arena_printf(arena, "%s/lib%s.a", folder, library->name)};
    return options->archive ? cc_build(arena, &request)
                            : write_bytes(arena_printf(arena, "%s/%s.c", folder, library->name), source,
                                          strlen(source));
}

static bool write_files(Arena *arena, const Library *library, const Options *options)
{
    const char *path = arena_printf(arena, "%s/%s", options->output ? options->output : ".", library->name);
    const char *header = library_header(arena, library, library_has_own(library));
    const int error = options->output ? nc_make_folders(options->output) : 0;
    if (error) {
        nc_print_to(stderr, "netc: cannot make the folder '%s': %s\n", options->output, strerror(error));
        return false;
    }
    if (!write_bytes(arena_printf(arena, "%s.h", path), header, strlen(header)) ||
        !write_source(arena, library, options))
        return false;
    if (library->embed) /* the file is in the text */
        return true;
    int64_t bytes;
    const unsigned char *weights = library_weights_file(arena, library, &bytes);
    return write_bytes(arena_printf(arena, "%s.weights", path), weights, (size_t)bytes);
}

Library library_of(const Compilation *c, const char *name)
{
    const KernelGraph *kernels = c->lowering.evaluation ? c->lowering.evaluation : c->lowering.training;
    const Train *train = c->program->train;
    Library library = {
        .name = name, .program = c->program, .network = train ? train->network : c->program->networks.at[0],
        .core = arena_make(c->arena, LibraryCore), .forward = c->lowering.text,
        .multiply_adds = (double)graph_multiply_adds(kernels->graph, NULL),
    };
    *library.core = c->lowering.library;
    library.training = c->lowering.learning.batch ? &c->lowering.learning : NULL;
    return library;
}

bool library_build(const Compilation *c, const Options *options)
{
    Library library = library_of(c, options->library);
    library.embed = options->embed || options->int8;
    if (library.embed && library.core->block > MOST_EMBEDDED) {
        nc_print_to(stderr, "netc build: --%s writes at most %d parameters as text, and %s has %lld: without it "
                            "they go to the file %s.weights\n", options->int8 ? "int8" : "embed", MOST_EMBEDDED,
                    library.network->name, (long long)library.core->block, library.name);
        return false;
    }
    if (options->int8 && !quantized_check(c))
        return false;
    return library_read_weights(c->arena, &library, options) &&
           (!options->int8 || quantized_make(c, &library, options)) && record(c->arena, &library, options) &&
           write_files(c->arena, &library, options);
}
